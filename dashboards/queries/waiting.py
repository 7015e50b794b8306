"""What waits for whom. Each kind is one list: the figure on the desk is its length, the page behind it are its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import can, teams_where
from cases.models import Case, CaseItem, ContentItem, Locator, ReportLine
from cases.queries.tally import has_ended
from cases.states import CaseStatus, Standing
from mailroom.states import OutgoingState
from platforms.models import Contact
from platforms.states import ContactStatus
from takedowns.models import (
    ContactTest,
    ContactTestAnswer,
    FreeLetter,
    Letter,
    RemovalConfirmation,
    Reply,
    RequestQuerySet,
    TakedownItem,
    TakedownRequest,
)
from takedowns.states import LEFT_THE_HOUSE, ContactAnswerKind, FreeLetterStatus, RequestStatus

SOON = timedelta(hours=6)


class Kind(StrEnum):
    REPLIES = "replies"
    CLAIMED = "claimed"
    CONTRADICTED = "contradicted"
    CONFIRM = "to-confirm"
    REFUSED = "refused"
    MESSAGES = "messages"
    MESSAGE_DRAFTS = "message-drafts"
    RETURNED = "returned"
    DRAFTS = "drafts"
    RUNNING = "deadlines"
    SOON = "due-soon"
    OVERDUE = "overdue"
    LETTERS = "letters"
    TO_ENTER = "to-enter"
    CONTACTS = "contacts"


@dataclass(frozen=True)
class Waiting:
    """One list: its words, whose it is, and what its rows are ("reply", "item", "request", "letter", "contact")."""

    kind: Kind
    label: str | Promise
    empty: str | Promise
    permission: Permission
    rows: str
    list: Callable[[User], QuerySet]
    tone: str = ""


def _requests(user: User) -> RequestQuerySet:
    return TakedownRequest.objects.visible_to(user)


def _items(user: User) -> QuerySet[CaseItem]:
    """Items of open cases, a row for each case that holds them, with the place to show, in the cases' own order."""
    place = Locator.objects.filter(content_item=OuterRef("item")).order_by("recorded_at", "id").values("url")[:1]
    asked = TakedownItem.objects.filter(item=OuterRef("item"), request__case=OuterRef("case"))
    line = asked.order_by("-request__drafted_at").values("number")[:1]
    lines = ReportLine.objects.filter(locator__content_item=OuterRef("item"))
    reported = lines.order_by("report__recorded_at", "n").values("n")[:1]
    return (
        CaseItem.objects.filter(removed_at=None, case__status=CaseStatus.OPEN, case__in=Case.objects.visible_to(user))
        .select_related("item__organisation", "case__team")
        .annotate(place=Subquery(place), line=Subquery(line), reported=Subquery(reported))
        .order_by("case__opened_at", "case__number", "line", "item__recorded_at", "reported", "pk")
    )


def _once(rows: QuerySet[CaseItem]) -> QuerySet[CaseItem]:
    """Each item once, in the case that it came into first."""
    earlier = rows.order_by().filter(item=OuterRef("item"), pk__lt=OuterRef("pk"))
    return rows.filter(~Exists(earlier))


def replies(user: User) -> QuerySet[Reply]:
    waiting = Reply.objects.filter(handled_at=None, request__in=_requests(user))
    return waiting.select_related("request__case", "request__addressee", "incoming").order_by("received_at")


def claimed(user: User) -> QuerySet[CaseItem]:
    return _once(_items(user).filter(item__standing=Standing.CLAIMED))


def contradicted(user: User) -> QuerySet[CaseItem]:
    return _once(_items(user).filter(item__standing__in=[Standing.CONTRADICTED, Standing.REAPPEARED]))


def refused(user: User) -> QuerySet[CaseItem]:
    """The platform refuses, and nobody has recorded how it ends."""
    ended = ContentItem.objects.filter(has_ended(), pk=OuterRef("item"))
    return _once(_items(user).filter(~Exists(ended), item__standing=Standing.REFUSED))


def to_confirm(user: User) -> QuerySet[CaseItem]:
    """Found gone and asked for in the same case, the removal not confirmed."""
    asked = TakedownItem.objects.filter(
        item=OuterRef("item"), request__case=OuterRef("case"), request__status__in=LEFT_THE_HOUSE
    )
    confirmed = RemovalConfirmation.objects.holding().filter(takedown_item__item=OuterRef("item"))
    return _once(_items(user).filter(Exists(asked), ~Exists(confirmed), item__standing=Standing.REMOVED))


