"""Pure questions about requests, replies and confirmations. Each gives the reason why not, or None."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import When
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from cases.models import Case, Check, ContentItem
from cases.rules import why_not_work
from cases.states import CaseStatus, Standing
from mailroom.states import OutgoingState
from platforms.models import Contact, Organisation
from platforms.rules import why_not_record_test
from platforms.states import CheckOutcome, ContactRole, ContactStatus
from takedowns.models import (
    Claim,
    ContactTest,
    ContactTestAnswer,
    RemovalConfirmation,
    Reply,
    Revision,
    TakedownItem,
    TakedownRequest,
)
from takedowns.states import (
    AWAITING_ANSWER,
    LEFT_THE_HOUSE,
    REQUEST_TRANSITIONS,
    Basis,
    ClaimStatus,
    ContactAnswerKind,
    ContactTestState,
    Measure,
    RequestStatus,
)
from takedowns.tables import Printed
from takedowns.unsettled import Unsettled

MAX_ITEMS = 200  # one letter; more go into further requests
SAYS_GONE = ("removed", "not_found")
TEST_AGAIN_AFTER = timedelta(minutes=10)


def why_not_move(request: TakedownRequest, status: RequestStatus) -> str | None:
    if status in REQUEST_TRANSITIONS[RequestStatus(request.status)]:
        return None
    return _("Request %(number)s is “%(status)s” and cannot become “%(new)s”.") % {
        "number": request.number,
        "status": request.get_status_display(),
        "new": status.label,
    }


def askable(case: Case, addressee: Organisation, measure: Measure) -> list[ContentItem]:
    """The case's items at this addressee that are not gone and are in no open request to it for this measure.

    In the order in which people list links: by place, numbers by their value.
    """
    items = ContentItem.objects.filter(
        case_items__case=case, case_items__removed_at=None, organisation=addressee, locators__kind__isnull=False
    ).exclude(locators__url="")
    asked = TakedownItem.objects.filter(open=True, addressee=addressee, measure=measure).values("item")
    free = items.exclude(pk__in=asked).exclude(standing=Standing.REMOVED).distinct().prefetch_related("locators")
    return sorted(free, key=lambda item: _by_place(item.place))


def _by_place(place: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", place)]


def first_contact(addressee: Organisation) -> Contact | None:
    """The contact that a letter is offered: one for removal requests before any other, the longest-serving first."""
    for_removals = When(roles__contains=[ContactRole.REMOVAL], then=0)
    active = addressee.contacts.filter(status=ContactStatus.ACTIVE)
    return active.order_by(Choose(for_removals, default=1), "activated_at").first()


def why_not_ask(user: User, case: Case, contact: Contact | None) -> str | None:
    if reason := why_not_work(user, case):
        return reason
    if contact is None or contact.status != ContactStatus.ACTIVE:
        return _("This platform has no active contact. Propose one on its page under Organisations.")
    return None


def why_not_these(items: Collection[ContentItem], allowed: Collection[UUID]) -> str | None:
    """Whether these items can stand in one request, of those that are `allowed`."""
    if not items:
        return _("Choose at least one item.")
    if len(items) > MAX_ITEMS:
        return _("One letter takes at most %(most)s items. Ask for the others in a further request.") % {
            "most": MAX_ITEMS
        }
    if any(item.pk not in allowed for item in items):
        return _("Some of these items cannot be asked for, or are in an open request already.")
    return None


def why_not_edit(user: User, request: TakedownRequest) -> str | None:
    if reason := why_not_work(user, request.case):
        return reason
    if request.status != RequestStatus.DRAFT:
        return _("Only a draft can be changed.")
    return None


def why_not_submit(user: User, request: TakedownRequest) -> str | None:
    return why_not_edit(user, request) or why_not_move(request, RequestStatus.AWAITING_APPROVAL)


def why_not_withdraw(user: User, request: TakedownRequest) -> str | None:
    return why_not_work(user, request.case) or why_not_move(request, RequestStatus.WITHDRAWN)


def why_not_decide(user: User, request: TakedownRequest) -> str | None:
    """Who may approve or return: a supervisor of the team who wrote no revision of the letter."""
    if reason := why_not(user, Permission.APPROVE, request.case.team):
        return reason
    if request.status != RequestStatus.AWAITING_APPROVAL:
        return _("Request %(number)s is not waiting for approval: it is “%(status)s”.") % {
            "number": request.number,
            "status": request.get_status_display(),
        }
    if Revision.objects.filter(request=request, author=user).exists():
        return _("You wrote part of this letter. Someone else has to approve it.")
    return None


def why_not_approve(user: User, request: TakedownRequest, revision: Revision, digest: str) -> str | None:
    if reason := why_not_decide(user, request):
        return reason
    if digest != revision.body_sha256:
        return _("The letter has changed since you opened it. Read it again before you approve.")
    if request.contact.status != ContactStatus.ACTIVE:
        return _("The contact is no longer active. Return the request, so that another one can be chosen.")
    return None


def why_not_as_listed(revision: Revision, items: Iterable[Printed]) -> str | None:
    """Whether the words list these items just so. The table that goes along is made of them, unseen by who approved."""
    lines = set(revision.body.splitlines())
    if all(str(item) in lines for item in items):
        return None
    return _("The link of an item has changed since the letter was written. Return the request and write it anew.")


def why_not_follow_up(user: User, request: TakedownRequest) -> str | None:
    """Whether a follow-up can leave in this request; which lines it can name is asked of each (unsettled.py)."""
    if reason := why_not_work(user, request.case):
        return reason
    if not request.open or request.status not in LEFT_THE_HOUSE:
        return _("Only an open request that has been approved can be followed up.")
    if not request.letters.delivered().exists():
        return _("No letter of this request has reached the platform yet.")
    if request.contact.status != ContactStatus.ACTIVE:
        return _("The contact is no longer active.")
    return None


def other_contacts(request: TakedownRequest) -> list[Contact]:
    """The addressee's active contacts other than the one that the request's letters go to. One query."""
    others = request.addressee.contacts.filter(status=ContactStatus.ACTIVE).exclude(pk=request.contact_id)
    return list(others.order_by("activated_at"))


def why_not_resend(user: User, request: TakedownRequest) -> str | None:
    """Whether letters of this request can be sent to another contact; which one is asked next.

    Nobody has to approve it anew: it is the same demand about the same items in the very same words, and a second
    person has activated the contact.
    """
    if reason := why_not_work(user, request.case):
        return reason
    if not request.open:
        return _("This request has ended. Nothing more is sent in it.")
    if not request.letters.undelivered().exists():
        return _("No letter of this request has come back.")
    return None


def why_not_send_to(request: TakedownRequest, contact: Contact) -> str | None:
    if contact.organisation_id != request.addressee_id:
        return _("This contact belongs to another platform.")
    if contact.status != ContactStatus.ACTIVE:
        return _("This contact is not active. Two people have to look at an address before letters go there.")
    if contact.pk == request.contact_id:
        return _("The letter did not arrive at this address. Choose another contact.")
    return None


def why_not_these_lines(wanted: Collection[UUID], lines: Collection[Unsettled]) -> str | None:
    """Whether a follow-up can name the `wanted` lines; `lines`: those of the request that are not settled."""
    if not wanted:
        return _("Choose at least one item.")
    chosen = [line for line in lines if line.row.pk in wanted]
    if len(chosen) < len(wanted):
        return _("Some of these items are settled, or are not in this request. Look at the list again.")
    return next((f"{line.row.number}: {line.why_not}" for line in chosen if line.why_not), None)


def moved_deadline(request: TakedownRequest, due_at: datetime) -> datetime:
    """The request's deadline after a further letter: never earlier than it was. Each letter keeps its own."""
    return max(request.due_at or due_at, due_at)


