"""Further letters that the approval covers: the follow-up, and the same letter to another contact."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from audit.errors import Refused
from takedowns import rules, services
from takedowns.forms import ContactForm
from takedowns.guards import get_request_for
from takedowns.letters import first_of, word_follow_up
from takedowns.models import TakedownRequest
from takedowns.queries.letters import pieces_of
from takedowns.unsettled import Unsettled, unsettled_lines


@require(Permission.WORK_CASES)
def follow_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose the items and see the letter; POST sends it, or with `do=show` shows it for the chosen items."""
    user = signed_in(request)
    asked = get_request_for(user, pk)
    lines = unsettled_lines(asked, at=timezone.now())
    free = [line for line in lines if not line.why_not]
    chosen = free
    refusal = ""
    if request.method == "POST":
        wanted = set(request.POST.getlist("items"))
        if request.POST.get("do") == "show":
            chosen = [line for line in free if str(line.row.pk) in wanted]
        else:
            rows = [row for row in asked.items.all() if str(row.pk) in wanted]
            try:
                letter = services.follow_up(request=asked, items=rows, by=user)
            except Refused as refused:
                refusal = refused.reason
                chosen = [line for line in free if str(line.row.pk) in wanted]
            else:
                done = _("Follow-up %(number)s is on its way to the platform.")
                messages.success(request, done % {"number": letter.number})
                return redirect("takedowns:request", pk=asked.pk)
    context = {
        "asked": asked,
        "lines": lines,
        "chosen": {line.row.pk for line in chosen},
        "wording": _shown(asked, chosen) if chosen else None,
        "refusal": refusal,
        "why_not": rules.why_not_follow_up(user, asked),
    }
    return render(request, "takedowns/follow_up.html", context, status=422 if refusal else 200)


@require_POST
@require(Permission.WORK_CASES)
def resend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send what did not arrive to the chosen contact."""
    user = signed_in(request)
    asked = get_request_for(user, pk)
    form = ContactForm(request.POST, addressee=asked.addressee)
    try:
        if not form.is_valid():
            raise Refused(_("Choose an active contact of this platform."))
        letters = services.resend(request=asked, contact=form.cleaned_data["contact"], by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = _("Sent again to %(contact)s as %(numbers)s.")
        numbers = ", ".join(letter.number for letter in letters)
        messages.success(request, done % {"contact": form.cleaned_data["contact"].address, "numbers": numbers})
    return redirect("takedowns:request", pk=asked.pk)


def _shown(asked: TakedownRequest, lines: list[Unsettled]) -> dict[str, object]:
    """The letter about these lines, its blanks marked."""
    first = first_of(asked.letters.select_related("revision").order_by("written_at"))
    wording = word_follow_up(request=asked, first=first, lines=lines)
    return {
        "recipient": wording.recipient,
        "subject": pieces_of(wording.subject),
        "body": pieces_of(wording.body),
        "table": f"{asked.number}.csv",
    }
