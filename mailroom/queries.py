"""How the post goes: domains, what moved last, and what gives signs of life. Numbers and times, no letter's words."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Now

from mailroom.archive import longest_silence
from mailroom.models import Canary, Delivery, DomainState, DomainTrouble, IncomingMail, OutgoingMail, Pulse
from mailroom.states import Breaker, Flow, IncomingState, OutgoingState, Part

RATE = timedelta(hours=1)
HISTORY = timedelta(days=7)
IN_THE_QUEUE = (OutgoingState.QUEUED, OutgoingState.SENDING)
DOORS = {"lmtp": Part.DOOR, "smtp": Part.DOOR, "imap": Part.FETCHER}  # as deliveries name them
ALWAYS = (Part.SENDER, Part.DOOR, Part.READER)  # a house without a mailbox has no fetcher


@dataclass(frozen=True)
class DomainFigures:
    """One domain: what waits, since when, what happened within the last hour, and its breaker."""

    domain: str
    waiting: int
    oldest_queued_at: datetime | None
    accepted: int
    refused: int
    put_off: int
    broken_off: int
    bounced: int
    state: DomainState | None

    @property
    def stopped(self) -> bool:
        return self.state is not None and self.state.state != Breaker.CLOSED


@dataclass(frozen=True)
class Activity:
    """When something happened last within a week (of mail to be read: since when it waits), and how often in a day."""

    at: datetime | None = None
    count: int = 0


@dataclass(frozen=True)
class Way:
    """One part of the post office, all its processes together. `beat_at` is None where nobody has seen it yet."""

    part: Part
    alive: bool = False
    beat_at: datetime | None = None
    places: list[str] = field(default_factory=list)  # of those that live


def domains() -> list[DomainFigures]:
    """Those that letters wait for, went to within the hour, or are stopped; stopped ones and long waits first.

    Two queries.
    """
    counted: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in _letters_by_domain():
        counted[row["domain"]] |= {row["of"]: row["count"]} | ({"oldest_queued_at": row["at"]} if row["at"] else {})
    named = Q(domain__in=list(counted))
    states = {row.domain: row for row in DomainState.objects.filter(named | ~Q(state=Breaker.CLOSED))}
    found = [_figures(name, counted[name], states.get(name)) for name in {*counted, *states}]
    return sorted(found, key=lambda one: (not one.stopped, -one.waiting, one.domain))


def _letters_by_domain() -> QuerySet[Any, Any]:
    """Rows of domain, of (waiting, accepted, or a kind of trouble), count, at (the longest wait)."""
    since = Now() - RATE
    never = Value(None, output_field=DateTimeField())
    out = OutgoingMail.objects.order_by()
    waiting = out.filter(state__in=IN_THE_QUEUE).annotate(of=Value("waiting")).values("domain", "of")
    by_mail = out.filter(state=OutgoingState.ACCEPTED, accepted_at__gt=since)
    taken = by_mail.annotate(of=Value("accepted")).values("domain", "of")
    troubles = DomainTrouble.objects.filter(at__gt=since).order_by().annotate(of=F("kind")).values("domain", "of")
    return waiting.annotate(count=Count("pk"), at=Min("queued_at")).union(
        taken.annotate(count=Count("pk"), at=never),
        troubles.annotate(count=Count("mail", distinct=True), at=never),
        all=True,
    )


def _figures(domain: str, counted: dict[str, Any], state: DomainState | None) -> DomainFigures:
    return DomainFigures(
        domain=domain,
        waiting=counted.get("waiting", 0),
        oldest_queued_at=counted.get("oldest_queued_at"),
        accepted=counted.get("accepted", 0),
        refused=counted.get("refused", 0),
        put_off=counted.get("put_off", 0),
        broken_off=counted.get("broken_off", 0),
        bounced=counted.get("bounced", 0),
        state=state,
    )


def activity() -> dict[str, Activity]:
    """What moved last, by Flow, and by the names of doors (lmtp, smtp, imap). One query."""
    sent = _latest(OutgoingMail.objects.all(), "accepted_at", Flow.SENT)
    came = _latest(Delivery.objects.order_by(), "received_at", F("door"))
    left = _latest(Canary.objects.order_by(), "left_at", Flow.CANARY_LEFT)
    home = _latest(Canary.objects.order_by(), "arrived_at", Flow.CANARY_HOME)
    unread = IncomingMail.objects.filter(state=IncomingState.WAITING).annotate(of=Value(Flow.UNREAD)).values("of")
    waiting = unread.annotate(at=Min("received_at"), count=Count("pk"))
    rows = sent.union(came, left, home, waiting, all=True)
    return {row["of"]: Activity(row["at"], row["count"]) for row in rows if row["at"]}


def _latest(rows: QuerySet[Any], moment: str, of: Flow | F) -> QuerySet[Any, Any]:
    lately = rows.filter(**{f"{moment}__gt": Now() - HISTORY})
    named = lately.annotate(of=of if isinstance(of, F) else Value(of.value)).values("of")
    within_a_day = Q(**{f"{moment}__gt": Now() - timedelta(days=1)})
    return named.annotate(at=Max(moment), count=Count("pk", filter=within_a_day))


def ways() -> list[Way]:
    """Every part that a house needs, seen or not, and the fetcher where there is one. One query."""
    lately = When(beat_at__gt=Now() - longest_silence(), then=Value(True))
    seen: dict[str, list[Pulse]] = defaultdict(list)
    for row in Pulse.objects.annotate(alive=Case(lately, default=Value(False))).order_by("place"):
        seen[row.part].append(row)
    needed = ALWAYS if seen[Part.DOOR] or not seen[Part.FETCHER] else (Part.SENDER, Part.READER)
    return [_way(part, seen[part]) for part in Part if part in needed or seen[part]]


def _way(part: Part, rows: list[Any]) -> Way:
    living = [row.place for row in rows if row.alive]
    return Way(part, bool(living), max((row.beat_at for row in rows), default=None), living)
