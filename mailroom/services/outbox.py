"""The outbox: letters are put in here, and what became of them is decided here. The sender works from sending.py."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from keys.services import seal, unseal
from mailroom import addresses, bell
from mailroom.composing import Attachment, compose
from mailroom.models import OutgoingMail, UncertainDecision
from mailroom.rules import why_not_decide
from mailroom.services.alarms import raise_alarm
from mailroom.signing import sign
from mailroom.states import OUTGOING_TRANSITIONS, AlarmKind, Decision, Ending, OutgoingState

IDLE = {"phase": "", "lease_until": None, "lease_token": None, "not_resent": ""}


@dataclass(frozen=True)
class Identity:
    """What fills the blanks of a letter: made before the letter is written, kept for good by `enqueue`."""

    mail_id: uuid.UUID
    message_id: str
    token: str
    reply_to: str
    envelope_from: str


def new_identity() -> Identity:
    """Random parts only; nothing is stored."""
    token = addresses.new_token()
    return Identity(
        mail_id=uuid.uuid4(),
        message_id=addresses.new_message_id(),
        token=token,
        reply_to=addresses.reply_address(token),
        envelope_from=addresses.bounce_address(token),
    )


def enqueue(
    *,
    identity: Identity,
    idempotency_key: str,
    to: str,
    subject: str,
    body: str,
    language: str,
    attachments: Sequence[Attachment] = (),
    in_reply_to: str = "",
    references: Sequence[str] = (),
    auto_submitted: bool = False,
    wants_answers: bool = True,
    about: uuid.UUID | None = None,
    by: User | None,
) -> OutgoingMail:
    """Put a letter into the outbox, in the caller's transaction: it leaves if, and only if, that one commits.

    The same `idempotency_key` again returns the first letter and changes nothing, whatever else was given. `about`
    (a case) is not looked into; the audit events of this letter carry it. Raises ValueError for a recipient that is
    no plain address.
    """
    if earlier := OutgoingMail.objects.filter(idempotency_key=idempotency_key).first():
        return earlier
    composed = compose(
        message_id=identity.message_id,
        reply_to=identity.reply_to,
        to=to,
        subject=subject,
        body=body,
        language=language,
        at=timezone.now(),
        attachments=attachments,
        in_reply_to=in_reply_to,
        references=references,
        auto_submitted=auto_submitted,
    )
    mail = _row(
        sign(composed),
        identity=identity,
        idempotency_key=idempotency_key,
        recipient=to,
        language=language,
        wants_answers=wants_answers,
        about=about,
    )
    return _store(mail, by=by)


def keep_for_hand(
    *,
    identity: Identity,
    idempotency_key: str,
    form_url: str,
    subject: str,
    body: str,
    language: str,
    about: uuid.UUID | None = None,
    by: User | None,
) -> OutgoingMail:
    """Keep a letter that a person enters into a web form: sealed like any other, never sent by mail.

    The same `idempotency_key` again returns the first letter and changes nothing.
    """
    if earlier := OutgoingMail.objects.filter(idempotency_key=idempotency_key).first():
        return earlier
    mail = _row(
        f"{subject}\n\n{body}".encode(),
        identity=identity,
        idempotency_key=idempotency_key,
        recipient=form_url,
        language=language,
        about=about,
        state=OutgoingState.BY_HAND,
    )
    return _store(mail, by=by)


def _row(data: bytes, *, identity: Identity, **fields: Any) -> OutgoingMail:
    return OutgoingMail(
        id=identity.mail_id,
        token=identity.token,
        message_id=identity.message_id,
        envelope_from=identity.envelope_from,
        sealed=seal(record=identity.mail_id, data=data, kind="letter"),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        **fields,
    )


def _store(mail: OutgoingMail, *, by: User | None) -> OutgoingMail:
    with transaction.atomic():
        # Two callers with one key at once: the second waits here for the first's commit and then finds its row.
        OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
        stored = OutgoingMail.objects.get(idempotency_key=mail.idempotency_key)
        if stored.pk == mail.pk:
            bell.ring(bell.OUTBOX)
            record(
                action=Action.MAIL_ENQUEUED,
                by=by,
                obj=stored,
                case_id=stored.about,
                detail={"sha256": stored.sha256, "bytes": stored.size},
            )
    return stored


def read_bytes(mail: OutgoingMail) -> bytes:
    """The exact bytes that leave. Raises keys.errors.KeyShredded, TamperedRecord."""
    return unseal(record=mail.pk, sealed=bytes(mail.sealed))


def move(*, mail: OutgoingMail, to: OutgoingState, **facts: Any) -> None:
    """The one writer of a letter's state besides the sender's claim. `mail` is a row that the caller has locked."""
    if to not in OUTGOING_TRANSITIONS[OutgoingState(mail.state)]:
        raise ValueError(f"A letter does not go from {mail.state} to {to}.")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=to, **IDLE, **facts)


def locked(mail_id: uuid.UUID) -> OutgoingMail:
    """The letter's row, locked for this transaction, without its bytes."""
    return OutgoingMail.objects.select_for_update(no_key=True).defer("sealed").get(pk=mail_id)


