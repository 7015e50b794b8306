"""The inbox: mails are stored here before anybody says yes to them, then read once, and tied to what they answer."""

import hashlib
import json
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from keys.errors import KeyMissing, KeyShredded, TamperedRecord
from keys.services import seal, unseal, unseal_many
from mailroom import bell, failures, matching, rules
from mailroom.addresses import Box, OwnAddress, is_own_message_id, own
from mailroom.children import CannotRead
from mailroom.digests import content_digest, is_copy
from mailroom.kinds import kind_of
from mailroom.models import FROM_OUTSIDE, Delivery, DeliveryReport, IncomingMail, IncomingMatch, OutgoingMail, RawMail
from mailroom.parsing import Parsed, parse
from mailroom.prepared import Change, Prepared, change, given
from mailroom.services import canaries, reports
from mailroom.services.alarms import raise_alarm, settle_alarms
from mailroom.services.arriving import Claimed, Envelope, brought_to, claim, known_matches, locked, other_with, store
from mailroom.services.outbox import note_archive_copy, read_bytes
from mailroom.states import (
    FINAL_UNREADABLE,
    INCOMING_TRANSITIONS,
    REPORTS,
    AlarmKind,
    IncomingState,
    Kind,
    MatchedBy,
    Unreadable,
)

TRIES = 5
_STORED = Prepared(lambda: RawMail.objects.filter(sha256=given("sha256")).values_list("pk"))
_FILE = Change(lambda: IncomingMail.objects.unfiled().filter(pk=given("mail")), filed_at=Now())
SEAL_ERRORS = (KeyShredded, KeyMissing, TamperedRecord)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MailText:
    """What a mail says, unsealed. All of it is a stranger's word."""

    subject: str
    text: str
    html_text: str
    sender: str
    sender_lines: list[str]
    to: str
    attachments: list[dict[str, Any]]
    truncated: bool
    html_abandoned: bool
    tables: list[str] = field(default_factory=list)  # attached CSV files, decoded
    credentials: dict[str, Any] = field(default_factory=dict)  # of mailroom.parsing.Credentials; empty in older mails


def receive(*, door: str, envelope_from: str, envelope_to: Sequence[str], data: bytes) -> IncomingMail:
    """Store a mail as it came, one delivery for each recipient; when this returns, it is committed.

    The same bytes again are a further delivery and nothing else; the same content by another way is kept and marked
    as a duplicate. Any error means: not stored, the other side has to keep it.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    raw = RawMail(sha256=sha256, size=len(data))
    envelope = Envelope(door, envelope_from, list(envelope_to))
    if not _STORED.rows(sha256=sha256):
        raw.sealed = seal(record=raw.pk, data=data, kind="raw_mail")
    with transaction.atomic(durable=True):
        incoming, is_new = store(raw, data, envelope) if raw.sealed else None, True
        if incoming is None:
            incoming, is_new = _store_again(raw, data, envelope)
        bell.ring(bell.INBOX)
        if is_new:
            record(action=Action.MAIL_RECEIVED, by=None, obj=incoming, detail={"sha256": sha256, "bytes": raw.size})
    return incoming


def _store_again(raw: RawMail, data: bytes, envelope: Envelope) -> tuple[IncomingMail, bool]:
    """(the mail, is it a row of its own) for bytes that came before, or new bytes of a content that did."""
    stored = RawMail.objects.defer("sealed").get(sha256=raw.sha256)
    if stored.pk == raw.pk:  # these bytes are stored, with their deliveries; only their content came before
        return _duplicate(stored, content_digest(data)), True
    incoming = IncomingMail.objects.get(raw=stored)
    is_new_way = bool({own(address) for address in envelope.recipients} - _recipients_of(stored))
    Delivery.objects.bulk_create(
        Delivery(raw=stored, door=envelope.door, envelope_from=envelope.sender, envelope_to=address)
        for address in envelope.recipients
    )
    if is_new_way:
        _read_again(incoming)
    return incoming, False


def _duplicate(raw: RawMail, digest: str) -> IncomingMail:
    first = IncomingMail.objects.get(content_digest=digest, duplicate_of=None)
    mail = IncomingMail(raw=raw, content_digest=digest, duplicate_of=first)
    IncomingMail.objects.bulk_create([mail])
    return IncomingMail.objects.get(pk=mail.pk)


def _recipients_of(raw: RawMail) -> set[OwnAddress | None]:
    return {own(address) for address in raw.deliveries.values_list("envelope_to", flat=True)}


def _read_again(mail: IncomingMail) -> None:
    row = IncomingMail.objects.select_for_update(no_key=True).get(pk=mail.pk)
    if row.state != IncomingState.WAITING:
        move(mail=row, to=IncomingState.WAITING, tries=0, next_try_at=Now(), filed_at=None, unreadable="")


def move(*, mail: IncomingMail, to: IncomingState, **facts: Any) -> None:
    """The one writer of a mail's state. `mail` is a row that the caller has locked."""
    if to not in INCOMING_TRANSITIONS[IncomingState(mail.state)]:
        raise ValueError(f"A mail does not go from {mail.state} to {to}.")
    change(IncomingMail, mail.pk, state=to, **facts)


