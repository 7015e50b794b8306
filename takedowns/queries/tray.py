"""The unmatched tray: mail from outside that found no request and that nobody has set aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from mailroom.models import IncomingMail
from mailroom.states import Unreadable
from takedowns.models import Reply, SetAside


@dataclass(frozen=True)
class TrayFigures:
    """How many mails lie in the tray, since when the oldest; `alarming`: too long (MAIL_UNMATCHED_ALARM_HOURS)."""

    count: int
    oldest_at: datetime | None
    alarming: bool


def _aside() -> Exists:
    return Exists(SetAside.objects.standing().filter(incoming=OuterRef("pk")))


def in_tray() -> QuerySet[IncomingMail]:
    """The oldest first. A mail that is filed and cannot be read any more is not in it."""
    filed = Exists(Reply.objects.standing().filter(incoming=OuterRef("pk")))
    return IncomingMail.objects.for_a_person().exclude(_aside()).exclude(filed)


def aside() -> QuerySet[IncomingMail]:
    """Those that are set aside, the latest first."""
    return IncomingMail.objects.filter(_aside()).order_by("-received_at")


def given_up() -> QuerySet[IncomingMail]:
    """Mail for whoever runs the post office: of the tray, or filed under one request and not under another."""
    not_filed = Q(unreadable=Unreadable.NOT_FILED)
    rows = IncomingMail.objects.poison().filter(Q(pk__in=in_tray().order_by().values("pk")) | not_filed)
    return rows.exclude(_aside()).order_by("received_at")


def on_the_table(pk: UUID) -> IncomingMail | None:
    """The mail, if it lies in the tray or is set aside; nobody else's mail can be had this way."""
    return in_tray().filter(pk=pk).first() or aside().filter(pk=pk).first()


def oldest() -> QuerySet[IncomingMail, datetime]:
    """When the oldest mail in the tray came in; for a query that asks for more than this."""
    return in_tray().values_list("received_at", flat=True)[:1]


def tray_figures() -> TrayFigures:
    """One query."""
    told = in_tray().order_by().aggregate(count=Count("pk", distinct=True), oldest=Min("received_at"))
    return judged(told["count"], told["oldest"])


def judged(count: int, oldest_at: datetime | None) -> TrayFigures:
    late = timezone.now() - timedelta(hours=settings.MAIL_UNMATCHED_ALARM_HOURS)
    return TrayFigures(count, oldest_at, bool(oldest_at and oldest_at <= late))