def accept(*, mail: OutgoingMail, because: str, **facts: Any) -> None:
    """It left for good: the server took it, or our own copy came in, or a person knows. `because` is a code."""
    move(mail=mail, to=OutgoingState.ACCEPTED, accepted_at=Now(), last_ending=Ending.ACCEPTED, **facts)
    record(
        action=Action.MAIL_ACCEPTED,
        by=None,
        obj=mail,
        case_id=mail.about,
        detail={"because": because, "tries": mail.attempts, "code": facts.get("smtp_code")},
    )


def hand_over(*, mail: OutgoingMail, at: datetime) -> None:
    """A person entered the letter into its web form, at that moment. Part of the caller's act, which records it."""
    move(mail=locked(mail.pk), to=OutgoingState.HANDED, accepted_at=at)


def note_archive_copy(*, mail_id: uuid.UUID) -> None:
    """Our own copy of this letter came in at our own door: whatever the server answered, it took the letter.

    Runs in the transaction of the one who recognised the copy. While a try is under way only the fact is noted: the
    sender, or the end of its lease, draws the conclusion.
    """
    with transaction.atomic():
        mail = locked(mail_id)
        if mail.archived_at is None:
            OutgoingMail.objects.filter(pk=mail.pk).update(archived_at=Now())
        elif mail.resent_at is not None:
            # The relay had it all along. Until a person has looked into that, nothing more is sent again by itself.
            raise_alarm(kind=AlarmKind.LETTER_DOUBLED, mail=mail)
            record(action=Action.MAIL_DOUBLED, by=None, obj=mail, case_id=mail.about)
        if mail.state in (OutgoingState.UNCERTAIN, OutgoingState.QUEUED):
            accept(mail=mail, because="archive_copy")


def decide_uncertain(*, mail: OutgoingMail, decision: Decision | str, by: User, reason: str) -> OutgoingMail:
    """A person says what became of an uncertain letter: it arrived, or the same bytes go out once more.

    Raises Refused when it is not uncertain (any more), without a reason, or without the permission.
    """
    decision, reason = Decision(decision), reason.strip()
    with transaction.atomic():
        row = locked(mail.pk)
        if refusal := why_not_decide(by, row):
            raise Refused(refusal)
        if not reason:
            raise Refused(_("Say what you know about this letter."))
        UncertainDecision.objects.create(mail=row, decision=decision, by=by, reason=reason)
        if decision == Decision.ACCEPTED:
            move(mail=row, to=OutgoingState.ACCEPTED, accepted_at=Now())
        else:
            move(mail=row, to=OutgoingState.QUEUED, next_attempt_at=Now())
            bell.ring(bell.OUTBOX)
        record(action=Action.MAIL_DECIDED, by=by, obj=row, case_id=row.about, detail={"decision": decision.value})
    return OutgoingMail.objects.get(pk=mail.pk)


@dataclass(frozen=True)
class QueueFigures:
    """How many letters stand where; `put_off` of the queued ones have failed at least once."""

    queued: int
    put_off: int
    sending: int
    uncertain: int
    accepted: int
    rejected: int
    oldest_queued_at: datetime | None
    oldest_uncertain_at: datetime | None


def queue_figures() -> QueueFigures:
    """One query over the outbox."""
    of = {state: Q(state=state) for state in OutgoingState}
    return QueueFigures(
        **OutgoingMail.objects.aggregate(
            queued=Count("pk", filter=of[OutgoingState.QUEUED]),
            put_off=Count("pk", filter=of[OutgoingState.QUEUED] & ~Q(last_ending="")),
            sending=Count("pk", filter=of[OutgoingState.SENDING]),
            uncertain=Count("pk", filter=of[OutgoingState.UNCERTAIN]),
            accepted=Count("pk", filter=of[OutgoingState.ACCEPTED]),
            rejected=Count("pk", filter=of[OutgoingState.REJECTED]),
            oldest_queued_at=Min("queued_at", filter=of[OutgoingState.QUEUED]),
            oldest_uncertain_at=Min("uncertain_at", filter=of[OutgoingState.UNCERTAIN]),
        )
    )
