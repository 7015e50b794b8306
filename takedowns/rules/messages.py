"""Questions about messages to liaisons. Each gives the reason why not, or None."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from cases.rules import why_not_work
from platforms.states import ContactStatus
from takedowns.models import FreeLetter, Revision, TakedownRequest
from takedowns.states import FREE_LETTER_TRANSITIONS, LEFT_THE_HOUSE, FreeLetterStatus


def why_not_write(user: User, request: TakedownRequest) -> str | None:
    """Whether a message to the liaison can be written in this request."""
    if reason := why_not_work(user, request.case):
        return reason
    if request.status not in LEFT_THE_HOUSE:
        return _("Nobody has had a letter in this request yet. What you want to say belongs into the letter itself.")
    if request.contact.status != ContactStatus.ACTIVE:
        return _("The contact is no longer active.")
    return None


def why_not_begin_message(user: User, request: TakedownRequest) -> str | None:
    if reason := why_not_write(user, request):
        return reason
    if request.free_letters.under_way().exists():
        return _("A message is being written in this request. Send or withdraw it first.")
    return None


def why_not_move_message(free_letter: FreeLetter, status: FreeLetterStatus) -> str | None:
    if status in FREE_LETTER_TRANSITIONS[FreeLetterStatus(free_letter.status)]:
        return None
    return _("This message is “%(status)s” and cannot become “%(new)s”.") % {
        "status": free_letter.get_status_display(),
        "new": status.label,
    }


def why_not_edit_message(user: User, free_letter: FreeLetter) -> str | None:
    if reason := why_not_write(user, free_letter.request):
        return reason
    if free_letter.status != FreeLetterStatus.DRAFT:
        return _("Only a draft can be changed.")
    return None


def why_not_withdraw_message(user: User, free_letter: FreeLetter) -> str | None:
    if reason := why_not_work(user, free_letter.request.case):
        return reason
    return why_not_move_message(free_letter, FreeLetterStatus.WITHDRAWN)


def why_not_decide_message(user: User, free_letter: FreeLetter) -> str | None:
    """Who may approve or return it: a supervisor of the team who wrote none of it."""
    if reason := why_not(user, Permission.APPROVE, free_letter.request.case.team):
        return reason
    if free_letter.status != FreeLetterStatus.AWAITING_APPROVAL:
        return _("This message is not waiting for approval: it is “%(status)s”.") % {
            "status": free_letter.get_status_display()
        }
    if free_letter.revisions.filter(author=user).exists():
        return _("You wrote part of this message. Someone else has to approve it.")
    return None


def why_not_approve_message(user: User, free_letter: FreeLetter, revision: Revision, digest: str) -> str | None:
    if reason := why_not_decide_message(user, free_letter):
        return reason
    if digest != revision.body_sha256:
        return _("The message has changed since you opened it. Read it again before you approve.")
    contact = free_letter.request.contact
    if contact.status != ContactStatus.ACTIVE or contact.address != revision.recipient:
        return _("The contact has changed since the message was written. Return it, so that it can be written anew.")
    return None
