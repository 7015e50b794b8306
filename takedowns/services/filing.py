"""Filing: the platform's mail goes under the request that it answers, and is read against the letter that was sent.

A match says where a mail belongs, never that it may act: what is read here is proposed, and a person decides. The one
exception is a platform for which a supervisor has switched it on, and a reply against which nothing speaks.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from audit.services import record
from audit.states import Action
from mailroom import failures
from mailroom.addresses import reply_address
from mailroom.models import IncomingMail, IncomingMatch
from mailroom.prepared import Prepared, given
from mailroom.services import inbox
from mailroom.services.inbox import MailText, Opened
from mailroom.states import Kind, MatchedBy
from takedowns import rules
from takedowns.letters import fill, first_of
from takedowns.models import Claim, Letter, LetterItem, Reply
from takedowns.offering import Offer
from takedowns.reading import MAX_SENT, ItemRef, Reading, read
from takedowns.services.claims import record_by_rule
from takedowns.services.contact_tests import file_test_answer
from takedowns.services.offers import offered_in, propose_offers
from takedowns.services.trusting import authenticate_if_listed, verdict_on
from takedowns.states import BELIEVED, Trust

log = logging.getLogger(__name__)

LOOKED_AT = 8  # mails that other readers may be filing at this moment


def _is_matched() -> Exists:
    ours = Q(outgoing__letter__isnull=False) | Q(outgoing__contact_test__isnull=False)
    return Exists(IncomingMatch.objects.filter(ours, incoming=OuterRef("pk")))


_TO_FILE = Prepared(lambda: IncomingMail.objects.to_file().filter(_is_matched()).values_list("pk")[:LOOKED_AT])
_MAIL = Prepared(lambda: IncomingMail.objects.filter(pk=given("mail")))
_UNFILED = Prepared(
    lambda: (
        IncomingMail.objects.unfiled()
        .filter(pk=given("mail"))
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
    )
)
_MATCHED = Prepared(lambda: IncomingMatch.objects.filter(incoming=given("mail")).order_by().values_list("outgoing_id"))
_LETTERS = Prepared(
    lambda: (
        Letter.objects.filter(mail__matches__incoming=given("mail"))
        .select_related("request__addressee", "request__case", "revision", "mail")
        .defer("mail__sealed")
        .order_by("written_at")
    )
)
_FILED = Prepared(lambda: Reply.objects.filter(incoming=given("mail")).order_by().values_list("request_id"))
_LINES = Prepared(lambda: LetterItem.objects.filter(letter=given("letter")))
_EARLIER = Prepared(
    lambda: (
        Letter.objects.filter(request=given("request"), written_at__lt=given("moment"))
        .select_related("revision", "mail")
        .defer("mail__sealed")
        .order_by("-written_at")
    )
)


@dataclass(frozen=True)
class Said:
    """What was read from a mail, or why nothing was; the list that it was read against, and the addresses offered."""

    reading: Reading
    lines: Sequence[LetterItem] = ()
    offers: Sequence[Offer] = ()


def file_next() -> bool:
    """File the longest-waiting mail that matched a letter or a test mail of ours. Return False when none waits.

    Who it comes from is asked first, since that may wait for a name server and must hold no lock meanwhile. Where
    filing one mail fails, the others go first; after `inbox.TRIES` it is given up, in sight of a person.
    """
    for (pk,) in _TO_FILE.rows():
        with _alone_with(pk) as alone:
            if alone and (incoming := _MAIL.one(mail=pk)):
                _file_or_put_off(Opened(incoming))
                return True
    return False


def _file_or_put_off(opened: Opened) -> None:
    incoming = opened.mail
    try:
        authenticate_if_listed(opened)
        file_incoming(incoming.pk, words=opened)
    except failures.AWAY:
        raise
    except Exception as error:
        # Whatever goes wrong with one mail, the next one gets its turn.
        log.error("Filing mail %s failed: %s", incoming.pk, failures.told(error))  # its words stay out
        inbox.put_off(mail=incoming)


@contextmanager
def _alone_with(pk: UUID) -> Iterator[bool]:
    """Readers at the same moment take different mails. No row is locked, and a reader that dies lets go by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"filing {pk}"])
        (alone,) = cursor.fetchone()
        try:
            yield bool(alone)
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"filing {pk}"])


@transaction.atomic
def file_incoming(pk: UUID, words: Opened | None = None) -> None:
    """File this mail under all requests that it answers; filing and proposals stand or fall together.

    Of two readers of one mail the second finds it locked, or filed, and does nothing. `words`: where they have been
    unsealed before; a mail's words never change.
    """
    incoming = _UNFILED.one(mail=pk)
    if incoming is None:
        return
    matched = {letter for (letter,) in _MATCHED.rows(mail=pk)}
    letters = _LETTERS.objects(mail=pk)
    of_request: dict[UUID, list[Letter]] = {}
    for letter in letters:
        of_request.setdefault(letter.request_id, []).append(letter)
    # One request may have several letters; the mail is filed once under each request, against its latest letter.
    # It comes by again when the same content arrives for a further letter: what is filed stays as it was filed.
    filed = {request for (request,) in _FILED.rows(mail=pk)}
    for request_id, answered in of_request.items():
        if request_id not in filed:
            file_under(incoming, answered[-1], answered=answered, alone=len(of_request) == 1, words=words)
    if matched - {letter.mail_id for letter in letters}:
        file_test_answer(incoming)
    inbox.mark_filed(mail=incoming)


