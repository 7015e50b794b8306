"""How views get objects: none comes without the question whether this person may see it. Others' answer 404."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from mailroom.models import IncomingMail, OutgoingMail
from takedowns.models import FreeLetter, Letter, Reply, TakedownItem, TakedownRequest
from takedowns.queries.thread import corrections
from takedowns.queries.tray import on_the_table


def get_request_for(user: User, pk: UUID) -> TakedownRequest:
    requests = TakedownRequest.objects.visible_to(user)
    return get_object_or_404(
        requests.select_related("case__team", "addressee", "contact", "drafted_by", "submitted_by", "approved_by"),
        pk=pk,
    )


def get_reply_for(user: User, pk: UUID) -> Reply:
    replies = Reply.objects.filter(request__in=TakedownRequest.objects.visible_to(user))
    return get_object_or_404(
        replies.select_related(
            "incoming",
            "request__case__team",
            "request__addressee",
            "letter__mail",
            "letter__revision",
            "handled_by",
            "filed_by",
            "moved_by",
        ),
        pk=pk,
    )


def get_unmatched(pk: UUID) -> IncomingMail:
    """A mail of the tray, or one that was set aside: nobody else's mail can be had this way."""
    incoming = on_the_table(pk)
    if incoming is None:
        raise Http404
    return incoming


def get_mail_beside(pk: UUID) -> OutgoingMail:
    """A mail of ours that is no letter of a request: a test mail or a notice to staff."""
    beside = OutgoingMail.objects.filter(letter=None).select_related("contact_test").defer("sealed")
    return get_object_or_404(beside, pk=pk)


def get_line_for(user: User, pk: UUID) -> TakedownItem:
    lines = TakedownItem.objects.filter(request__in=TakedownRequest.objects.visible_to(user))
    return get_object_or_404(lines.select_related("request__case__team", "item"), pk=pk)


def get_letter_for(user: User, pk: UUID) -> Letter:
    letters = Letter.objects.filter(request__in=TakedownRequest.objects.visible_to(user))
    return get_object_or_404(
        letters.select_related(
            "request__case__team", "request__addressee", "mail", "revision__free_letter", "manual_delivery__by"
        ).prefetch_related(corrections()),
        pk=pk,
    )


def get_message_for(user: User, pk: UUID) -> FreeLetter:
    shown = FreeLetter.objects.visible_to(user).select_related(
        "request__case__team",
        "request__addressee",
        "request__contact",
        "answers__incoming",
        "drafted_by",
        "submitted_by",
    )
    return get_object_or_404(shown.defer("answers__incoming__sealed"), pk=pk)