def drafts(user: User) -> QuerySet[TakedownRequest]:
    waiting = _requests(user).filter(status=RequestStatus.DRAFT).exclude(approvals__decision="returned")
    return waiting.select_related("case", "addressee", "drafted_by").order_by("drafted_at")


def returned(user: User) -> QuerySet[TakedownRequest]:
    """Drafts that a supervisor gave back with words."""
    waiting = _requests(user).filter(status=RequestStatus.DRAFT, approvals__decision="returned").distinct()
    return waiting.select_related("case", "addressee", "drafted_by").order_by("drafted_at")


def running(user: User) -> QuerySet[TakedownRequest]:
    """Left the house, not wholly answered, the deadline ahead."""
    return _unanswered(user).filter(due_at__gte=Now())


def due_soon(user: User) -> QuerySet[TakedownRequest]:
    return running(user).filter(due_at__lt=Now() + SOON)


def overdue(user: User) -> QuerySet[TakedownRequest]:
    return _unanswered(user).filter(due_at__lt=Now())


def _unanswered(user: User) -> QuerySet[TakedownRequest]:
    waiting = _requests(user).with_deadline()
    return waiting.select_related("case", "addressee", "drafted_by").order_by("due_at")


def letters(user: User) -> QuerySet[Letter]:
    """Letters that need a person: nobody knows whether they left, or they did not arrive."""
    return _letters(Letter.objects.astray(), user)


def to_enter(user: User) -> QuerySet[Letter]:
    """Approved letters to platforms that take them in a web form only, not entered there yet."""
    return _letters(Letter.objects.to_enter(), user)


def _letters(rows: QuerySet[Letter], user: User) -> QuerySet[Letter]:
    mine = rows.filter(request__in=_requests(user))
    return mine.select_related("mail", "request__case", "request__addressee").order_by("written_at")


def contacts(user: User) -> QuerySet[Contact]:
    """Proposed addresses: a test mail is to be sent, or another person has to activate them."""
    if not can(user, Permission.MANAGE_CONTACTS):
        return Contact.objects.none()
    back = ContactTestAnswer.objects.filter(test__contact=OuterRef("pk"), counts=None)
    failed = ContactTestAnswer.objects.filter(test=OuterRef("pk"), kind=ContactAnswerKind.BOUNCED)
    sent = ContactTest.objects.filter(~Exists(failed), contact=OuterRef("pk"))
    waiting = Contact.objects.filter(status=ContactStatus.PROPOSED).annotate(
        to_decide=Exists(back.filter(kind=ContactAnswerKind.DOUBTFUL)),
        asked=Exists(sent.exclude(mail__state=OutgoingState.REJECTED)),
        tried=Exists(ContactTest.objects.filter(contact=OuterRef("pk"))),
    )
    return waiting.select_related("organisation", "proposed_by", "tested_by").order_by("proposed_at")


def messages(user: User) -> QuerySet[FreeLetter]:
    """Messages to liaisons that wait for a supervisor."""
    waiting = FreeLetter.objects.awaiting_approval().filter(
        request__case__team__in=teams_where(user, Permission.APPROVE)
    )
    return waiting.select_related("request__case", "request__addressee", "drafted_by").order_by("submitted_at")


def message_drafts(user: User) -> QuerySet[FreeLetter]:
    """Messages to liaisons that nobody has submitted, or that came back."""
    drafts = FreeLetter.objects.visible_to(user).filter(status=FreeLetterStatus.DRAFT)
    return drafts.select_related("request__case", "request__addressee", "drafted_by").order_by("drafted_at")


def approvals(user: User) -> QuerySet[TakedownRequest]:
    """What the approvals page lists."""
    return TakedownRequest.objects.awaiting_approval().filter(case__team__in=teams_where(user, Permission.APPROVE))


def all_approvals(user: User) -> QuerySet[TakedownRequest]:
    """What waits for approval in the cases that the person may see."""
    waiting = TakedownRequest.objects.awaiting_approval().filter(pk__in=_requests(user).values("pk"))
    return waiting.order_by("submitted_at")


