"""How far a mail can be believed: its own verdict, with what speaks for and against it, kept with the reply.

It files nothing and records nothing. A mail is proposed from when its sender is listed; it may be recorded without a
person only when nothing at all speaks against it, and only where the house has switched that on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from mailroom.addresses import addresses_in
from mailroom.models import IncomingMail
from mailroom.prepared import Prepared, given
from mailroom.services import inbox
from mailroom.services.authenticating import authenticate
from mailroom.services.inbox import Opened
from mailroom.states import AUTHENTIC, Kind
from platforms.models import Contact
from takedowns.models import Letter
from takedowns.states import Trust, TrustFact

CLOCKS_APART = timedelta(days=1)
LONGEST_WAY = timedelta(days=5)  # as long as mail servers keep trying


def _active(**where: Any) -> QuerySet[Contact, Any]:
    return Contact.objects.active().filter(email__iexact=given("sender"), **where).values_list("pk")[:1]


_LISTED = Prepared(lambda: _active(organisation=given("addressee")))
_LISTED_OF_LETTERS = Prepared(lambda: _active(organisation__requests__letters__mail__matches__incoming=given("mail")))
_CONFLICTS = Prepared(lambda: IncomingMail.objects.filter(conflict_with=given("mail")).values_list("pk")[:1])


@dataclass(frozen=True)
class Verdict:
    """`facts` are codes of TrustFact and of mailroom's lists, in the order in which they are asked."""

    trust: Trust
    facts: list[str]


def authenticate_if_listed(opened: Opened) -> None:
    """Verify where the mail comes from when its sender could be the platform's. Not within a transaction: it waits.

    A stranger's mail is not worth it, and must not make us ask a stranger's name server.
    """
    incoming = opened.mail
    if incoming.kind != Kind.ORDINARY or not incoming.from_trusted or incoming.authentication:
        return
    if _LISTED_OF_LETTERS.rows(sender=incoming.sender, mail=incoming.pk):
        authenticate(opened)


def verdict_on(
    incoming: IncomingMail, letter: Letter, *, words: Opened, addresses: Collection[str], alone: bool
) -> Verdict:
    """`addresses` are the reply addresses of our letters that it answers under this request."""
    if not incoming.from_trusted:
        return Verdict(Trust.DEFECTIVE, [incoming.sender_defect])
    if not _LISTED.rows(sender=incoming.sender, addressee=letter.request.addressee_id):
        return Verdict(Trust.STRANGER, [TrustFact.ONE_SENDER, TrustFact.NOT_LISTED])
    facts: list[str] = [TrustFact.ONE_SENDER, TrustFact.LISTED]
    if incoming.kind != Kind.ORDINARY:
        return Verdict(Trust.UNVERIFIED, [*facts, incoming.kind])
    facts += [
        incoming.authentication,
        TrustFact.AUTOMATIC if incoming.automatic else TrustFact.BY_A_PERSON,
        TrustFact.LOOSE_HEAD if incoming.loose_lines else TrustFact.WHOLE_HEAD,
        TrustFact.TO_THE_LETTER if _is_to(words, addresses) else TrustFact.TO_OTHERS,
        TrustFact.IN_TIME if _is_in_time(incoming, letter) else TrustFact.OUT_OF_TIME,
        TrustFact.DISPUTED if _is_disputed(incoming) else TrustFact.UNDISPUTED,
        TrustFact.ONE_REQUEST if alone else TrustFact.SEVERAL_REQUESTS,
    ]
    authentic = incoming.authentication in AUTHENTIC
    return Verdict(Trust.VERIFIED if authentic else Trust.UNVERIFIED, [str(fact) for fact in facts if fact])


def _is_to(words: Opened, addresses: Collection[str]) -> bool:
    """The platform itself wrote our letter's address on it: a mail of theirs to somebody else cannot be passed on."""
    try:
        named = set(addresses_in(words.text.to))
    except inbox.SEAL_ERRORS:  # its key is gone: filed it is all the same
        return False
    return bool(named & {address.lower() for address in addresses})


def _is_in_time(incoming: IncomingMail, letter: Letter) -> bool:
    if incoming.sent_at is None:
        return False
    after_letter = incoming.sent_at >= letter.written_at - CLOCKS_APART
    return after_letter and -CLOCKS_APART <= incoming.received_at - incoming.sent_at <= LONGEST_WAY


def _is_disputed(incoming: IncomingMail) -> bool:
    return incoming.conflict_with_id is not None or bool(_CONFLICTS.rows(mail=incoming.pk))
