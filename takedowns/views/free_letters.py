"""Messages to liaisons: writing one, seeing it as it will leave, the supervisor's decision."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from takedowns import rules, services
from takedowns.forms import MessageForm, ReturnForm
from takedowns.guards import get_message_for, get_request_for
from takedowns.models import Reply, TakedownRequest
from takedowns.queries.letters import wording
from takedowns.states import FreeLetterStatus


@require(Permission.WORK_CASES)
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a message in a request, in answer to `?reply=` if given. One that is under way is shown instead."""
    user = signed_in(request)
    asked = get_request_for(user, pk)
    if request.method != "POST" and (under_way := asked.free_letters.under_way().first()):
        return redirect("takedowns:message", pk=under_way.pk)
    answers = _reply(asked, request.GET.get("reply"))
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.write_message(request=asked, answers=answers, by=user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("The message is drafted. Read it before you submit it."))
            return redirect("takedowns:message", pk=made.pk)
    context = {"asked": asked, "answers": answers, "form": form, "why_not": rules.why_not_write(user, asked)}
    return render(request, "takedowns/message_write.html", context, status=422 if request.method == "POST" else 200)


def _reply(asked: TakedownRequest, wanted: str | None) -> Reply | None:
    """The reply of this request that is answered; any other is as if it were not there."""
    try:
        pk = UUID(wanted or "")
    except ValueError:
        return None
    return get_object_or_404(asked.replies.select_related("incoming"), pk=pk)


@require(Permission.WORK_CASES)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the next wording of a draft."""
    user = signed_in(request)
    shown = get_message_for(user, pk)
    latest = services.latest_wording(shown)
    form = MessageForm(request.POST or None, initial={"message": latest.message, "with_list": shown.with_list})
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_message(free_letter=shown, by=user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("The message is saved as a new revision."))
            return redirect("takedowns:message", pk=shown.pk)
    context = {
        "asked": shown.request,
        "shown": shown,
        "answers": shown.answers,
        "form": form,
        "why_not": rules.why_not_edit_message(user, shown),
    }
    return render(request, "takedowns/message_write.html", context, status=422 if request.method == "POST" else 200)


@require(Permission.SEE_CASES)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk, ReturnForm())


def _page(request: HttpRequest, pk: UUID, return_form: ReturnForm, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    shown = get_message_for(user, pk)
    revision = services.latest_wording(shown)
    letter = shown.request.letters.filter(revision=revision).select_related("mail").first()
    decides = shown.status == FreeLetterStatus.AWAITING_APPROVAL and can(
        user, Permission.APPROVE, shown.request.case.team
    )
    context = {
        "shown": shown,
        "asked": shown.request,
        "case": shown.request.case,
        "revision": revision,
        "letter": letter,
        "wording": wording(shown.request, revision, letter),
        "approvals": list(shown.approvals.select_related("by", "revision")),
        "return_form": return_form,
        "may_decide": decides,
        "why_not_decide": rules.why_not_decide_message(user, shown) if decides else None,
        "why_not_edit": rules.why_not_edit_message(user, shown),
        "why_not_withdraw": rules.why_not_withdraw_message(user, shown),
    }
    return render(request, "takedowns/message.html", context, status=status)


def _act(request: HttpRequest, pk: UUID, service: Callable[..., object], done: str, **more: str) -> HttpResponse:
    user = signed_in(request)
    shown = get_message_for(user, pk)
    try:
        service(free_letter=shown, by=user, **more)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, done)
    return redirect("takedowns:message", pk=shown.pk)


@require_POST
@require(Permission.WORK_CASES)
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, services.submit_message, _("Submitted. A supervisor who did not write it decides."))


@require_POST
@require(Permission.WORK_CASES)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, services.withdraw_message, _("Withdrawn. Nothing was sent."))


@require_POST
@require(Permission.APPROVE)
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = _("Approved. The message is on its way.")
    return _act(request, pk, services.approve_message, done, digest=request.POST.get("digest", ""))


@require_POST
@require(Permission.APPROVE)
def send_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form, status=422)
    done = _("Returned to its writers with your words.")
    return _act(request, pk, services.return_message, done, words=form.cleaned_data["words"])
