"""Domains that letters go to: how many a minute, and the breaker that stops them when too much goes wrong.

The rate is a generic cell rate (leaky bucket): one timestamp a domain that runs ahead of the clock by one slot for
each letter, and may run ahead by a burst. Locks are taken in one order, letter before domain.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from mailroom.models import DomainState, DomainTrouble, OutgoingMail, SendAttempt
from mailroom.rules import why_not_release
from mailroom.services.alarms import raise_alarm, settle_alarms
from mailroom.states import BREAKER_TRANSITIONS, AlarmKind, Breaker, Ending, Phase, Step, TroubleKind

# A trouble is the recipient's domain's from the word on at which it has been named; before, it is our own relay's.
ABOUT_THE_RECIPIENT = frozenset({Step.RECIPIENT, Step.DATA, Step.CONTENT})
TROUBLE_OF = {
    Ending.REJECTED: TroubleKind.REFUSED,
    Ending.DEFERRED: TroubleKind.PUT_OFF,
    Ending.UNCERTAIN: TroubleKind.BROKEN_OFF,
    Ending.LOST: TroubleKind.BROKEN_OFF,
}


@dataclass(frozen=True)
class Pace:
    """How quickly letters may follow each other to one domain, and how long a stopped one is left alone at most."""

    slot: timedelta  # from one letter to the next when many wait; nothing where no limit is set
    burst: timedelta  # how far ahead of its slots a domain may run
    longest_stop: timedelta


def pace() -> Pace:
    """As the settings say."""
    a_minute = settings.MAIL_DOMAIN_PER_MINUTE
    slot = timedelta(seconds=60 / a_minute) if a_minute else timedelta(0)
    longest = max(settings.MAIL_BREAKER_LONGEST, settings.MAIL_RECONNECT_SECONDS)
    return Pace(slot, slot * (settings.MAIL_DOMAIN_BURST - 1), timedelta(seconds=longest))


def held(pace: Pace) -> QuerySet[DomainState]:
    """Nothing may leave for these just now: stopped, on trial with another letter, or too many a minute."""
    return DomainState.objects.filter(_full(pace) | _stopped(pace) | Q(state=Breaker.HALF_OPEN))


# A moment further ahead than there is reason for was written while the database's clock was wrong: nobody waits for it.


def _full(pace: Pace) -> Q:
    """More letters have left than the rate allows."""
    ahead = Now() + pace.burst
    return Q(next_slot_at__gt=ahead, next_slot_at__lte=ahead + pace.slot) if pace.slot else Q(pk=None)


def _stopped(pace: Pace) -> Q:
    """Not even one letter may try yet."""
    return Q(state=Breaker.OPEN, retry_at__gt=Now(), retry_at__lte=Now() + pace.longest_stop)


class Passed(Enum):
    FREELY = "freely"
    ON_TRIAL = "on trial"  # the domain was stopped, and this is the one letter that tries


def let_through(mail: OutgoingMail) -> Passed | None:
    """Take a slot of the letter's domain, in the transaction that claims it. None: somebody else was quicker."""
    if _take_slot(mail) or _first_of_its_domain(mail):
        return Passed.FREELY
    return Passed.ON_TRIAL if _begin_trial(mail) else None


def is_on_trial(mail: OutgoingMail) -> bool:
    """Is this the letter that its stopped domain is tried with?"""
    return DomainState.objects.filter(domain=mail.domain, probe=mail.pk).exists()


def _take_slot(mail: OutgoingMail) -> bool:
    free, own = DomainState.objects.filter(domain=mail.domain, state=Breaker.CLOSED), pace()
    if not own.slot:
        return free.exists()
    ahead = When(next_slot_at__range=(Now(), Now() + own.burst), then=F("next_slot_at"))
    return bool(free.exclude(_full(own)).update(next_slot_at=Case(ahead, default=Now()) + own.slot))


def _first_of_its_domain(mail: OutgoingMail) -> bool:
    if DomainState.objects.filter(domain=mail.domain).exists():
        return False
    DomainState.objects.bulk_create([DomainState(domain=mail.domain)], ignore_conflicts=True)
    return _take_slot(mail)


def _begin_trial(mail: OutgoingMail) -> bool:
    row = _locked(mail.domain, ~_stopped(pace()), state=Breaker.OPEN)
    if row is not None:
        _move(row, Breaker.HALF_OPEN, probe=mail.pk)
    return row is not None


