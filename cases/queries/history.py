"""A case's line of time, out of the audit trail, in words."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, TruncMinute
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.models import Event
from audit.states import Action
from cases.states import Standing
from platforms.states import CheckOutcome

ITEM = "cases.contentitem"
ITEM_ACTS = (Action.CHECK_RECORDED, Action.ITEM_SETTLED)
TONES = {
    Action.REMOVALS_CONFIRMED: "good",
    Action.CASE_CLOSED: "good",
    Action.REQUEST_APPROVED: "info",
    Action.REQUEST_RETURNED: "warn",
    Action.CASE_REOPENED: "warn",
    Action.REMOVAL_VOIDED: "bad",
}
ICONS = {
    Action.REPORT_RECORDED: "mail-in",
    Action.CASE_OPENED: "plus",
    Action.CASE_REPORTS_ADDED: "plus",
    Action.CASE_CLOSED: "closed",
    Action.CASE_REOPENED: "open",
    Action.REQUEST_DRAFTED: "draft",
    Action.LETTER_REVISED: "draft",
    Action.REQUEST_SUBMITTED: "awaiting_approval",
    Action.REQUEST_APPROVED: "approved",
    Action.REQUEST_RETURNED: "bounced",
    Action.REQUEST_WITHDRAWN: "withdrawn",
    Action.REQUEST_CLOSED: "closed",
    Action.MAIL_ENQUEUED: "mail-out",
    Action.MAIL_ACCEPTED: "sent",
    Action.MAIL_REJECTED: "alert",
    Action.MAIL_UNCERTAIN: "alert",
    Action.REPLY_FILED: "mail-in",
    Action.CLAIMS_ACCEPTED: "claimed",
    Action.CLAIMS_REJECTED: "refused",
    Action.CLAIMS_TAKEN_BACK: "withdrawn",
    Action.CLAIMS_UNDONE: "withdrawn",
    Action.REMOVALS_CONFIRMED: "check",
    Action.REMOVAL_VOIDED: "withdrawn",
    Action.SIGHTING_RECORDED: "reappeared",
    Action.CHECK_RECORDED: "search",
}
EFFECTS = frozenset({Action.ITEM_SETTLED, Action.REQUEST_CLOSED, Action.MAIL_ENQUEUED, Action.CASE_REOPENED})
# A letter may leave in less than that moment: what became of it moves along, and stays above its being put there.
AFTER_EFFECTS = frozenset({Action.MAIL_ACCEPTED, Action.MAIL_REJECTED, Action.MAIL_UNCERTAIN})
MOMENT = timedelta(milliseconds=200)
BAD_STANDINGS = frozenset({Standing.CONTRADICTED, Standing.REAPPEARED})


@dataclass(frozen=True)
class Entry:
    """`by` is a person's name, or empty for the system."""

    at: datetime
    title: str
    by: str
    more: str = ""
    tone: str = ""
    action: str = ""
    standing: str = ""

    @property
    def day(self) -> date:
        """In the time zone of the page."""
        return timezone.localtime(self.at).date()

    @property
    def icon(self) -> str:
        """The act's shape; for a standing its own; empty where the title says it all."""
        return self.standing or ICONS.get(Action(self.action), "") if self.action in Action.values else ""

    @property
    def place(self) -> datetime:
        """Where it stands in the order. What an act brings about is written a moment before the act itself."""
        return self.at + MOMENT if self.action in EFFECTS | AFTER_EFFECTS else self.at


def history_of_case(case_id: uuid.UUID, items: QuerySet, *, limit: int) -> list[Entry]:
    """The latest acts, newest first. Two queries.

    What was found about items is told a minute at a time ("Check recorded: gone 25"), else a case of 200 items would
    bury everything else. An effect stands above its cause; acts of one moment stand as they were recorded.
    """
    acts = _named(Event.objects.for_case(case_id)).order_by("-at", "-link__seq")[: limit * 5]
    entries = [*map(_act, _joined(acts)), *map(_found, _by_minute(items)[:limit])]
    return sorted(entries, key=lambda entry: entry.place, reverse=True)[:limit]


def history_of_object(object_id: uuid.UUID, *, case_id: uuid.UUID | None = None, limit: int = 100) -> list[Entry]:
    """The latest acts on one row, newest first: those of no case, and of this one. One query."""
    events = Event.objects.filter(Q(case_id=None) | Q(case_id=case_id), object_id=object_id)
    entries = [_act(event) for event in _named(events).order_by("-at", "-link__seq")[:limit]]
    return sorted(entries, key=lambda entry: entry.place, reverse=True)


