"""Questions about letters that an approval covers: follow-ups, and the same to another contact. Why not, or None."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from cases.rules import why_not_work
from mailroom.states import OutgoingState
from platforms.models import Contact
from platforms.states import ContactStatus
from takedowns.models import Letter, Revision, TakedownRequest
from takedowns.states import DEMANDS, LEFT_THE_HOUSE, LetterKind
from takedowns.tables import Printed
from takedowns.unsettled import Unsettled


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


def why_not_these_lines(wanted: Collection[UUID], lines: Collection[Unsettled]) -> str | None:
    """Whether a follow-up can name the `wanted` lines; `lines`: those of the request that are not settled."""
    if not wanted:
        return _("Choose at least one item.")
    chosen = [line for line in lines if line.row.pk in wanted]
    if len(chosen) < len(wanted):
        return _("Some of these items are settled, or are not in this request. Look at the list again.")
    return next((f"{line.row.number}: {line.why_not}" for line in chosen if line.why_not), None)


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


def why_not_deliver_by_hand(user: User, letter: Letter) -> str | None:
    """Whether `user` can record that this letter was entered in the web form. Ended requests may be late with it."""
    if reason := why_not(user, Permission.WORK_CASES, letter.request.case.team):
        return reason
    if letter.mail.state == OutgoingState.HANDED:
        return _("It is recorded already that letter %(number)s was entered.") % {"number": letter.number}
    if letter.mail.state != OutgoingState.BY_HAND:
        return _("This letter goes by mail. Only what goes to a web form is entered by hand.")
    return None


def why_not_correct_ticket(user: User, letter: Letter) -> str | None:
    """Whether `user` can say that another ticket number is the right one. That may come out after the request's end."""
    if reason := why_not(user, Permission.WORK_CASES, letter.request.case.team):
        return reason
    if letter.mail.state != OutgoingState.HANDED:
        return _("Only a letter that was entered in a web form has a ticket number.")
    return None


def why_not_delivered_at(letter: Letter, delivered_at: datetime, *, at: datetime) -> str | None:
    """Whether the letter can have been entered then; people tell minutes, not seconds."""
    if delivered_at > at:
        return _("This moment is still to come.")
    if delivered_at < letter.written_at.replace(second=0, microsecond=0):
        return _("The letter was not approved yet at that moment.")
    return None


def first_deadline(revision: Revision, kind: LetterKind, *, at: datetime) -> datetime | None:
    """Until when a letter of these words that is approved `at` is to be answered; None: it asks nothing, or goes to a
    web form, where its time runs from the moment when somebody enters it.
    """
    return None if kind not in DEMANDS or revision.by_form else deadline(revision.request, at)


def deadline(request: TakedownRequest, left_at: datetime) -> datetime:
    """Until when a demand of this request that left then is to be answered."""
    return left_at + timedelta(hours=request.deadline_hours)