def note_end(*, mail: OutgoingMail, ending: Ending, step: Step | str, on_trial: bool) -> None:
    """How a try ended, as far as it speaks of the recipient's domain; in the transaction that ends the try."""
    trouble = TROUBLE_OF.get(ending) if step in ABOUT_THE_RECIPIENT else None
    # A person may have released the domain in the midst of the trial.
    if on_trial and (row := _locked(mail.domain, probe=mail.pk)) is not None:
        _end_trial(row, accepted=ending == Ending.ACCEPTED, trouble=trouble is not None)
    if trouble is not None:
        _note(mail, trouble)


def _end_trial(row: DomainState, *, accepted: bool, trouble: bool) -> None:
    if accepted:
        trial_until = Now() + timedelta(seconds=settings.MAIL_BREAKER_WINDOW)
        _move(row, Breaker.CLOSED, closed_at=Now(), trial_until=trial_until)
        settle_alarms(kind=AlarmKind.DOMAIN_STOPPED, domain=row.domain)
        record(action=Action.DOMAIN_RELEASED, by=None, obj=row, detail={"domain": row.domain})
    else:
        # Without a word about the recipient (our own relay was away) the same trial is made again soon.
        openings = row.openings + trouble
        pause = _pause(openings) if trouble else timedelta(seconds=settings.MAIL_RECONNECT_SECONDS)
        _move(row, Breaker.OPEN, retry_at=Now() + pause, openings=openings)


def note_bounce(*, mail: OutgoingMail) -> None:
    """The letter came back as undeliverable. Call it before the audit event of the act that it is part of."""
    with transaction.atomic():
        _note(mail, TroubleKind.BOUNCED)


def _note(mail: OutgoingMail, kind: TroubleKind) -> None:
    DomainTrouble.objects.create(domain=mail.domain, mail=mail, kind=kind)
    row = _locked(mail.domain, state=Breaker.CLOSED)
    if row is None or not _too_many(row):
        return
    again = row.openings + 1
    _move(row, Breaker.OPEN, opened_at=Now(), retry_at=Now() + _pause(again), openings=again)
    raise_alarm(kind=AlarmKind.DOMAIN_STOPPED, domain=row.domain)
    record(action=Action.DOMAIN_STOPPED, by=None, obj=row, detail={"domain": row.domain, "why": kind.value})


def _too_many(row: DomainState) -> bool:
    """Enough letters in trouble, and a large enough share of those that were tried; after a trial one is enough."""
    if DomainState.objects.filter(pk=row.pk, trial_until__gt=Now()).exists():
        return True
    since: Any = Now() - timedelta(seconds=settings.MAIL_BREAKER_WINDOW)
    if row.closed_at is not None:
        since = Greatest(since, row.closed_at)
    troubled = DomainTrouble.objects.filter(domain=row.domain, at__gt=since).values("mail").distinct().count()
    if troubled < settings.MAIL_BREAKER_TROUBLES:
        return False
    tries = SendAttempt.objects.filter(mail__domain=row.domain, ended_at__gt=since).exclude(phase=Phase.CONNECTING)
    return troubled >= settings.MAIL_BREAKER_SHARE * tries.values("mail").distinct().count()


def _pause(openings: int) -> timedelta:
    """Twice as long each time, up to a limit."""
    seconds = settings.MAIL_BREAKER_PAUSE * 2 ** min(openings - 1, 16)
    return timedelta(seconds=min(seconds, settings.MAIL_BREAKER_LONGEST))


def _locked(domain: str, *having: Q, **also: Any) -> DomainState | None:
    return DomainState.objects.select_for_update(no_key=True).filter(*having, domain=domain, **also).first()


def _move(row: DomainState, to: Breaker, **facts: Any) -> None:
    """The one writer of a breaker's state. `row` is locked."""
    if to not in BREAKER_TRANSITIONS[Breaker(row.state)]:
        raise ValueError(f"A breaker does not go from {row.state} to {to}.")
    DomainState.objects.filter(pk=row.pk).update(state=to, **({"probe": None} | facts))


def release_domain(*, domain: DomainState, by: User, reason: str) -> DomainState:
    """A person lets letters to a stopped domain leave again; what went wrong before does not count any more.

    Raises Refused without a reason, without the permission, or when they leave already.
    """
    reason = reason.strip()
    with transaction.atomic():
        row = DomainState.objects.select_for_update(no_key=True).get(pk=domain.pk)
        if refusal := why_not_release(by, row):
            raise Refused(refusal)
        if not reason:
            raise Refused(_("Say why letters can leave again."))
        _move(row, Breaker.CLOSED, closed_at=Now(), openings=0, trial_until=None)
        settle_alarms(kind=AlarmKind.DOMAIN_STOPPED, domain=row.domain, by=by, reason=reason)
        record(action=Action.DOMAIN_RELEASED, by=by, obj=row, detail={"domain": row.domain})
    return DomainState.objects.get(pk=domain.pk)