def _named(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.annotate(who=Subquery(User.objects.filter(pk=OuterRef("actor")).values("name")[:1]))


def _by_minute(items: QuerySet) -> QuerySet:
    code = Coalesce(
        KeyTextTransform("outcome", "detail"),
        KeyTextTransform("to", "detail"),
        Value(""),
        output_field=CharField(),
    )
    events = Event.objects.filter(object_type=ITEM, object_id__in=items.values("pk"), action__in=ITEM_ACTS)
    return (
        _named(events)
        .annotate(minute=TruncMinute("at"), code=code)
        .values("action", "who", "minute", "code")
        .annotate(n=Count("pk"), last=Max("at"))
        .order_by(F("last").desc())
    )


def _joined(events: Iterable[Any]) -> list[Any]:
    """Acts on single items that follow each other in one minute by the same hand told as one act on several."""
    rows: list[Any] = []
    for event in events:
        event.numbers = _numbers(event.detail)
        event.alike = (event.action, event.actor, event.at.replace(second=0, microsecond=0))
        last = rows[-1] if rows else None
        if last and event.numbers and last.numbers and event.alike == last.alike:
            last.numbers += event.numbers
            last.detail = {"numbers": last.numbers}
        else:
            rows.append(event)
    return rows


def _numbers(detail: dict[str, Any]) -> list[int]:
    number = detail.get("number")
    return [number] if isinstance(number, int) else list(detail.get("numbers") or [])


def _act(event: Any) -> Entry:
    if event.action in ITEM_ACTS:
        code = event.detail.get("outcome") or event.detail.get("to") or ""
        return _found({"action": event.action, "code": code, "n": 0, "last": event.at, "who": event.who})
    return Entry(
        at=event.at,
        title=event.label,
        by=event.who or "",
        more=told(event.detail),
        tone=TONES.get(event.action, ""),
        action=event.action,
    )


def _found(row: dict[str, Any]) -> Entry:
    """`n` of 0: told of one item, whose count goes without saying."""
    more = ngettext("%(n)d item", "%(n)d items", row["n"]) % {"n": row["n"]} if row["n"] else ""
    if row["action"] == Action.CHECK_RECORDED:
        outcome = CheckOutcome(row["code"])
        tone = {"gone": "good", "live": "bad"}.get(outcome.value, "")
        title = _("Check: %(found)s") % {"found": outcome.label}
        code = ""
    else:
        code = row["code"]
        standing = Standing(row["code"])
        tone = "good" if standing == Standing.REMOVED else "bad" if standing in BAD_STANDINGS else ""
        title = _("Now: %(standing)s") % {"standing": standing.label}
    return Entry(
        at=row["last"], title=title, by=row["who"] or "", more=more, tone=tone, action=row["action"], standing=code
    )


def told(detail: dict[str, Any]) -> str:
    """An act's details in words, as far as people want them."""
    parts: list[str] = []
    if reports := detail.get("reports"):
        parts.append(", ".join(reports))
    if isinstance(number := detail.get("number"), str):
        parts.append(number)
    if numbers := detail.get("numbers"):
        parts.append(_("items %(numbers)s") % {"numbers": ranges(numbers)})
    elif isinstance(number, int):
        parts.append(_("item %(numbers)s") % {"numbers": number})
    if isinstance(items := detail.get("items"), int):
        parts.append(ngettext("%(n)d item", "%(n)d items", items) % {"n": items})
    if letter := detail.get("letter"):
        parts.append(str(letter))
    if proposed := detail.get("proposed"):
        parts.append(ngettext("%(n)d proposal", "%(n)d proposals", proposed) % {"n": proposed})
    if missing := detail.get("not_verified"):
        parts.append(ngettext("%(n)d not verified", "%(n)d not verified", missing) % {"n": missing})
    return " · ".join(parts)


def ranges(numbers: Iterable[int]) -> str:
    """[1, 2, 3, 5] as "1–3, 5"."""
    spans: list[list[int]] = []
    for n in sorted(set(numbers)):
        if spans and n == spans[-1][1] + 1:
            spans[-1][1] = n
        else:
            spans.append([n, n])
    return ", ".join(_span(span) for span in spans)


def _span(span: Sequence[int]) -> str:
    first, last = span
    return str(first) if first == last else f"{first}–{last}"