def file_under(
    incoming: IncomingMail,
    letter: Letter,
    *,
    alone: bool,
    answered: Sequence[Letter] = (),
    by: User | None = None,
    moved_from: Reply | None = None,
    words: Opened | None = None,
) -> Reply:
    """File a mail under the letter's request; where it may be read, what it says is proposed. The mail's row is locked.

    `answered`: all letters of this request that it answers, where there are several. `by`: the person who says that
    it belongs there. Their word files it; it makes no sender trusted, and nothing is recorded without a person then.
    """
    addresses = [reply_address(each.mail.token) for each in answered or [letter]]
    words = words or Opened(incoming)
    verdict = verdict_on(incoming, letter, words=words, addresses=addresses, alone=alone)
    said = _said(incoming, letter, words, reasons=why_not_read(incoming, trust=verdict.trust, alone=alone))
    reply = Reply.objects.create(
        incoming=incoming,
        request=letter.request,
        letter=letter,
        received_at=incoming.received_at,
        filed_at=timezone.now(),
        trust=verdict.trust,
        trust_facts=verdict.facts,
        filed_by=by,
        moved_from=moved_from,
        abstained=said.reading.abstained,
        reasons=said.reading.reasons,
        unplaced=[said.reading.text[start:end] for start, end in said.reading.unplaced],
    )
    claims = _propose(reply, said)
    propose_offers(reply, said.offers)
    record(
        action=Action.REPLY_FILED,
        by=by,
        obj=reply,
        case_id=letter.request.case_id,
        detail={
            "trust": verdict.trust,
            "proposed": claims,
            "abstained": reply.abstained,
            "how": MatchedBy.PERSON if by else incoming.matched_by,
        },
    )
    if by is None and claims and rules.why_not_record_by_rule(reply) is None:
        record_by_rule(reply=reply)
    return reply


def why_not_read(incoming: IncomingMail, *, trust: Trust, alone: bool) -> list[str]:
    """Codes of why nothing is proposed from this mail; empty when it may be read."""
    reasons = []
    if incoming.kind != Kind.ORDINARY:
        reasons.append(incoming.kind)
    if trust not in BELIEVED:
        reasons.append(trust)
    if incoming.conflict_with_id:
        reasons.append("conflict")
    if not alone:
        reasons.append("several_requests")
    return [str(reason) for reason in reasons]


def _said(incoming: IncomingMail, letter: Letter, words: Opened, *, reasons: Sequence[str]) -> Said:
    """`reasons`: why it may not be read, if anything speaks against it."""
    if reasons:
        return Said(Reading(abstained=True, reasons=list(reasons)))
    try:
        return _read(words.text, letter)
    except failures.AWAY:
        raise
    except Exception as error:
        # One mail that the reader stumbles over must not stop the queue behind it: a person reads it.
        log.error("Reading mail %s failed: %s", incoming.pk, failures.told(error))
        return Said(Reading(abstained=True, reasons=["reader_failed"]))


def _read(mail: MailText, letter: Letter) -> Said:
    sent, lines = thread_text(letter), listed(letter)
    items = [ItemRef(label=line.printed_label, url=line.printed_link) for line in lines]
    offers = offered_in(mail, letter=letter, items=items, sent_text=sent)
    return Said(read_against(mail, items=items, sent=sent), lines, offers)


def read_against(mail: MailText, *, items: Sequence[ItemRef], sent: str) -> Reading:
    """What the words of a mail claim of the items of the letter `sent`. One that was cut is left to a person."""
    if mail.truncated or mail.html_abandoned:
        return Reading(abstained=True, reasons=["too_long"])
    return read(text=mail.text, html_text=mail.html_text, items=items, sent_text=sent, csv_texts=mail.tables)


def listed(letter: Letter) -> list[LetterItem]:
    """The list that replies to the letter are read against: its own; where it has none, as a message may, the first
    letter's, whose numbers hold for the whole request."""
    own = _LINES.objects(letter=letter.pk)
    return own or list(first_of(letter.request.letters.order_by("written_at")).items.all())


def thread_text(letter: Letter) -> str:
    """The letter's words and those of the earlier ones of its request: what a reply may quote as ours."""
    told = sent_text(letter)
    for each in _EARLIER.objects(request=letter.request_id, moment=letter.written_at):
        older = sent_text(each)
        if len(told) + len(older) >= MAX_SENT:
            break
        told = f"{told}\n{older}"
    return told


def sent_text(letter: Letter) -> str:
    """The letter's words as they left, blanks filled."""
    return fill(
        letter.revision.body,
        number=letter.number,
        at=letter.written_at,
        reply_to=reply_address(letter.mail.token),
    )


def _propose(reply: Reply, said: Said) -> int:
    outcomes = said.reading.outcomes
    if not outcomes:
        return 0
    lines = {line.printed_label: line.takedown_item_id for line in said.lines}
    claims = [
        Claim(
            takedown_item_id=lines[label],
            reply=reply,
            kind=outcome.claim,
            quote=outcome.quote,
            received_at=reply.received_at,
            made_at=reply.filed_at,
        )
        for label, outcome in outcomes.items()
    ]
    Claim.objects.bulk_create(claims)
    return len(claims)