def parse_next() -> bool:
    """Read the mail that has waited longest and tie it to its letters. False when none waits.

    Each try is counted and committed before it begins: a mail that takes the whole process down is given up like one
    that only fails, and meanwhile the others go first.
    """
    mail = claim()
    if mail is None:
        return False
    if mail.tries > TRIES:
        _give_up(mail.pk, Unreadable.INTERRUPTED)
        return True
    try:
        data = unseal(record=mail.raw, sealed=mail.sealed)
        parsed = parse(data)
    except SEAL_ERRORS:
        _give_up(mail.pk, Unreadable.KEY_DESTROYED)
    except CannotRead as failure:
        _fail(mail, failure.why)
    else:
        _take_in_or_fail(mail, data, parsed)
    return True


def _take_in_or_fail(mail: Claimed, data: bytes, parsed: Parsed) -> None:
    """Whatever goes wrong with one mail, the next one gets its turn. A database that is away is nobody's fault."""
    try:
        _take_in(mail.pk, data, parsed)
    except failures.AWAY:
        raise
    except Exception as error:
        log.error("Taking in mail %s failed: %s", mail.pk, failures.told(error))  # its words stay out
        _fail(mail, Unreadable.NOT_FILED)


def _fail(mail: Claimed, why: Unreadable) -> None:
    if why in FINAL_UNREADABLE or mail.tries >= TRIES:
        _give_up(mail.pk, why)
    else:
        _try_later(mail, why)


def _try_later(mail: Claimed, why: Unreadable) -> None:
    pause = timedelta(seconds=settings.MAIL_PARSE_RETRY_SECONDS * mail.tries)
    IncomingMail.objects.filter(pk=mail.pk, state=IncomingState.WAITING).update(
        next_try_at=Now() + pause, unreadable=why
    )


def _give_up(mail_id: uuid.UUID, why: Unreadable) -> None:
    """Poison: kept whole, shown to a person, filed by the address that it came to, and out of the others' way."""
    with transaction.atomic():
        mail = locked(mail_id)
        if mail.state != IncomingState.WAITING:
            return
        tied: dict[str, Any] = {}
        if why != Unreadable.NOT_FILED:  # else it is the tying that may fail
            recipients, _null_sender = brought_to(mail)
            tied = _tie(mail, matching.letters_for(kind=Kind.ORDINARY, recipients=recipients))
        _poison(mail, why, tries=mail.tries, **tied)


def _poison(mail: IncomingMail, why: Unreadable, *, tries: int, **facts: Any) -> None:
    move(mail=mail, to=IncomingState.POISON, unreadable=why, tries=tries, **facts)
    if why == Unreadable.NOT_FILED:
        raise_alarm(kind=AlarmKind.MAIL_NOT_FILED)
    record(action=Action.MAIL_UNREADABLE, by=None, obj=mail, detail={"why": why.value, "tries": tries})


