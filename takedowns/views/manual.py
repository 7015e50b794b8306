"""Recording that a letter was entered in the platform's web form, and correcting its ticket number."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
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
from takedowns.models import Letter
from takedowns.views.thread import letter_page


@require_POST
@require(Permission.WORK_CASES)
def entered(request: HttpRequest, pk: UUID) -> HttpResponse:
    letter = get_letter_for(signed_in(request), pk)
    form = ManualDeliveryForm(request.POST)
    if not _done(services.deliver_by_hand, request, letter, form):
        return letter_page(request, letter, entry_form=form, status=422)
    messages.success(request, _("Recorded. The deadline runs from the moment that you gave."))
    return redirect("takedowns:request", pk=letter.request_id)


@require_POST
@require(Permission.WORK_CASES)
def ticket(request: HttpRequest, pk: UUID) -> HttpResponse:
    letter = get_letter_for(signed_in(request), pk)
    form = TicketForm(request.POST)
    if not _done(services.correct_ticket, request, letter, form):
        return letter_page(request, letter, ticket_form=form, status=422)
    messages.success(request, _("The ticket number is corrected."))
    return redirect("takedowns:letter", pk=letter.pk)


def _done(act: Callable[..., object], request: HttpRequest, letter: Letter, form: Form) -> bool:
    """Whether the service did what the form says; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        act(letter=letter, by=signed_in(request), **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return False
    return True
