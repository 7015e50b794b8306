"""The thread of letters, replies and delivery reports, in order of time, each with its delivery facts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailroom.models import DeliveryReport, OutgoingMail
from mailroom.services import inbox
from mailroom.services.inbox import MailText
from mailroom.states import Kind, OutgoingState, ReportAbout, ReportAction
from takedowns.letters import spelled
from takedowns.models import (
    Claim,
    FreeLetter,
    Letter,
    LetterItem,
    ManualDelivery,
    Reply,
    TakedownRequest,
    TicketCorrection,
)
from takedowns.queries.replies import split_quoted
from takedowns.states import BELIEVED, STANDING_CLAIMS, ClaimKind, ClaimStatus, FreeLetterStatus, LetterKind

SHOWN = 60
WORDS = 240
LINES = 2
STATES: dict[str, tuple[str, str]] = {
    OutgoingState.QUEUED: ("clock", "info"),
    OutgoingState.SENDING: ("clock", "info"),
    OutgoingState.ACCEPTED: ("check", "good"),
    OutgoingState.REJECTED: ("bounced", "bad"),
    OutgoingState.UNCERTAIN: ("alert", "bad"),
    OutgoingState.BY_HAND: ("clock", "warn"),
    OutgoingState.HANDED: ("check", "good"),
}
REPORTED: dict[str, tuple[str, str]] = {
    ReportAction.FAILED: ("bounced", "bad"),
    ReportAction.DELAYED: ("clock", "warn"),
    ReportAction.DELIVERED: ("check", "good"),
}
KIND_OF_DIAGNOSTIC = re.compile(r"^\s*[\w-]{1,20}\s*;\s*")  # "smtp; 550 …" (RFC 3464)
KINDS: dict[str, Promise] = {Kind.ORDINARY: gettext_lazy("Reply")}


@dataclass(frozen=True)
class Happened:
    """A fact about a mail's way: words, when, what the other server said."""

    words: str
    icon: str
    tone: str = ""
    at: datetime | None = None
    more: str = ""


@dataclass(frozen=True)
class Entry:
    """One mail. `way`: "out" or "in"; `words`: the first words of a reply, empty for who may not read it.

    `trust`: who a reply seems to come from; `read`: what was read from it; `waits`: a person has to look at it.
    """

    at: datetime
    way: str
    title: str
    number: str
    who: str
    url: tuple[str, UUID]
    request: TakedownRequest
    items: str = ""
    happened: Sequence[Happened] = ()
    words: str = ""
    subject: str = ""
    trust: str = ""
    trusted: bool = True
    read: str = ""
    waits: bool = False
    tone: str = ""


@dataclass
class Thread:
    """`entries` oldest first; `more`: how many older ones are left out."""

    entries: list[Entry]
    more: int


def corrections() -> "Prefetch[str, Any, str]":
    """The corrected ticket numbers of letters that were entered in a web form. One query, where there are such."""
    return Prefetch("manual_delivery__corrections", TicketCorrection.objects.select_related("by"))


def letters_of(requests: QuerySet[TakedownRequest] | Sequence[TakedownRequest]) -> list[Any]:
    """Their letters with mail and wording, oldest first, their items' numbers in `labels`, `bounced`. One query."""
    labels = LetterItem.objects.filter(letter=OuterRef("pk")).order_by("takedown_item__number")
    letters = Letter.objects.filter(request__in=requests).select_related("mail", "revision__author", "request")
    letters = letters.select_related("manual_delivery__by").prefetch_related(corrections())
    return list(
        letters.defer("mail__sealed")
        .annotate(
            labels=ArraySubquery(labels.values("takedown_item__number")),
            bounced=Exists(OutgoingMail.objects.bounced().filter(pk=OuterRef("mail"))),
        )
        .order_by("written_at")
    )


def left_of(letters: Sequence[Any]) -> datetime | None:
    """When the first of them that was not given back was accepted for delivery."""
    taken = (letter.mail.accepted_at for letter in letters if letter.mail.accepted_at and not letter.bounced)
    return min(taken, default=None)


