"""What the administrator's page of the mail shows: numbers, domains, states and times; no letter's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, Max, Min, Q, Value, When
from django.db.models.functions import Now

from mailroom.archive import longest_silence
from mailroom.models import Alarm, Canary, Delivery, DomainState, DomainTrouble, OutgoingMail, Pulse
from mailroom.services.outbox import QueueFigures, queue_figures
from mailroom.states import Breaker, OutgoingState, TroubleKind

Counts = Mapping[str, Any]
RATE = timedelta(hours=1)
DOOR_HISTORY = timedelta(days=7)
IN_THE_QUEUE = (OutgoingState.QUEUED, OutgoingState.SENDING)


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
class DoorFigures:
    """One way in, as deliveries name it (lmtp, smtp, imap): its last mail, and how many came within a day."""

    door: str
    last_at: datetime
    within_a_day: int


@dataclass(frozen=True)
class ProcessFigures:
    """One process and whether it has shown itself lately."""

    pulse: Pulse
    alive: bool


@dataclass(frozen=True)
class PostOffice:
    figures: QueueFigures
    domains: list[DomainFigures]
    uncertain: list[OutgoingMail]  # each with `archived_at`, `resent_at` and the words of `get_not_resent_display`
    doors: list[DoorFigures]
    processes: list[ProcessFigures]
    alarms: list[Alarm]
    last_canary: Canary | None
    last_canary_home: Canary | None


def post_office(*, most: int = 50) -> PostOffice:
    """Everything, in nine queries; lists are cut at `most`."""
    uncertain = OutgoingMail.objects.uncertain().defer("sealed").order_by("uncertain_at")
    return PostOffice(
        figures=queue_figures(),
        domains=domains()[:most],
        uncertain=list(uncertain[:most]),
        doors=doors(),
        processes=processes()[:most],
        alarms=list(Alarm.objects.open().select_related("mail").defer("mail__sealed")[:most]),
        last_canary=Canary.objects.filter(left_at__isnull=False).order_by("left_at").last(),
        last_canary_home=Canary.objects.filter(arrived_at__isnull=False).order_by("left_at").last(),
    )


def domains() -> list[DomainFigures]:
    """Those that letters wait for, went to within the hour, or are stopped; stopped ones and long waits first."""
    since = Now() - RATE
    lively = Q(state__in=IN_THE_QUEUE) | Q(accepted_at__gt=since)
    waiting = Q(state__in=IN_THE_QUEUE)
    letters: dict[str, Counts] = {
        row["domain"]: row
        for row in OutgoingMail.objects.filter(lively)
        .values("domain")
        .annotate(
            waiting=Count("pk", filter=waiting),
            oldest_queued_at=Min("queued_at", filter=waiting),
            accepted=Count("pk", filter=Q(accepted_at__gt=since)),
        )
    }
    troubles: dict[str, Counts] = {
        row["domain"]: row
        for row in DomainTrouble.objects.filter(at__gt=since)
        .order_by()
        .values("domain")
        .annotate(**{kind.value: Count("mail", filter=Q(kind=kind), distinct=True) for kind in TroubleKind})
    }
    named = {*letters, *troubles}
    states = {row.domain: row for row in DomainState.objects.filter(Q(domain__in=named) | ~Q(state=Breaker.CLOSED))}
    found = [
        _figures(name, letters.get(name, {}), troubles.get(name, {}), states.get(name)) for name in named | {*states}
    ]
    return sorted(found, key=lambda one: (not one.stopped, -one.waiting, one.domain))


def _figures(domain: str, letters: Counts, troubles: Counts, state: DomainState | None) -> DomainFigures:
    return DomainFigures(
        domain=domain,
        waiting=letters.get("waiting", 0),
        oldest_queued_at=letters.get("oldest_queued_at"),
        accepted=letters.get("accepted", 0),
        state=state,
        **{kind.value: troubles.get(kind.value, 0) for kind in TroubleKind},
    )


def doors() -> list[DoorFigures]:
    """Those that brought something within a week, the liveliest first."""
    within_a_day = Q(received_at__gt=Now() - timedelta(days=1))
    rows = (
        Delivery.objects.filter(received_at__gt=Now() - DOOR_HISTORY)
        .order_by()
        .values("door")
        .annotate(last_at=Max("received_at"), within_a_day=Count("pk", filter=within_a_day))
        .order_by("-last_at")
    )
    return [DoorFigures(**row) for row in rows]


def processes() -> list[ProcessFigures]:
    """The mail processes of the last week, the living first."""
    lately = When(beat_at__gt=Now() - longest_silence(), then=Value(True))
    alive = Case(lately, default=Value(False), output_field=BooleanField())
    rows = Pulse.objects.annotate(alive=alive).order_by("-alive", "part", "-beat_at")
    return [ProcessFigures(pulse=row, alive=row.alive) for row in rows]