def why_not_decide_claims(user: User, reply: Reply) -> str | None:
    if reason := why_not_work(user, reply.request.case):
        return reason
    if reply.moved_at:
        return _("This mail was moved to another request. What it says is decided there.")
    return None


def why_not_record_by_rule(reply: Reply) -> str | None:
    """Whether what was read from a reply may count without a person's decision."""
    if not reply.request.addressee.records_without_person:
        return _("Replies of this platform are decided by a person.")
    if not reply.beyond_doubt:
        return _("Not everything speaks for the sender of this reply.")
    if reply.abstained or reply.reasons or reply.unplaced:
        return _("Not everything in this reply could be read.")
    if reply.request.status not in AWAITING_ANSWER or reply.request.case.status != CaseStatus.OPEN:
        return _("The request is not waiting for an answer.")
    return None


def why_not_confirm(takedown_item: TakedownItem) -> str | None:
    """Whether the facts as they stand establish the removal of this line's item."""
    if takedown_item.request.status not in LEFT_THE_HOUSE:
        return _("The request has not left the house.")
    if takedown_item.item.standing != Standing.REMOVED:
        return _("Item %(number)s stands at “%(standing)s”; no check has found it gone.") % {
            "number": takedown_item.number,
            "standing": takedown_item.item.get_standing_display(),
        }
    if takedown_item.confirmations.holding().exists():
        return _("The removal of item %(number)s is confirmed already.") % {"number": takedown_item.number}
    return None


def basis_for(
    *, checks: Iterable[Check], claims: Iterable[Claim], left_at: datetime | None
) -> tuple[Basis, Claim | None, Check] | None:
    """The basis on which a line's removal can be confirmed, strongest first; None where the facts do not suffice.

    `checks` are the item's, `claims` the line's effective ones, `left_at` when the letter was accepted for delivery.
    Claim and check: an answer that it is gone, and a conclusive `gone` at or after it. Check alone: a `gone` after
    the letter left.
    """
    gone = max((c for c in checks if c.outcome == CheckOutcome.GONE), key=lambda c: c.checked_at, default=None)
    said = max(claims, key=lambda claim: claim.received_at, default=None)
    basis = basis_of(
        gone_at=gone.checked_at if gone else None,
        said=said.kind if said else "",
        said_at=said.received_at if said else None,
        left_at=left_at,
    )
    if basis is None or gone is None:
        return None
    return basis, said if basis == Basis.CLAIM_AND_CHECK else None, gone


