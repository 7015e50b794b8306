"""What is asked of the database for every mail that comes in, in as few and as cheap statements as may be."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from mailroom.addresses import OwnAddress, own
from mailroom.digests import content_digest
from mailroom.models import Delivery, IncomingMail, IncomingMatch, RawMail
from mailroom.prepared import Prepared, by_hand, given
from mailroom.states import IncomingState


@dataclass(frozen=True)
class Envelope:
    """How a mail was handed over: the words of the dialogue at the door."""

    door: str
    sender: str
    recipients: list[str]


# A mail that nobody has seen before, which nearly all are: one journey to the database instead of five.
STORE = by_hand(
    "store",
    """
WITH raw AS (
    INSERT INTO mailroom_rawmail (id, sha256, sealed, size) VALUES (%(raw)s, %(sha256)s, %(sealed)s, %(size)s)
    ON CONFLICT DO NOTHING RETURNING id
), delivery AS (
    INSERT INTO mailroom_delivery (raw_id, door, envelope_from, envelope_to)
    SELECT raw.id, %(door)s, %(sender)s, unnest(%(recipients)s::text[]) FROM raw
)
INSERT INTO mailroom_incomingmail (
    id, raw_id, content_digest, state, tries, unreadable, kind, sender, sender_defect, null_sender, automatic,
    message_id, in_reply_to, "references", attachments, truncated, authentication, authenticated_by, loose_lines,
    matched_by
)
SELECT %(mail)s::uuid, raw.id, %(digest)s, %(waiting)s, 0, '', %(ordinary)s, '', '', false, '',
    '', '', '{}', 0, false, '', '', '{}', %(unmatched)s
FROM raw
ON CONFLICT DO NOTHING RETURNING received_at, next_try_at
""",
)


def store(raw: RawMail, data: bytes, envelope: Envelope) -> IncomingMail | None:
    """None where these bytes, or their content, have come before. Of two doors with the same mail at once the second
    waits here for the first."""
    mail = IncomingMail(raw=raw, content_digest=content_digest(data))
    facts = {
        "raw": raw.pk,
        "sha256": raw.sha256,
        "sealed": raw.sealed,
        "size": raw.size,
        "door": envelope.door,
        "sender": envelope.sender,
        "recipients": envelope.recipients,
        "mail": mail.pk,
        "digest": mail.content_digest,
        "waiting": mail.state,
        "ordinary": mail.kind,
        "unmatched": mail.matched_by,
    }
    for times in STORE.rows(facts):
        mail.received_at, mail.next_try_at = times
        return mail
    return None


@dataclass(frozen=True)
class Claimed:
    """A mail that this process reads now: nobody else takes it as long as its lease lasts."""

    pk: uuid.UUID
    tries: int  # with this one
    raw: uuid.UUID
    sealed: bytes


# Counted and committed when it returns. Should this process die, somebody else takes the mail after the lease.
CLAIM = by_hand(
    "claim",
    """
UPDATE mailroom_incomingmail AS mail SET tries = tries + 1, next_try_at = statement_timestamp() + %(lease)s
FROM mailroom_rawmail AS raw
WHERE raw.id = mail.raw_id AND mail.id = (
    SELECT id FROM mailroom_incomingmail WHERE state = %(waiting)s AND next_try_at <= statement_timestamp()
    ORDER BY next_try_at, received_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING mail.id, mail.tries, raw.id, raw.sealed
""",
)


def claim() -> Claimed | None:
    """The mail that has waited longest, or None."""
    lease = timedelta(seconds=3 * settings.MAIL_PARSE_SECONDS + 30)
    facts: dict[str, Any] = {"lease": lease, "waiting": IncomingState.WAITING.value}
    for mail, tries, raw, sealed in CLAIM.rows(facts):
        return Claimed(mail, tries, raw, bytes(sealed))
    return None


_LOCKED = Prepared(lambda: IncomingMail.objects.filter(pk=given("mail")).select_for_update(no_key=True, of=("self",)))
_OTHER = Prepared(
    lambda: (
        IncomingMail.objects.filter(message_id=given("message_id"), duplicate_of=None, conflict_with=None)
        .exclude(pk=given("mail"))
        .order_by("pk")[:1]
    )
)
_DIALOGUES = Prepared(lambda: Delivery.objects.filter(raw=given("raw")).values_list("envelope_from", "envelope_to"))
_KNOWN_MATCHES = Prepared(
    lambda: IncomingMatch.objects.filter(incoming=given("mail")).values_list("outgoing_id", "how")
)


def locked(mail_id: uuid.UUID, message_id: str = "") -> IncomingMail:
    """The mail's row, locked; before it, where there is one, the lock that keeps mails of one Message-ID in line.

    In this order, always: of two mails under one id that are read at the same moment the second one sees the first.
    """
    if message_id:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mailroom {message_id}"])
    mail = _LOCKED.one(mail=mail_id)
    if mail is None:
        raise IncomingMail.DoesNotExist
    return mail


def brought_to(mail: IncomingMail) -> tuple[list[OwnAddress], bool]:
    """Our own addresses that it was brought to, out of the SMTP dialogue, and whether nobody sent it there."""
    dialogues = _DIALOGUES.rows(raw=mail.raw_id)
    addresses = [own(recipient) for _sender, recipient in dialogues]
    return [address for address in addresses if address], not any(sender for sender, _recipient in dialogues)


def other_with(message_id: str, mail: IncomingMail) -> IncomingMail | None:
    """Another content under the same Message-ID: one of the two is not what it says, and a person has to look."""
    if not message_id:
        return None
    return _OTHER.one(message_id=message_id, mail=mail.pk)


def known_matches(mail_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """{letter: how} of what it is tied to already."""
    return dict(_KNOWN_MATCHES.rows(mail=mail_id))
