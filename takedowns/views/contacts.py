"""What this room adds to the page of a contact, which lives a room lower."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from audit.errors import Refused
from audit.services import log_access
from mailroom.services import inbox
from platforms.models import Contact
from takedowns import rules, services
from takedowns.models import ContactTestAnswer, Reply, TakedownRequest


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


@require_POST
@require(Permission.MANAGE_CONTACTS)
def send_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a test mail to a proposed contact."""
    contact = get_object_or_404(Contact, pk=pk)
    try:
        services.send_contact_test(contact=contact, by=signed_in(request))
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = _("A test mail to %(email)s is on its way. Its answer shows here as soon as it comes in.")
        messages.success(request, done % {"email": contact.email})
    return redirect("platforms:organisation", pk=contact.organisation_id)


@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_CONTACTS)
def test_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came back to a test mail. POST says whether it counts as its answer. The look is logged."""
    user = signed_in(request)
    answers = ContactTestAnswer.objects.select_related("incoming", "test__contact__organisation", "decided_by")
    answer = get_object_or_404(answers, pk=pk)
    contact = answer.test.contact
    if request.method == "POST":
        try:
            services.decide_test_answer(answer=answer, counts=request.POST.get("counts") == "yes", by=user)
        except Refused as refused:
            messages.error(request, refused.reason)
        else:
            messages.success(request, _("Recorded."))
        return redirect("platforms:organisation", pk=contact.organisation_id)
    log_access(by=user, obj=answer.incoming, reason="answer to a test mail", given="mail.text")
    context = {
        "answer": answer,
        "contact": contact,
        "mail": inbox.read_text(answer.incoming),
        "why_not_decide": rules.why_not_decide_answer(user, answer),
    }
    return render(request, "takedowns/test_answer.html", context)
