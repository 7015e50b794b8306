"""Questions about filing mail by hand. Each gives the reason why not, in words, or None."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from mailroom.models import IncomingMail
from mailroom.states import IncomingState
from takedowns.models import Claim, Letter, Reply, RequestQuerySet, SetAside, TakedownRequest
from takedowns.rules import why_not_take_back
from takedowns.states import LEFT_THE_HOUSE, ClaimStatus

MOST = 10  # requests that one mail is filed under by hand


def fileable(user: User) -> RequestQuerySet:
    """Requests that a mail can answer: of this person's own teams, with a letter that was written."""
    written = Exists(Letter.objects.filter(request=OuterRef("pk")))
    return TakedownRequest.objects.visible_to(user).filter(written, status__in=LEFT_THE_HOUSE)


def why_not_sort(user: User, incoming: IncomingMail) -> str | None:
    """May `user` say where a mail belongs that lies in the tray?"""
    if reason := why_not(user, Permission.WORK_CASES):
        return reason
    if incoming.duplicate_of_id or incoming.state == IncomingState.WAITING:
        return _("This mail has not been read yet, or came in once before.")
    if Reply.objects.standing().filter(incoming=incoming).exists():
        return _("This mail has been filed already.")
    return None


def why_not_set_aside(user: User, incoming: IncomingMail) -> str | None:
    if reason := why_not_sort(user, incoming):
        return reason
    if SetAside.objects.standing().filter(incoming=incoming).exists():
        return _("This mail is set aside already.")
    return None


def why_not_bring_back(user: User, incoming: IncomingMail) -> str | None:
    if reason := why_not(user, Permission.WORK_CASES):
        return reason
    if not SetAside.objects.standing().filter(incoming=incoming).exists():
        return _("This mail is not set aside.")
    return None


def why_not_file_mail(user: User, incoming: IncomingMail) -> str | None:
    """May `user` file this mail under requests of their own?"""
    if reason := why_not_set_aside(user, incoming):
        return reason
    if incoming.state != IncomingState.PARSED:
        return _("This mail was given up, so it cannot be filed. It can be tried again, or set aside.")
    return None


def why_not_under(user: User, requests: Sequence[TakedownRequest]) -> str | None:
    """May a mail be filed under just these?"""
    if not requests:
        return _("Choose at least one request.")
    if len(requests) > MOST:
        return _("A mail is filed under at most %(most)s requests.") % {"most": MOST}
    for request in requests:
        if reason := why_not(user, Permission.WORK_CASES, request.case.team):
            return reason
        if request.status not in LEFT_THE_HOUSE:
            return _("No letter of request %(number)s has left, so no mail can answer it.") % {"number": request.number}
    return None


def why_not_refile(user: User, reply: Reply) -> str | None:
    """May `user` move this reply to another request? What was accepted from it stands in the way."""
    if reason := why_not(user, Permission.WORK_CASES, reply.request.case.team):
        return reason
    if reply.moved_at:
        return _("This mail was moved to another request already.")
    accepted = Claim.objects.filter(reply=reply, status=ClaimStatus.ACCEPTED, superseded_by=None)
    numbers = sorted(accepted.values_list("takedown_item__number", flat=True))
    if not numbers:
        return None
    if reason := why_not_take_back(accepted):
        return reason
    return _("What this mail says was accepted for items %(numbers)s. Take it back first.") % {
        "numbers": ", ".join(str(number) for number in numbers)
    }