def basis_of(
    *, gone_at: datetime | None, said: str, said_at: datetime | None, left_at: datetime | None
) -> Basis | None:
    """The same for the latest conclusive `gone` and the effective claim, by their kind and moments."""
    if gone_at is None:
        return None
    if said in SAYS_GONE and said_at and said_at <= gone_at:
        return Basis.CLAIM_AND_CHECK
    return Basis.CHECK_ALONE if left_at and gone_at >= left_at else None


def why_not_confirm_on_statement(user: User, takedown_item: TakedownItem) -> str | None:
    """A named person may confirm on the platform's statement only, where no check can tell."""
    if reason := why_not_work(user, takedown_item.request.case):
        return reason
    if takedown_item.item.standing != Standing.UNVERIFIABLE:
        return _(
            "Item %(number)s stands at “%(standing)s”. Only what cannot be checked is confirmed on a statement."
        ) % {
            "number": takedown_item.number,
            "standing": takedown_item.item.get_standing_display(),
        }
    if takedown_item.confirmations.holding().exists():
        return _("The removal of item %(number)s is confirmed already.") % {"number": takedown_item.number}
    if not takedown_item.claims.effective().filter(kind__in=SAYS_GONE).exists():
        return _("No accepted answer says that item %(number)s was removed.") % {"number": takedown_item.number}
    return None


def claims_open(reply: Reply) -> bool:
    return reply.claims.filter(status=ClaimStatus.PROPOSED).exists()


def why_not_void(user: User, request: TakedownRequest, confirmation: RemovalConfirmation) -> str | None:
    if reason := why_not_work(user, request.case):
        return reason
    if not RemovalConfirmation.objects.effective().filter(pk=confirmation.pk).exists():
        return _("This confirmation is void already.")
    return None


def why_not_close_request(user: User, request: TakedownRequest) -> str | None:
    """Any request that left the house can be ended, in a closed case too: its items can then be asked for again."""
    return why_not(user, Permission.WORK_CASES, request.case.team) or why_not_move(request, RequestStatus.CLOSED)


def why_not_send_test(user: User, contact: Contact, last: ContactTest | None, *, at: datetime) -> str | None:
    """May `user` have a test mail sent to this contact, after the `last` one?"""
    if reason := why_not_record_test(user, contact):
        return reason
    state = state_of_test(last) if last else None
    if state == ContactTestState.WAITING:
        return _("The last test mail has not left yet.")
    if state == ContactTestState.TO_DECIDE:
        return _("First decide whether the answer to the last test mail counts.")
    waited_for = state in (ContactTestState.SENT, ContactTestState.UNCERTAIN)
    if last and waited_for and at < last.ordered_at + TEST_AGAIN_AFTER:
        return _("A test mail went out a moment ago. Wait for its answer, or send another one in some minutes.")
    return None


def state_of_test(test: ContactTest) -> ContactTestState:
    """How far a test mail has come. Reads its mail and its answers, no query where they are fetched already."""
    answers = {answer.kind: answer for answer in test.answers.all() if answer.counts is None}
    if test.passed_at:
        return ContactTestState.PASSED
    if ContactAnswerKind.DOUBTFUL in answers:
        return ContactTestState.TO_DECIDE
    if ContactAnswerKind.BOUNCED in answers:
        return ContactTestState.BOUNCED
    return {
        OutgoingState.ACCEPTED: ContactTestState.SENT,
        OutgoingState.REJECTED: ContactTestState.REFUSED,
        OutgoingState.UNCERTAIN: ContactTestState.UNCERTAIN,
    }.get(OutgoingState(test.mail.state), ContactTestState.WAITING)


def why_not_decide_answer(user: User, answer: ContactTestAnswer) -> str | None:
    """May `user` say whether this mail counts as the answer to its test mail?"""
    if reason := why_not_record_test(user, answer.test.contact):
        return reason
    if answer.kind != ContactAnswerKind.DOUBTFUL or answer.counts is not None:
        return _("There is nothing to decide about this answer.")
    return None


def in_the_way(case: Case, addressee: Organisation, measure: Measure) -> list[TakedownRequest]:
    """The open requests that already ask this addressee for items of the case, whichever case they belong to."""
    held = TakedownItem.objects.filter(
        open=True,
        addressee=addressee,
        measure=measure,
        item__case_items__case=case,
        item__case_items__removed_at=None,
    ).exclude(item__standing=Standing.REMOVED)
    return list(TakedownRequest.objects.filter(items__in=held).select_related("case").distinct().order_by("number"))