LISTS: dict[Kind, Waiting] = {
    row.kind: row
    for row in (
        Waiting(
            Kind.REPLIES,
            _("Replies to read"),
            _("Every reply has been read."),
            Permission.SEE_CASES,
            "reply",
            replies,
            "warn",
        ),
        Waiting(
            Kind.CONTRADICTED,
            _("Still there or came back"),
            _("No item is contradicted, none came back."),
            Permission.SEE_CASES,
            "item",
            contradicted,
            "bad",
        ),
        Waiting(
            Kind.CLAIMED,
            _("Claimed removed, to be checked"),
            _("Every claim has been checked."),
            Permission.SEE_CASES,
            "item",
            claimed,
        ),
        Waiting(
            Kind.CONFIRM,
            _("Removals to confirm"),
            _("Every removal that we found is confirmed."),
            Permission.SEE_CASES,
            "item",
            to_confirm,
        ),
        Waiting(
            Kind.REFUSED,
            _("Refused, to be decided"),
            _("No refusal waits for a decision."),
            Permission.SEE_CASES,
            "item",
            refused,
        ),
        Waiting(
            Kind.MESSAGES,
            _("Messages to liaisons to approve"),
            _("No message waits for approval."),
            Permission.APPROVE,
            "message",
            messages,
            "warn",
        ),
        Waiting(
            Kind.MESSAGE_DRAFTS,
            _("Messages to liaisons to finish"),
            _("No message lies unfinished."),
            Permission.WORK_CASES,
            "message",
            message_drafts,
        ),
        Waiting(
            Kind.RETURNED,
            _("Requests returned for changes"),
            _("No request has come back."),
            Permission.SEE_CASES,
            "request",
            returned,
            "warn",
        ),
        Waiting(Kind.DRAFTS, _("Drafts"), _("No draft lies open."), Permission.SEE_CASES, "request", drafts),
        Waiting(
            Kind.OVERDUE,
            _("Deadlines passed"),
            _("No deadline has passed."),
            Permission.SEE_CASES,
            "request",
            overdue,
            "bad",
        ),
        Waiting(
            Kind.SOON,
            _("Due within 6 hours"),
            _("Nothing is due within 6 hours."),
            Permission.SEE_CASES,
            "request",
            due_soon,
            "warn",
        ),
        Waiting(Kind.RUNNING, _("Deadlines running"), _("No deadline runs."), Permission.SEE_CASES, "request", running),
        Waiting(
            Kind.LETTERS,
            _("Letters that need a person"),
            _("No letter is uncertain, and none has come back."),
            Permission.SEE_CASES,
            "letter",
            letters,
            "bad",
        ),
        Waiting(
            Kind.TO_ENTER,
            _("Letters to enter in a web form"),
            _("No letter waits to be entered in a web form."),
            Permission.SEE_CASES,
            "letter",
            to_enter,
            "warn",
        ),
        Waiting(
            Kind.CONTACTS,
            _("Contacts to test or activate"),
            _("No contact is proposed."),
            Permission.SEE_CASES,
            "contact",
            contacts,
        ),
    )
}

ANALYST = (
    Kind.LETTERS,
    Kind.TO_ENTER,
    Kind.REPLIES,
    Kind.CONTRADICTED,
    Kind.CLAIMED,
    Kind.CONFIRM,
    Kind.REFUSED,
    Kind.RETURNED,
    Kind.MESSAGE_DRAFTS,
    Kind.OVERDUE,
    Kind.SOON,
)
SUPERVISOR = (Kind.MESSAGES, Kind.OVERDUE)
# No figure while there is none.
RARE = frozenset({Kind.MESSAGES, Kind.MESSAGE_DRAFTS, Kind.TO_ENTER})


def is_shown(kind: Kind, counted: dict[str, Any]) -> bool:
    """Whether there is a figure for this list, which is `counted` under its name."""
    return bool(counted[kind.name]) or kind not in RARE


def kinds_for(user: User) -> list[Kind]:
    """What stands on this person's desk, in order."""
    wanted: list[Kind] = []
    if can(user, Permission.WORK_CASES):
        wanted += ANALYST
    if can(user, Permission.APPROVE):
        wanted += SUPERVISOR
    if can(user, Permission.MANAGE_CONTACTS):
        wanted.append(Kind.CONTACTS)
    return list(dict.fromkeys(wanted))


def counts(user: User, lists: dict[str, QuerySet], **first: QuerySet) -> dict[str, Any]:
    """How many rows each of the lists has, and the first value of each of the others. One query for all of them."""
    if not lists:
        return {}
    counted = {name: _counted(rows) for name, rows in lists.items()} | {
        name: Subquery(rows) for name, rows in first.items()
    }
    row: Any = User.objects.filter(pk=user.pk).values(**counted).get()
    return row


def _counted(rows: QuerySet) -> Subquery:
    """SELECT count(*) FROM (the list)."""
    inner = rows.order_by().values("pk")
    return RowCount(inner)


class RowCount(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
