"""The thread of a case's letters and replies, and one letter as it left."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.services import log_access
from cases.guards import get_case_for
from mailroom.states import OutgoingState
from takedowns.forms import ManualDeliveryForm, TicketForm
from takedowns.guards import get_letter_for, get_request_for
from takedowns.models import Letter, TakedownRequest
from takedowns.queries.letters import wording
from takedowns.queries.thread import delivery_of, letters_of, messages_of, replies_of, thread_of


@require_GET
@require(Permission.SEE_CASES)
def of_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All letters and replies of a case. The case's page shows it by itself; without JavaScript it is a page."""
    user = signed_in(request)
    case = get_case_for(user, pk)
    requests = TakedownRequest.objects.filter(case=case)
    letters, replies = letters_of(requests), replies_of(requests)
    may_read = can(user, Permission.WORK_CASES, case.team)
    if may_read and replies:
        log_access(by=user, obj=case, reason="work on the case", given="thread.words", case_id=case.pk)
    written = messages_of(requests)
    thread = thread_of(letters, replies, written, may_read=may_read, whole=bool(request.GET.get("whole")))
    return render(request, "takedowns/thread.html", {"case": case, "thread": thread})


@require_GET
@require(Permission.SEE_CASES)
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One letter as it left, with each try to hand it over."""
    return letter_page(request, get_letter_for(signed_in(request), pk))


def letter_page(
    request: HttpRequest,
    shown: Letter,
    *,
    entry_form: ManualDeliveryForm | None = None,
    ticket_form: TicketForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The forms: what was sent about its delivery by hand, or its ticket number, and could not be recorded."""
    user = signed_in(request)
    asked = get_request_for(user, shown.request_id)
    works = can(user, Permission.WORK_CASES, asked.case.team)
    if works and shown.mail.state == OutgoingState.BY_HAND:
        entry_form = entry_form or ManualDeliveryForm(initial={"delivered_at": timezone.now()})
    if works and shown.mail.state == OutgoingState.HANDED:
        ticket_form = ticket_form or TicketForm(initial={"ticket": shown.manual_delivery.ticket_now})
    context = {
        "letter": shown,
        "asked": asked,
        "wording": wording(asked, shown.revision, shown),
        "happened": delivery_of(shown),
        "tries": shown.mail.tries.order_by("-n"),
        "entry_form": entry_form,
        "ticket_form": ticket_form,
    }
    return render(request, "takedowns/letter.html", context, status=status)
