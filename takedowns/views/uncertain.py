"""Letters of which nobody knows whether they arrived: a person says so, or has the same bytes sent once more."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from audit.errors import Refused
from mailroom.models import OutgoingMail
from mailroom.rules import why_not_decide
from mailroom.services import outbox
from takedowns.forms import UncertainForm
from takedowns.guards import get_letter_for, get_mail_beside
from takedowns.queries.post_office import about


@require(Permission.WORK_CASES)
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A letter of a request."""
    shown = get_letter_for(signed_in(request), pk)
    facts = {
        "letter": shown,
        "number": shown.number,
        "back": reverse("takedowns:request", args=[shown.request_id]),
        "back_label": shown.request.number,
    }
    return _decide(request, shown.mail, facts)


@require(Permission.SEE_MAIL)
def other_mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A test mail, or a notice to staff."""
    mail = get_mail_beside(pk)
    facts = {"number": about(mail)[0], "back": reverse("takedowns:mail"), "back_label": _("Mail")}
    return _decide(request, mail, facts)


def _decide(request: HttpRequest, mail: OutgoingMail, facts: dict[str, Any]) -> HttpResponse:
    """`facts`: what the page calls the mail, and where it leads back to."""
    user = signed_in(request)
    form = UncertainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outbox.decide_uncertain(mail=mail, by=user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Recorded with your reason."))
            return redirect(facts["back"])
    context = facts | {
        "mail": mail,
        "tries": mail.tries.order_by("-n"),
        "form": form,
        "why_not": why_not_decide(user, mail),
    }
    return render(request, "takedowns/uncertain.html", context, status=422 if request.method == "POST" else 200)
