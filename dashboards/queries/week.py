"""What those who watch have to know at a glance: the last days' acts, refused log-ins and looks at sealed words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from audit.states import Action
from dashboards.queries import looks
from dashboards.queries.trail import events_for, sees_everything

DAYS = 7


@dataclass(frozen=True)
class Week:
    """Since `since`: `acts` on the trail, of those `failed` and `locked` log-ins; `looks` at the sealed words
    of reports, each for a reason that somebody gave.

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
    opened = looks.looks_for(user, {"since": since, "given": looks.WORDS})
    return Week(since=since, looks=opened.count(), everything=everything, **told)
