"""Questions about the mail. Each returns the reason why not, in words, or None."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from mailroom.models import DomainState, IncomingMail, OutgoingMail
from mailroom.states import Breaker, IncomingState, OutgoingState


def why_not_decide(user: User, mail: OutgoingMail) -> str | None:
    """May `user` decide what became of this letter? About notices to staff whoever runs the mail decides."""
    if reason := why_not(user, Permission.WORK_CASES if mail.wants_answers else Permission.RUN_MAIL):
        return reason
    if mail.state != OutgoingState.UNCERTAIN:
        return _("This letter is not uncertain any more.")
    return None


def why_not_run(user: User) -> str | None:
    """May `user` close alarms of the post office and let stopped letters leave?"""
    return why_not(user, Permission.RUN_MAIL)


def why_not_release(user: User, domain: DomainState) -> str | None:
    """May `user` let letters to this domain leave again?"""
    if reason := why_not_run(user):
        return reason
    if domain.state == Breaker.CLOSED:
        return _("Letters to this domain leave already.")
    return None


def why_not_try_again(user: User, mail: IncomingMail) -> str | None:
    """May `user` have this mail, which was given up, read once more?"""
    if reason := why_not_run(user):
        return reason
    if mail.state != IncomingState.POISON:
        return _("This mail is not given up.")
    return None
