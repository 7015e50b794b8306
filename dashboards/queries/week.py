"""What those who watch have to know at a glance: the last days' acts, refused log-ins and looks at sealed words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from audit.models import AccessLog
from audit.states import Action
from cases.models import Case
from dashboards.queries.trail import events_for, sees_everything

DAYS = 7


@dataclass(frozen=True)
class Week:
    """Since `since`: `acts` on the trail, of those `failed` and `locked` log-ins; `looks` at what is sealed.

    `everything`: of the whole house, not only of the cases that are open to this person; log-ins belong to no case.
    """

    since: datetime
    acts: int
    failed: int
    locked: int
    looks: int
    everything: bool


def week(user: User) -> Week:
    """Two queries."""
    since = timezone.now() - timedelta(days=DAYS)
    everything = sees_everything(user)
    told = events_for(user, {"since": since}).aggregate(
        acts=Count("pk"),
        failed=Count("pk", filter=Q(action=Action.SIGN_IN_FAILED)),
        locked=Count("pk", filter=Q(action=Action.SIGN_IN_LOCKED)),
    )
    looks = AccessLog.objects.filter(at__gte=since)
    if not everything:
        looks = looks.filter(case_id__in=Case.objects.visible_to(user).values("pk"))
    return Week(since=since, looks=looks.count(), everything=everything, **told)
