"""Questions about the mail. Each returns the reason why not, in words, or None."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from mailroom.models import OutgoingMail
from mailroom.states import OutgoingState


def why_not_decide(user: User, mail: OutgoingMail) -> str | None:
    """May `user` decide what became of this letter?"""
    if reason := why_not(user, Permission.SEE_MAIL):
        return reason
    if mail.state != OutgoingState.UNCERTAIN:
        return _("This letter is not uncertain any more.")
    return None
