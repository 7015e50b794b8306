"""The sender's side of the outbox: who may try now, how far a try has come, how it ended.

A try holds a lease by the database's clock and proves it with a token of its own at each step. DATA is begun by one
conditional UPDATE, committed before the command is spoken: a sender whose lease ran out meanwhile hits no row and says
nothing more, so two senders never hand over the same letter.
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from audit.services import record
from audit.states import Action
from mailroom.models import OutgoingMail, SendAttempt
from mailroom.services import domains
from mailroom.services.alarms import raise_alarm, settle_alarms
from mailroom.services.domains import Passed
from mailroom.services.outbox import accept, locked, move
from mailroom.states import STATE_AFTER, AlarmKind, Ending, OutgoingState, Phase, Step

_jitter = random.SystemRandom()


@dataclass(frozen=True)
class Lease:
    """One sender's right to try one letter, and the letter as it was when the lease began."""

    mail: OutgoingMail
    token: uuid.UUID
    connected: bool = False  # taken with the mail server at the other end: the envelope was reached with the lease
    on_trial: bool = False  # its domain was stopped, and this letter shows whether the way is open again


@dataclass(frozen=True)
class Answer:
    """A server's reply to one command; no code when there was none."""

    code: int | None = None
    text: str = ""


NOTHING = Answer()  # was answered yet


@dataclass
class Result:
    """How a try ended, at which word, and what was answered on the way."""

    ending: Ending
    answer: Answer = field(default_factory=Answer)
    step: Step | str = ""
    recipient: Answer = field(default_factory=Answer)
    archive: Answer = field(default_factory=Answer)


def claim(*, connected: bool = False) -> Lease | None:
    """Take the letter that has waited longest and whose domain may have one now, or None.

    Senders at the same moment get different letters; the domain's slot is taken in the same transaction. `connected`:
    the mail server answered a moment ago, so this try begins with the envelope.
    """
    with transaction.atomic():
        # Each round finds another letter, or none: a domain whose slot somebody else took meanwhile is held by then.
        seen: set[uuid.UUID] = set()
        while (mail := _next_due()) is not None and mail.pk not in seen:
            if (passed := domains.let_through(mail)) is not None:
                return _lease(mail, connected=connected, on_trial=passed == Passed.ON_TRIAL)
            seen.add(mail.pk)
    return None


def _next_due() -> OutgoingMail | None:
    sql, params = _due(domains.pace(), _longest_wait())
    return next(iter(OutgoingMail.objects.raw(sql, params)), None)


@cache
def _due(pace: domains.Pace, longest_wait: float) -> tuple[str, Any]:
    """The letter that is next, as SQL: writing it takes Django longer than answering it takes PostgreSQL."""
    held = domains.held(pace).filter(domain=OuterRef("domain"))
    due = OutgoingMail.objects.due(timedelta(seconds=longest_wait)).filter(~Exists(held))
    sql, params = due.select_for_update(skip_locked=True, no_key=True)[:1].query.sql_with_params()
    return sql, params


def _lease(mail: OutgoingMail, *, connected: bool, on_trial: bool) -> Lease:
    token = uuid.uuid4()
    phase = Phase.ENVELOPE if connected else Phase.CONNECTING
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=OutgoingState.SENDING,
        phase=phase,
        lease_token=token,
        lease_until=_lease_end(),
        attempts=F("attempts") + 1,
    )
    reached = {"envelope_at": Now()} if connected else {}
    SendAttempt.objects.create(mail=mail, n=mail.attempts + 1, lease_token=token, relay=relay(), phase=phase, **reached)
    return Lease(mail=mail, token=token, connected=connected, on_trial=on_trial)


def relay() -> str:
    """The mail server that letters are handed to, as "host:port"."""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def reach_envelope(lease: Lease) -> bool:
    """The server is ready for sender and recipient. False: the lease is lost."""
    return lease.connected or _reach(lease, Phase.ENVELOPE)


def begin_data(lease: Lease, *, recipient: Answer, archive: Answer) -> bool:
    """Committed before DATA is spoken. False: do not speak it; the lease is lost, or an earlier try's copy is in."""
    return _reach(lease, Phase.DATA, recipient=recipient, archive=archive)


# The letter and its try in one statement, which outside of a transaction is committed when it returns: the mail server
# waits at this point, and a statement each with BEGIN and COMMIT would be four journeys to the database.
REACH = """
WITH held AS (
    UPDATE mailroom_outgoingmail SET phase = %(phase)s, lease_until = statement_timestamp() + %(lease)s
    WHERE id = %(mail)s AND state = %(sending)s AND lease_token = %(token)s
        AND lease_until > statement_timestamp() AND archived_at IS NULL
    RETURNING lease_token
)
UPDATE mailroom_sendattempt AS attempt SET
    phase = %(phase)s,
    envelope_at = coalesce(attempt.envelope_at, statement_timestamp()),
    data_at = CASE WHEN %(phase)s = %(data)s THEN statement_timestamp() END,
    recipient_code = %(recipient_code)s, recipient_text = %(recipient_text)s,
    archive_code = %(archive_code)s, archive_text = %(archive_text)s
FROM held WHERE attempt.lease_token = held.lease_token
"""