def _take_in(mail_id: uuid.UUID, data: bytes, parsed: Parsed) -> None:
    """Write what the mail says and where it belongs."""
    sealed = seal(record=mail_id, data=_to_json(parsed), kind="incoming_mail")
    ours = is_own_message_id(parsed.message_id)
    letter = OutgoingMail.objects.filter(message_id=parsed.message_id).first() if ours else None
    is_our_letter = letter is not None and _is_copy(letter, data)
    canary = canaries.recognise(message_id=parsed.message_id, data=data) if ours else None
    with transaction.atomic():
        mail = locked(mail_id, parsed.message_id)
        if mail.state != IncomingState.WAITING:
            return
        recipients, null_sender = brought_to(mail)
        boxes = {recipient.box for recipient in recipients}
        kind, automatic = kind_of(parsed, boxes=boxes, null_sender=null_sender, is_our_letter=is_our_letter)
        letters = matching.letters_for(
            kind=kind, recipients=recipients, in_reply_to=parsed.in_reply_to, references=parsed.references
        )
        told: list[DeliveryReport] = []
        if kind in REPORTS and not mail.duplicate_of_id:
            told = reports.draft(parsed, letter=next(iter(letters)) if len(letters) == 1 else None)
            kind = reports.kind_after(parsed, told)
        if (canary and Box.ARCHIVE in boxes) or (kind in REPORTS and canaries.is_named_in(recipients)):
            kind = Kind.CANARY
        if canary and Box.ARCHIVE in boxes:
            canaries.note_arrival(canary)
        conflict = None if mail.duplicate_of_id else other_with(parsed.message_id, mail)
        if letter is not None and is_our_letter and Box.ARCHIVE in boxes:
            note_archive_copy(mail_id=letter.pk)
        tied = _tie(mail, letters if kind in FROM_OUTSIDE else {})
        move(
            mail=mail,
            to=IncomingState.PARSED,
            unreadable="",
            tries=0,
            kind=kind,
            automatic=automatic,
            null_sender=null_sender,
            conflict_with=conflict and conflict.pk,
            sealed=sealed,
            **_columns(parsed),
            **tied,
        )
        counting = reports.store(mail=mail, reports=told)
        _record_oddities(mail, kind, conflict)
        reports.record_effects(counting)


def _is_copy(letter: OutgoingMail, data: bytes) -> bool:
    try:
        return is_copy(letter=read_bytes(letter), mail=data)
    except SEAL_ERRORS:
        return False


def _tie(mail: IncomingMail, letters: dict[OutgoingMail, Any]) -> dict[str, Any]:
    """Add the matches to the mail, or to the one that it is a duplicate of: one content is filed once, under all.

    Gives the facts of this mail's own row that follow, for the caller to write with its others.
    """
    if not letters:
        return {}
    first = mail
    if mail.duplicate_of_id:
        first = IncomingMail.objects.select_for_update(no_key=True, of=("self",)).get(pk=mail.duplicate_of_id)
    known = known_matches(first.pk)
    new = {letter: how for letter, how in letters.items() if letter.pk not in known}
    if not new:
        return {}
    IncomingMatch.objects.bulk_create(
        IncomingMatch(incoming=first, outgoing=letter, how=how) for letter, how in new.items()
    )
    matches = known | {letter.pk: how.value for letter, how in new.items()}
    facts = {
        "answers": next(iter(matches)) if len(matches) == 1 else None,
        "matched_by": matching.strongest(matches.values()),
        "filed_at": None,  # there is somewhere new to file it
    }
    if first is mail:
        return facts
    IncomingMail.objects.filter(pk=first.pk).update(**facts)
    return {}


def _record_oddities(mail: IncomingMail, kind: Kind, conflict: IncomingMail | None) -> None:
    if conflict is not None and kind in FROM_OUTSIDE:
        record(action=Action.MAIL_CONFLICT, by=None, obj=mail, detail={"other": conflict.pk})
    if kind == Kind.OWN_LOOP:
        raise_alarm(kind=AlarmKind.OWN_LOOP)
        record(action=Action.MAIL_LOOPED, by=None, obj=mail)


def _columns(parsed: Parsed) -> dict[str, Any]:
    return {
        "sender": parsed.sender,
        "sender_defect": parsed.sender_defect,
        "message_id": parsed.message_id,
        "in_reply_to": parsed.in_reply_to,
        "references": parsed.references,
        "sent_at": parsed.sent_at,
        "attachments": len(parsed.attachments),
        "truncated": parsed.truncated,
    }


