"""A request with its letter, the supervisor's decision, and the confirmation of removals."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can, teams_where
from audit.errors import Refused
from audit.services import log_access
from cases.rules import why_not_work
from cases.states import Standing
from mailroom.states import OutgoingState
from takedowns import rules, services
from takedowns.forms import ReasonForm, ReturnForm
from takedowns.guards import get_line_for, get_request_for
from takedowns.letters import first_of
from takedowns.models import FreeLetter, RemovalConfirmation, TakedownItem, TakedownRequest
from takedowns.next_step import Facts, Step, next_step
from takedowns.queries.letters import wording
from takedowns.queries.lines import confirmable, lines_of, standings
from takedowns.queries.thread import left_of, letters_of, messages_of, replies_of, thread_of, undelivered
from takedowns.states import Decision


@require(Permission.SEE_CASES)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk, ReturnForm())


def _page(request: HttpRequest, pk: UUID, return_form: ReturnForm, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    asked = get_request_for(user, pk)
    letters, replies = letters_of([asked]), replies_of([asked])
    letter = first_of(letters) if letters else None
    revision = letter.revision if letter else asked.revisions.select_related("author").order_by("-n")[0]
    lines = lines_of(asked, left=left_of(letters), at=timezone.now())
    lost = undelivered(letters) if asked.open else []
    approvals = list(asked.approvals.filter(free_letter=None).select_related("by", "revision"))
    may_decide = can(user, Permission.APPROVE, asked.case.team)
    may_read = can(user, Permission.WORK_CASES, asked.case.team)
    if may_read and replies:
        log_access(by=user, obj=asked, reason="work on the case", given="thread.words", case_id=asked.case_id)
    unread = [reply for reply in replies if reply.handled_at is None]
    ready = confirmable(lines)
    to_follow = [line for line in lines if asked.open and line.unsettled and not line.unsettled.why_not]
    step = next_step(
        Facts(
            status=asked.status,
            returned=bool(approvals) and approvals[-1].decision == Decision.RETURNED,
            may_decide=may_decide,
            lost=len(lost),
            uncertain=sum(each.mail.state == OutgoingState.UNCERTAIN for each in letters),
            by_hand=sum(each.mail.state == OutgoingState.BY_HAND for each in letters),
            unread=len(unread),
            confirmable=len(ready),
            to_follow=len(to_follow),
            left=any(each.mail.accepted_at for each in letters),
            claimed=sum(line.row.item.standing == Standing.CLAIMED for line in lines),
        )
    )
    context = {
        "asked": asked,
        "case": asked.case,
        "step": step,
        "revision": revision,
        "letter": letter,
        "uncertain": next((each for each in letters if each.mail.state == OutgoingState.UNCERTAIN), None),
        "by_hand": next((each for each in letters if each.mail.state == OutgoingState.BY_HAND), None),
        "wording": wording(asked, revision, letter),
        "approvals": approvals,
        "lost": lost,
        "contacts": rules.other_contacts(asked) if lost else [],
        "lines": lines,
        "standings": standings(lines),
        "to_follow": to_follow,
        "confirmable": ready,
        "unread": unread,
        "thread": thread_of(
            letters, replies, messages_of([asked]), may_read=may_read, whole=bool(request.GET.get("whole"))
        ),
        "return_form": return_form,
        "why_not_decide": rules.why_not_decide(user, asked) if step == Step.DECIDE else None,
        "why_not_submit": rules.why_not_submit(user, asked),
        "why_not_work": why_not_work(user, asked.case),
    }
    return render(request, "takedowns/request.html", context, status=status)


@require_POST
@require(Permission.APPROVE)
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = signed_in(request)
    asked = get_request_for(user, pk)
    try:
        letter = services.approve(request=asked, digest=request.POST.get("digest", ""), by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = _("Approved. Letter %(number)s is on its way to the platform.")
        if letter.revision.by_form:
            done = _("Approved. Letter %(number)s is now to be entered in the platform’s web form.")
        messages.success(request, done % {"number": letter.number})
    return redirect("takedowns:request", pk=asked.pk)


@require_POST
@require(Permission.APPROVE)
def send_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = signed_in(request)
    asked = get_request_for(user, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form, status=422)
    try:
        services.return_with_words(request=asked, words=form.cleaned_data["words"], by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Returned to the drafters with your words."))
    return redirect("takedowns:request", pk=asked.pk)


@require(Permission.APPROVE)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a supervisor, the longest-waiting first."""
    user = signed_in(request)
    waiting = (
        TakedownRequest.objects.awaiting_approval()
        .filter(case__team__in=teams_where(user, Permission.APPROVE))
        .select_related("case", "addressee", "submitted_by")
        .annotate(count=Count("items"))
        .order_by("submitted_at")
    )
    free_letters = (
        FreeLetter.objects.awaiting_approval()
        .filter(request__case__team__in=teams_where(user, Permission.APPROVE))
        .select_related("request__case", "request__addressee", "drafted_by")
        .order_by("submitted_at")
    )
    return render(request, "takedowns/approvals.html", {"waiting": waiting, "free_letters": free_letters})


@require_POST
@require(Permission.WORK_CASES)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm the removal of the chosen lines."""
    user = signed_in(request)
    asked = get_request_for(user, pk)
    chosen = [line for line in asked.items.all() if str(line.pk) in set(request.POST.getlist("items"))]
    try:
        made = services.confirm_removals(request=asked, items=chosen, by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = ngettext("%(count)d removal is confirmed.", "%(count)d removals are confirmed.", len(made))
        messages.success(request, done % {"count": len(made)})
    return redirect("takedowns:request", pk=asked.pk)


@require(Permission.WORK_CASES)
def on_statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm one line on the platform's statement only, with the reason."""
    user = signed_in(request)
    line = get_line_for(user, pk)
    form = ReasonForm(request.POST or None)
    why_not = rules.why_not_confirm_on_statement(user, line)
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_on_statement(takedown_item=line, by=user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Confirmed on the platform's statement only."))
            return redirect("takedowns:request", pk=line.request_id)
    words = _(
        "No check can tell whether this item is gone. The confirmation will say, on every page and paper, that it rests"
        " on the platform’s statement only and that we did not verify it."
    )
    label = _("Confirm on the statement only")
    return _line_page(request, line, form, title=label, words=words, label=label, why_not=why_not)


@require(Permission.WORK_CASES)
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Void a line's confirmation, with the reason."""
    user = signed_in(request)
    line = get_line_for(user, pk)
    confirmation = RemovalConfirmation.objects.effective().filter(takedown_item=line).first()
    form = ReasonForm(request.POST or None)
    if confirmation is None:
        messages.error(request, _("Item %(number)s has no confirmation to void.") % {"number": line.number})
        return redirect("takedowns:request", pk=line.request_id)
    if request.method == "POST" and form.is_valid():
        try:
            services.void_confirmation(confirmation=confirmation, by=user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("The confirmation of item %(number)s is void.") % {"number": line.number})
            return redirect("takedowns:request", pk=line.request_id)
    words = _(
        "The confirmation stays readable, marked as void. The item needs a new outcome before the case can be closed."
    )
    title, label = _("Void a confirmation"), _("Void the confirmation")
    return _line_page(request, line, form, title=title, words=words, label=label)


def _line_page(request: HttpRequest, line: TakedownItem, form: ReasonForm, **context: str | None) -> HttpResponse:
    """A decision about one line that wants a reason: `title`, `words`, the button's `label`, and `why_not`."""
    status = 422 if request.method == "POST" else 200
    page = {"line": line, "asked": line.request, "form": form, **context}
    return render(request, "takedowns/line.html", page, status=status)