def _reach(lease: Lease, phase: Phase, *, recipient: Answer = NOTHING, archive: Answer = NOTHING) -> bool:
    facts: dict[str, Any] = {
        "phase": phase.value,
        "data": Phase.DATA.value,
        "sending": OutgoingState.SENDING.value,
        "lease": timedelta(seconds=settings.MAIL_LEASE),
        "mail": lease.mail.pk,
        "token": lease.token,
    }
    with connection.cursor() as cursor:
        cursor.execute(REACH, facts | _answers(recipient=recipient, archive=archive))
        return cursor.rowcount == 1


def end(lease: Lease, result: Result) -> None:
    """Write down how the try ended and where the letter stands now. An end that comes after the lease is a late one."""
    with transaction.atomic():
        mail = locked(lease.mail.pk)
        if mail.state == OutgoingState.SENDING and mail.lease_token == lease.token:
            _end(mail, lease.token, result, on_trial=lease.on_trial)
        else:
            _end_late(mail, lease.token, result)


def end_lapsed() -> int:
    """Take back the letters whose sender vanished; returns how many. Before DATA: queued again. In DATA: uncertain."""
    ended = 0
    while _end_one_lapsed():
        ended += 1
    return ended


def _end_one_lapsed() -> bool:
    with transaction.atomic():
        lapsed = OutgoingMail.objects.lapsed(timedelta(seconds=settings.MAIL_LEASE))
        rows = lapsed.select_for_update(skip_locked=True, no_key=True).defer("sealed")
        mail = rows.order_by("lease_until").first()
        if mail is None or mail.lease_token is None:
            return False
        result = Result(Ending.UNCERTAIN if mail.phase == Phase.DATA else Ending.LAPSED)
        _end(mail, mail.lease_token, result, on_trial=domains.is_on_trial(mail))
    return True


def _end(mail: OutgoingMail, token: uuid.UUID, result: Result, *, on_trial: bool) -> None:
    answers = _answers(recipient=result.recipient, archive=result.archive) if result.recipient.code else {}
    last = _answers(smtp=result.answer)
    SendAttempt.objects.filter(lease_token=token).update(
        ended_at=Now(), ending=result.ending, step=result.step, **answers, **last
    )
    state = STATE_AFTER[result.ending]
    if state == OutgoingState.REJECTED:
        raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=mail)
    note_archive_answer(result.archive)
    domains.note_end(mail=mail, ending=result.ending, step=result.step, on_trial=on_trial)
    if mail.archived_at is not None and state in (OutgoingState.QUEUED, OutgoingState.UNCERTAIN):
        accept(mail=mail, because="archive_copy", **last)
    elif state == OutgoingState.ACCEPTED:
        accept(mail=mail, because="server", **last)
    elif state == OutgoingState.QUEUED:
        again = Now() + timedelta(seconds=seconds_to_wait(result.ending, mail.attempts))
        move(mail=mail, to=state, last_ending=result.ending, next_attempt_at=again, **last)
    elif state == OutgoingState.UNCERTAIN:
        move(mail=mail, to=state, last_ending=result.ending, uncertain_at=Now(), **last)
        _record(Action.MAIL_UNCERTAIN, mail, result)
    else:
        move(mail=mail, to=state, last_ending=result.ending, rejected_at=Now(), **last)
        _record(Action.MAIL_REJECTED, mail, result)


def note_archive_answer(answer: Answer) -> None:
    """A relay that refuses the archive blinds the house: every letter that breaks off stays uncertain. In sight."""
    if answer.code is None:
        return
    if 200 <= answer.code <= 299:
        settle_alarms(kind=AlarmKind.ARCHIVE_REFUSED)
    else:
        raise_alarm(kind=AlarmKind.ARCHIVE_REFUSED)


def _end_late(mail: OutgoingMail, token: uuid.UUID, result: Result) -> None:
    """The lease ran out first and the try was given up as uncertain, but the server did take the letter after all.

    A late refusal changes nothing: it is kept with the try, and a person decides with it in sight.
    """
    last = _answers(smtp=result.answer)
    SendAttempt.objects.filter(lease_token=token).update(**last)
    newest = SendAttempt.objects.filter(mail=mail).order_by("-n").values_list("lease_token", flat=True).first()
    if result.ending == Ending.ACCEPTED and mail.state == OutgoingState.UNCERTAIN and newest == token:
        accept(mail=mail, because="late_answer", **last)


def seconds_to_wait(ending: Ending, tries: int) -> float:
    """Longer with each try, up to a limit. Our own relay being away is noticed soon after it is back.

    Never quite the same: letters that were put off together do not all come back together.
    """
    steps = settings.MAIL_RETRY_SECONDS
    seconds = float(steps[min(tries, len(steps)) - 1])
    if ending == Ending.UNREACHABLE:
        seconds = min(seconds, settings.MAIL_RECONNECT_SECONDS)
    return seconds * _jitter.uniform(1 - settings.MAIL_RETRY_JITTER, 1 + settings.MAIL_RETRY_JITTER)


def _longest_wait() -> float:
    return (max(settings.MAIL_RETRY_SECONDS) + settings.MAIL_RECONNECT_SECONDS) * (1 + settings.MAIL_RETRY_JITTER)


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.MAIL_LEASE)


def _answers(**answers: Answer) -> dict[str, Any]:
    return {f"{name}_code": answer.code for name, answer in answers.items()} | {
        f"{name}_text": answer.text for name, answer in answers.items()
    }


def _record(action: Action, mail: OutgoingMail, result: Result) -> None:
    detail = {"ending": result.ending.value, "tries": mail.attempts, "code": result.answer.code}
    record(action=action, by=None, obj=mail, case_id=mail.about, detail=detail)