def words_of(parsed: Parsed) -> MailText:
    """The part of a parsed mail that is kept to be read."""
    kept = {name: getattr(parsed, name) for name in MailText.__dataclass_fields__}
    return MailText(**(kept | {"credentials": parsed.credentials.as_kept()}))


def _to_json(parsed: Parsed) -> bytes:
    return json.dumps(words_of(parsed).__dict__, ensure_ascii=False).encode()


def read_raw(mail: IncomingMail) -> bytes:
    """The mail as it came, byte for byte. Raises the SEAL_ERRORS when it cannot be opened."""
    return unseal(record=mail.raw_id, sealed=bytes(mail.raw.sealed))


def read_text(mail: IncomingMail) -> MailText:
    """Its words. Raises ValueError for a mail that is not read (yet), keys.errors.KeyShredded after its time."""
    if mail.sealed is None:
        raise ValueError("This mail has not been read.")
    return MailText(**json.loads(unseal(record=mail.pk, sealed=bytes(mail.sealed))))


@dataclass(frozen=True)
class Opened:
    """A mail whose words are unsealed once, when somebody asks for them. Asking may raise one of SEAL_ERRORS."""

    mail: IncomingMail

    @cached_property
    def text(self) -> MailText:
        return read_text(self.mail)


def read_texts(mails: Sequence[IncomingMail]) -> dict[uuid.UUID, MailText]:
    """The words of several mails with one look at the keys, without those that are not read or cannot be opened."""
    read = [mail for mail in mails if mail.sealed is not None]
    try:
        opened = unseal_many(parts=[(mail.pk, bytes(mail.sealed or b"")) for mail in read])
    except SEAL_ERRORS:
        # One key that is gone must not hide the other mails.
        return {mail.pk: text for mail in read if (text := _text_or_none(mail))}
    return {mail.pk: MailText(**json.loads(data)) for mail, data in zip(read, opened, strict=True)}


def _text_or_none(mail: IncomingMail) -> MailText | None:
    try:
        return read_text(mail)
    except SEAL_ERRORS:
        return None


def mark_filed(*, mail: IncomingMail) -> bool:
    """In the transaction that files it. False when someone else has."""
    return bool(_FILE.count(mail=mail.pk))


def put_off(*, mail: IncomingMail) -> None:
    """Filing it failed: the others go first, and after so many tries it is given up, with an alarm; nothing is lost."""
    with transaction.atomic():
        row = locked(mail.pk)
        if row.state != IncomingState.PARSED or row.filed_at is not None:
            return
        tries = row.tries + 1
        if tries >= TRIES:
            _poison(row, Unreadable.NOT_FILED, tries=tries)
        else:
            pause = timedelta(seconds=settings.MAIL_PARSE_RETRY_SECONDS * tries)
            IncomingMail.objects.filter(pk=row.pk).update(tries=tries, next_try_at=Now() + pause)


def tie_by_hand(*, mail: IncomingMail, letters: Iterable[OutgoingMail]) -> None:
    """A person says which letters it answers, in the transaction that files it. The caller has locked its row."""
    facts = _tie(mail, dict.fromkeys(letters, MatchedBy.PERSON))
    if facts:
        IncomingMail.objects.filter(pk=mail.pk).update(**facts)


def try_again(*, mail: IncomingMail, by: User) -> None:
    """Have a mail that was given up read and filed once more, as if it had just come in. Raises Refused."""
    with transaction.atomic():
        row = locked(mail.pk)
        if refusal := rules.why_not_try_again(by, row):
            raise Refused(refusal)
        before = row.unreadable
        move(mail=row, to=IncomingState.WAITING, tries=0, next_try_at=Now(), unreadable="")
        bell.ring(bell.INBOX)
        if not IncomingMail.objects.poison().filter(unreadable=Unreadable.NOT_FILED).exists():
            settle_alarms(kind=AlarmKind.MAIL_NOT_FILED)
        record(action=Action.MAIL_TRIED_AGAIN, by=by, obj=row, detail={"why": before})
