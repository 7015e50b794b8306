"""Recording that a letter was entered in the platform's web form, and correcting its ticket number."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from audit.errors import Refused
from takedowns import services
from takedowns.forms import ManualDeliveryForm, TicketForm
from takedowns.guards import get_letter_for
from takedowns.views.thread import letter_page


@require_POST
@require(Permission.WORK_CASES)
def entered(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = signed_in(request)
    letter = get_letter_for(user, pk)
    form = ManualDeliveryForm(request.POST)
    if not form.is_valid():
        return letter_page(request, letter, entry_form=form, status=422)
    try:
        services.deliver_by_hand(letter=letter, by=user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return letter_page(request, letter, entry_form=form, status=422)
    messages.success(request, _("Recorded. The deadline runs from the moment that you gave."))
    return redirect("takedowns:request", pk=letter.request_id)


@require_POST
@require(Permission.WORK_CASES)
def ticket(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = signed_in(request)
    letter = get_letter_for(user, pk)
    form = TicketForm(request.POST)
    if not form.is_valid():
        return letter_page(request, letter, ticket_form=form, status=422)
    try:
        services.correct_ticket(letter=letter, by=user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return letter_page(request, letter, ticket_form=form, status=422)
    messages.success(request, _("The ticket number is corrected."))
    return redirect("takedowns:letter", pk=letter.pk)
