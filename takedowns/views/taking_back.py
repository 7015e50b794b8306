"""Taking back answers that were accepted by mistake, and undoing what was decided a moment ago."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from audit.errors import Refused
from takedowns import rules, services
from takedowns.forms import TakeBackForm
from takedowns.guards import get_reply_for
from takedowns.letters import spelled
from takedowns.models import TakedownItem
from takedowns.queries.replies import accepted_rows, fetch_claims


@require(Permission.WORK_CASES)
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose among the accepted answers of a reply, and say why they are taken back."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    fetch_claims(reply)
    rows = accepted_rows(reply)
    lines = TakedownItem.objects.filter(pk__in=[row.line.pk for row in rows])
    form = TakeBackForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.take_back(reply=reply, items=list(given["items"]), reason=given["reason"], by=user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Taken back. What was said before holds again; nothing was deleted."))
            return redirect("takedowns:reply", pk=reply.pk)
    context = {
        "reply": reply,
        "asked": reply.request,
        "rows": rows,
        "chosen": set(request.POST.getlist("items")),
        "form": form,
        "why_not": rules.why_not_decide_claims(user, reply),
    }
    return render(request, "takedowns/take_back.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@require(Permission.WORK_CASES)
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Undo what this person decided about the reply a moment ago."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    decided_at = parse_datetime(request.POST.get("decided_at", "")[:40])
    try:
        if decided_at is None:
            raise Refused(_("There is nothing to undo."))
        numbers = services.undo(reply=reply, decided_at=decided_at, by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = _("Undone for no. %(numbers)s: as it was before.")
        messages.success(request, done % {"numbers": spelled(numbers)})
    return redirect("takedowns:reply", pk=reply.pk)
