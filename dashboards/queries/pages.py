"""What all logs have in common: rows of a person (`actor`) and a moment (`at`), narrowed, in pages without counting."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from accounts.models import User

Row = TypeVar("Row", bound=Model)


def narrowed(rows: QuerySet[Row], wanted: dict[str, Any]) -> QuerySet[Row]:
    """Those of a `person` (name or user name), `since` this moment, `until` before that one; each as far as given."""
    if person := wanted.get("person"):
        people = User.objects.filter(Q(username__iexact=person) | Q(name__iexact=person))
        rows = rows.filter(actor__in=people.values("pk"))
    if since := wanted.get("since"):
        rows = rows.filter(at__gte=since)
    if until := wanted.get("until"):
        rows = rows.filter(at__lt=until)
    return rows


def page_of(rows: QuerySet[Row], *, before: str, size: int) -> tuple[list[Any], str]:
    """The `size` newest rows that come after the mark `before` ("time,id"; empty: the newest), each with `who` did it;
    and the mark from which the older ones go on, empty at the end. One query.
    """
    if mark := _mark_of(before):
        at, pk = mark
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    who = User.objects.filter(pk=OuterRef("actor")).values("name")[:1]
    found: list[Any] = list(rows.annotate(who=Subquery(who)).order_by("-at", "-pk")[: size + 1])
    shown = found[:size]
    return shown, f"{shown[-1].at.isoformat()},{shown[-1].pk}" if len(found) > size else ""


def _mark_of(text: str) -> tuple[datetime, UUID] | None:
    """The mark where a page ended, or None for what is no mark."""
    at, _comma, pk = text.partition(",")
    try:
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        return None