def replies_of(requests: QuerySet[TakedownRequest] | Sequence[TakedownRequest]) -> list[Any]:
    """Their replies, oldest first, what is read from each in `kinds`, with delivery reports. Two queries."""
    standing = Claim.objects.filter(reply=OuterRef("pk"), superseded_by=None, status__in=STANDING_CLAIMS)
    kinds = standing.order_by().values("kind").annotate(n=Count("pk"))
    proposed = standing.filter(status=ClaimStatus.PROPOSED).order_by().values("reply").annotate(n=Count("pk"))
    replies = Reply.objects.standing().filter(request__in=requests).select_related("incoming", "request", "handled_by")
    return list(
        replies.annotate(
            kinds=ArraySubquery(kinds.values(told=JSONObject(kind="kind", n="n"))),
            proposed=Subquery(proposed.values("n")),
        )
        .prefetch_related(Prefetch("incoming__reports", DeliveryReport.objects.exclude(about=ReportAbout.OTHER)))
        .order_by("received_at")
    )


def messages_of(requests: QuerySet[TakedownRequest] | Sequence[TakedownRequest]) -> list[FreeLetter]:
    """Messages that are being written or wait for approval. One query."""
    under_way = FreeLetter.objects.under_way().filter(request__in=requests)
    return list(under_way.select_related("request__contact").order_by("drafted_at"))


def thread_of(
    letters: Sequence[Any],
    replies: Sequence[Any],
    messages: Sequence[FreeLetter] = (),
    *,
    may_read: bool,
    whole: bool = False,
) -> Thread:
    """Letters and replies as one thread, with the first words of the replies for who `may_read` them.

    Where there are replies, the caller has written the look into the access log before.
    """
    mails: list[Any] = sorted([*letters, *replies], key=_moment)
    shown = mails if whole else mails[-SHOWN:]
    texts = inbox.read_texts([mail.incoming for mail in shown if isinstance(mail, Reply)]) if may_read else {}
    reports = _reports(replies)
    again = {letter.resends_id: letter for letter in letters if letter.resends_id}
    entries = [
        _letter(mail, reports.get(mail.mail_id, []), again.get(mail.pk))
        if isinstance(mail, Letter)
        else _reply(mail, texts.get(mail.incoming_id))
        for mail in shown
    ]
    # What has not left yet stands at the end, whenever it was begun.
    return Thread(entries=[*entries, *map(_unsent, messages)], more=len(mails) - len(shown))


def delivery_of(letter: Letter) -> list[Happened]:
    """How far one letter has come. One query."""
    reports = letter.mail.reports.filter(about=ReportAbout.RECIPIENT).select_related("incoming")
    return [*_way(letter), *(_reported(report.incoming.received_at, report) for report in reports)]


def _moment(mail: Any) -> datetime:
    at: datetime = mail.written_at if isinstance(mail, Letter) else mail.received_at
    return at


def _reports(replies: Iterable[Any]) -> dict[UUID, list[tuple[datetime, DeliveryReport]]]:
    """Delivery reports by the outgoing mail that they count for."""
    found: dict[UUID, list[tuple[datetime, DeliveryReport]]] = {}
    for reply in replies:
        for report in reply.incoming.reports.all():
            if report.outgoing_id and report.about == ReportAbout.RECIPIENT:
                found.setdefault(report.outgoing_id, []).append((reply.received_at, report))
    return found


def _unsent(message: FreeLetter) -> Entry:
    waits = message.status == FreeLetterStatus.AWAITING_APPROVAL
    return Entry(
        at=message.submitted_at or message.drafted_at,
        way="out",
        title=str(LetterKind.FREE.label),
        number="",
        who=message.request.contact.address,
        url=("takedowns:message", message.pk),
        request=message.request,
        happened=[Happened(message.get_status_display(), "awaiting_approval" if waits else "draft", "warn")],
    )


def undelivered(letters: Sequence[Any]) -> list[Any]:
    """Those that did not arrive and were not sent to another contact since."""
    again = {letter.resends_id for letter in letters}
    return [each for each in letters if each.pk not in again and (each.bounced or each.mail.rejected_at)]


def _letter(letter: Any, reports: Sequence[tuple[datetime, DeliveryReport]], again: Any) -> Entry:
    happened = [*_way(letter), *(_reported(at, report) for at, report in reports)]
    if again:
        sent = _("Sent again as %(number)s") % {"number": again.number}
        happened.append(Happened(sent, "mail-out", "info", again.written_at))
    labels, kind = letter.labels, letter.get_kind_display()
    return Entry(
        at=letter.written_at,
        way="out",
        title=_("%(kind)s, sent again") % {"kind": kind} if letter.resends_id else kind,
        number=letter.number,
        who=letter.revision.recipient,
        url=("takedowns:letter", letter.pk),
        request=letter.request,
        items=_items(labels),
        happened=happened,
        tone=next((fact.tone for fact in reversed(happened) if fact.tone in ("bad", "warn")), ""),
    )


