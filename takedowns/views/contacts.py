"""What this room adds to the page of a contact, which lives a room lower."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from platforms.models import Contact
from takedowns.models import Reply, TakedownRequest


@require_GET
@require(Permission.WORK_CASES)
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the reply that offered this address, for those who may read it."""
    contact = get_object_or_404(Contact, pk=pk, offered_in__isnull=False)
    seen = TakedownRequest.objects.visible_to(signed_in(request))
    reply = Reply.objects.filter(incoming=contact.offered_in, request__in=seen).first()
    if reply is None:
        messages.info(request, _("The mail that offered it belongs to a case of another team."))
        return redirect("platforms:organisation", pk=contact.organisation_id)
    return redirect("takedowns:reply", pk=reply.pk)
