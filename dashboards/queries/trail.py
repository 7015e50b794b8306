"""The audit trail as the auditor reads it: filtered, in pages without counting a million rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.permissions import GRANTS, Permission
from accounts.states import Role
from audit.models import ChainLink, Event
from cases.models import Case

PER_PAGE = 100


@dataclass(frozen=True)
class Slice:
    """A page of (event, its details), newest first, and the mark from which the older ones go on (empty at the end)."""

    events: list[tuple[Event, str]]
    older: str


def sees_everything(user: User) -> bool:
    """The trail of the whole house, for those who hold the role in every team; others see their cases' events."""
    return any(held.team_id is None and Permission.SEE_AUDIT in GRANTS[Role(held.role)] for held in user.held_roles)


def events_for(user: User, wanted: dict[str, Any]) -> QuerySet[Event]:
    events = Event.objects.all()
    if not sees_everything(user):
        events = events.filter(case_id__in=Case.objects.visible_to(user).values("pk"))
    if number := wanted.get("case"):
        events = events.filter(case_id__in=Case.objects.visible_to(user).filter(number__iexact=number).values("pk"))
    if action := wanted.get("action"):
        events = events.filter(action=action)
    if person := wanted.get("person"):
        found = User.objects.filter(Q(username__iexact=person) | Q(name__iexact=person))
        events = events.filter(actor__in=found.values("pk"))
    if since := wanted.get("since"):
        events = events.filter(at__gte=since)
    if until := wanted.get("until"):
        events = events.filter(at__lt=until)
    return events


def read(events: QuerySet[Event], *, before: str) -> Slice:
    """The page that begins after the mark `before` ("time,id"; empty: the newest). One query."""
    if mark := _mark(before):
        at, pk = mark
        events = events.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    who = User.objects.filter(pk=OuterRef("actor")).values("name")[:1]
    number = Case.objects.filter(pk=OuterRef("case_id")).values("number")[:1]
    rows = list(
        events.select_related("link")
        .annotate(who=Subquery(who), case_number=Subquery(number))
        .order_by("-at", "-pk")[: PER_PAGE + 1]
    )
    shown = rows[:PER_PAGE]
    older = f"{shown[-1].at.isoformat()},{shown[-1].pk}" if len(rows) > PER_PAGE else ""
    return Slice([(row, _details(row.detail)) for row in shown], older)


def _details(detail: dict[str, Any]) -> str:
    """Codes, counts and numbers as they were recorded."""
    return " · ".join(f"{name}: {_plain(value)}" for name, value in detail.items() if value not in (None, ""))


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _mark(text: str) -> tuple[datetime, UUID] | None:
    at, _comma, pk = text.partition(",")
    try:
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        return None


def end_of_chain() -> ChainLink | None:
    """The last link. Its number is the number of links: the trigger numbers them from 1 without gaps."""
    return ChainLink.objects.order_by("-seq").first()
