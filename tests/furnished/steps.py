"""The steps from a report to a letter, by the product's own services, at moments that a reader can tell apart."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cases import services as case_services
from cases.models import Case, Report
from cases.states import Source
from mailroom.states import OutgoingState
from platforms.models import Contact, Organisation
from takedowns import rules, services
from takedowns.models import Letter, Reply, TakedownRequest
from takedowns.states import ClaimKind, Measure
from tests.furnished.people import Everybody
from tests.takedowns.stages import LIAISON
from tests.waiting import until


def ago(**units: float) -> datetime:
    return timezone.now() - timedelta(**units)


def links(room: str, numbers: Sequence[int]) -> str:
    return "\n".join(f"https://t.me/{room}/{n}" for n in numbers)


def report(people: Everybody, text: str, *, hours: float = 30, **given: Any) -> Report:
    """A report that came in so many hours ago and was recorded ten minutes later."""
    values: dict[str, Any] = {"by": people.hana, "source": Source.POLICE, "received_at": ago(hours=hours)} | given
    return case_services.record_report(team=people.team, text=text, at=ago(hours=hours - 0.2), **values)


def case(people: Everybody, title: str, *reports: Report, hours: float = 29) -> Case:
    return case_services.group_reports(by=people.minseo, reports=reports, title=title, at=ago(hours=hours))


def room_case(people: Everybody, title: str, room: str, count: int, *, hours: float = 30) -> Case:
    """A case of one report that names the room's first videos."""
    return case(people, title, report(people, links(room, range(1, count + 1)), hours=hours), hours=hours - 1)


def draft(
    people: Everybody, of: Case, *, hours: float = 28, contact: Contact | None = None, **given: Any
) -> TakedownRequest:
    """A drafted request for everything that can be asked for."""
    telegram = Organisation.objects.get(code="telegram")
    letter: dict[str, Any] = {"language": "en", "deadline_hours": 24} | given
    return services.draft_request(
        case=of,
        contact=contact or telegram.contacts.get(email=LIAISON),
        items=rules.askable(of, telegram, Measure.DELETE),
        by=people.minseo,
        at=ago(hours=hours),
        **letter,
    )


def submit(people: Everybody, of: Case, *, hours: float = 28, **given: Any) -> TakedownRequest:
    drafted = draft(people, of, hours=hours, **given)
    return services.submit(request=drafted, by=people.minseo, at=ago(hours=hours - 0.1))


def approve(people: Everybody, of: Case, *, hours: float = 28, **given: Any) -> TakedownRequest:
    """A request whose letter lies in the outbox; the sender takes it from there."""
    asked = submit(people, of, hours=hours, **given)
    digest = asked.revisions.get().body_sha256
    services.approve(request=asked, digest=digest, by=people.soyeon, at=ago(hours=hours - 0.5))
    asked.refresh_from_db()
    return asked


def left(*requests: TakedownRequest) -> None:
    """Wait until the mail server has taken the letters of all these."""
    letters = Letter.objects.filter(request__in=requests)
    until(
        lambda: all(state == OutgoingState.ACCEPTED for state in letters.values_list("mail__state", flat=True)),
        what="the letters with the mail server",
    )


def replied(request: TakedownRequest, count: int = 1) -> Reply:
    """Wait for so many answers to the request; the latest."""
    until(lambda: request.replies.count() >= count, what=f"answers to {request.number}")
    return request.replies.latest("received_at")


def accept(people: Everybody, reply: Reply, **by_hand: ClaimKind) -> None:
    """Accept what was read of the reply; `n7=ClaimKind.REFUSED` sets line 7 by hand instead."""
    numbers = {int(name[1:]): kind for name, kind in by_hand.items()}
    accepted = {claim.takedown_item_id: ClaimKind(claim.kind) for claim in reply.claims.all()}
    lines = reply.request.items.filter(number__in=numbers)
    services.decide_claims(
        reply=reply,
        accepted=accepted | {line.pk: numbers[line.number] for line in lines},
        rejected=[],
        by=people.minseo,
    )


def stands(of: Case, **counts: int) -> None:
    """Wait until the case counts so many items at these standings: the worker's checks come in by themselves."""

    def counted() -> dict[str, int]:
        return dict(Counter(of.items.values_list("standing", flat=True)))

    wanted = f"{counts} in {of.number}"
    try:
        until(lambda: counts.items() <= counted().items(), timeout=60, what=wanted)
    except AssertionError as late:
        raise AssertionError(f"{wanted}: it has {counted()}") from late
