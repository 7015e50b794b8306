"""What a person says of mail that found no request, or the wrong one: it belongs here, it is not ours."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from mailroom.models import IncomingMail
from mailroom.services import inbox
from takedowns import tray_rules
from takedowns.models import Letter, Reply, SetAside, TakedownRequest
from takedowns.services.claims import reject_open
from takedowns.services.filing import file_under
from takedowns.services.requests import lock_request


def _lock(incoming: IncomingMail) -> IncomingMail:
    """Whoever files, sets aside or moves a mail takes its row first, and the request's after it."""
    return IncomingMail.objects.select_for_update(no_key=True, of=("self",)).get(pk=incoming.pk)


@transaction.atomic
def file_mail(*, incoming: IncomingMail, requests: Sequence[TakedownRequest], by: User) -> list[Reply]:
    """File a mail of the tray under one request or several, each against its latest letter.

    Filed under one, it is read and what it says is proposed, where its sender allows that. Raises Refused.
    """
    row = _lock(incoming)
    if reason := tray_rules.why_not_file_mail(by, row) or tray_rules.why_not_under(by, requests):
        raise Refused(reason)
    return _file(row, requests, by=by)


def _file(
    row: IncomingMail, requests: Sequence[TakedownRequest], *, by: User, moved_from: Reply | None = None
) -> list[Reply]:
    letters = [_latest(request) for request in requests]
    inbox.tie_by_hand(mail=row, letters=[letter.mail for letter in letters])
    inbox.mark_filed(mail=row)
    alone = len(letters) == 1
    return [file_under(row, letter, alone=alone, by=by, moved_from=moved_from) for letter in letters]


def _latest(request: TakedownRequest) -> Letter:
    letters = Letter.objects.filter(request=request).select_related("request__addressee", "revision", "mail")
    letter = letters.defer("mail__sealed").order_by("-written_at").first()
    if letter is None:
        raise Refused(_("Request %(number)s has no letter.") % {"number": request.number})
    return letter


@transaction.atomic
def set_aside(*, incoming: IncomingMail, reason: str, by: User, at: datetime | None = None) -> SetAside:
    """A mail of the tray is not ours. It is kept, and can be brought back. Raises Refused."""
    row, reason = _lock(incoming), reason.strip()
    if refusal := tray_rules.why_not_set_aside(by, row):
        raise Refused(refusal)
    if not reason:
        raise Refused(_("Say why it is not ours."))
    aside = SetAside.objects.create(incoming=row, reason=reason, by=by, at=at or timezone.now())
    record(action=Action.MAIL_SET_ASIDE, by=by, obj=row)
    return aside


@transaction.atomic
def bring_back(*, incoming: IncomingMail, by: User, at: datetime | None = None) -> None:
    """A mail that was set aside lies in the tray again. Raises Refused."""
    row = _lock(incoming)
    if refusal := tray_rules.why_not_bring_back(by, row):
        raise Refused(refusal)
    SetAside.objects.standing().filter(incoming=row).update(back_at=at or timezone.now(), back_by=by)
    record(action=Action.MAIL_BROUGHT_BACK, by=by, obj=row)


@transaction.atomic
def refile(
    *, reply: Reply, requests: Sequence[TakedownRequest], reason: str, by: User, at: datetime | None = None
) -> list[Reply]:
    """Move a reply that lies under the wrong request. It stays there as moved; what was only proposed is rejected.

    Raises Refused, also while answers that were accepted from it stand.
    """
    at, reason = at or timezone.now(), reason.strip()
    row, request = _lock(reply.incoming), lock_request(reply.request)
    old = Reply.objects.select_related("request__case__team").get(pk=reply.pk)
    if refusal := tray_rules.why_not_refile(by, old) or tray_rules.why_not_under(by, requests):
        raise Refused(refusal)
    if Reply.objects.standing().filter(incoming=row, request__in=requests).exists():
        raise Refused(_("This mail is filed under that request already."))
    if not reason:
        raise Refused(_("Say why it belongs elsewhere."))
    rejected = reject_open(old, by=by, at=at)
    old.moved_at, old.moved_by, old.moved_why = at, by, reason
    old.handled_at, old.handled_by = old.handled_at or at, old.handled_by or by
    old.save(update_fields=["moved_at", "moved_by", "moved_why", "handled_at", "handled_by"])
    replies = _file(row, requests, by=by, moved_from=old)
    record(
        action=Action.REPLY_MOVED,
        by=by,
        obj=old,
        case_id=request.case_id,
        detail={"rejected": rejected, "to": [new.request_id for new in replies]},
    )
    return replies