def _items(labels: Sequence[int]) -> str:
    if not labels:
        return ""
    return ngettext("item %(numbers)s", "items %(numbers)s", len(labels)) % {"numbers": spelled(labels)}


def _way(letter: Any) -> list[Happened]:
    """How far a letter has come."""
    mail = letter.mail
    icon, tone = STATES[mail.state]
    moments = {
        OutgoingState.QUEUED: mail.queued_at,
        OutgoingState.ACCEPTED: mail.accepted_at,
        OutgoingState.HANDED: mail.accepted_at,
        OutgoingState.REJECTED: mail.rejected_at,
        OutgoingState.UNCERTAIN: mail.uncertain_at,
    }
    said = ""
    if mail.state != OutgoingState.ACCEPTED and mail.last_ending:
        said = f"{mail.get_last_ending_display()} {mail.smtp_code or ''} {mail.smtp_text}".strip()
    if mail.state == OutgoingState.HANDED:
        said = _entered(letter.manual_delivery)
    found = [Happened(str(OutgoingState(mail.state).label), icon, tone, moments.get(OutgoingState(mail.state)), said)]
    if mail.state == OutgoingState.HANDED:
        found += _corrected(letter.manual_delivery)
    if mail.archived_at:
        found.append(Happened(_("Archive copy came in"), "check", "", mail.archived_at))
    return found


def _entered(delivery: ManualDelivery) -> str:
    """By whom, under which number, and what they noted."""
    ticket = _ticket(delivery.ticket)
    if delivery.corrections.all():
        ticket = _("%(ticket)s (corrected since)") % {"ticket": ticket}
    return " · ".join(filter(None, [ticket, delivery.by.name, delivery.note]))


def _corrected(delivery: ManualDelivery) -> list[Happened]:
    """Each ticket number that took the place of the one before."""
    return [
        Happened(
            _("Ticket number corrected"),
            "check",
            "",
            one.at,
            " · ".join(filter(None, [_ticket(one.ticket), one.by.name, one.note])),
        )
        for one in delivery.corrections.all()
    ]


def _ticket(ticket: str) -> str:
    return _("ticket number %(ticket)s") % {"ticket": ticket} if ticket else _("no ticket number")


def _reported(at: datetime, report: DeliveryReport) -> Happened:
    icon, tone = REPORTED.get(report.action, ("info", ""))
    return Happened(str(ReportAction(report.action).label), icon, tone, at, told_once(report.status, report.diagnostic))


def told_once(status: str, diagnostic: str) -> str:
    """What the other server said, without the protocol's name before it; its status where its words don't name it."""
    words = KIND_OF_DIAGNOSTIC.sub("", diagnostic).strip()
    return words if status and status in words else f"{status} {words}".strip()


def _reply(reply: Any, text: MailText | None) -> Entry:
    incoming = reply.incoming
    ordinary = incoming.kind == Kind.ORDINARY
    return Entry(
        at=reply.received_at,
        way="in",
        title=str(KINDS.get(incoming.kind) or incoming.get_kind_display()),
        number="",
        who=incoming.sender,
        url=("takedowns:reply", reply.pk),
        request=reply.request,
        words=first_words(text) if text else "",
        subject=text.subject if text and not ordinary else "",
        trust=reply.get_trust_display() if ordinary else "",
        trusted=reply.trust in BELIEVED,
        read=_("Moved to another request") if reply.moved_at else _read(reply) if ordinary else "",
        waits=reply.handled_at is None,
    )


def _read(reply: Any) -> str:
    """What was read, or set by hand: "Removed 20 · In progress 5"."""
    counts = {each["kind"]: each["n"] for each in reply.kinds}
    return " · ".join(f"{kind.label} {counts[kind]}" for kind in ClaimKind if kind in counts)


def first_words(mail: MailText) -> str:
    """The first two lines that are theirs, cut short."""
    text, _quoted = split_quoted(mail)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith(">")]
    words = "\n".join(lines[:LINES])
    return words if len(words) <= WORDS else words[: WORDS - 1].rstrip() + "…"
