"""The unmatched tray: mail that found no request is filed by a person, or set aside."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import require, signed_in
from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from audit.services import log_access
from mailroom.models import IncomingMail
from mailroom.services import inbox
from mailroom.states import IncomingState
from takedowns import services, tray_rules
from takedowns.forms import FileMailForm, MoveReplyForm, SetAsideForm
from takedowns.guards import get_reply_for, get_unmatched
from takedowns.models import Letter, Reply, SetAside, TakedownRequest
from takedowns.queries.replies import split_quoted
from takedowns.queries.suggestions import Suggestion, suggestions
from takedowns.queries.tray import aside, in_tray, on_the_table, tray_figures
from takedowns.views.mail_parts import may_frame


@require_GET
@require(Permission.WORK_CASES)
def tray(request: HttpRequest) -> HttpResponse:
    """Mail without a request, the oldest first; on its other tab what was set aside."""
    which = "aside" if request.GET.get("show") == "aside" else "waiting"
    rows = aside().prefetch_related("set_asides__by") if which == "aside" else in_tray()
    page = Paginator(rows.defer("sealed"), 50).get_page(request.GET.get("page"))
    figures = tray_figures()
    address = reverse("takedowns:tray")
    tabs = [
        {"label": _("To be filed"), "url": address, "active": which == "waiting", "count": figures.count},
        {"label": _("Set aside"), "url": f"{address}?show=aside", "active": which == "aside", "count": None},
    ]
    context = {"page": page, "which": which, "figures": figures, "tabs": tabs}
    return render(request, "takedowns/tray.html", context)


@require_GET
@require(Permission.WORK_CASES)
@may_frame
def unmatched_mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One mail that found no request, with the requests that it may belong to. The look is logged."""
    user = signed_in(request)
    incoming = on_the_table(pk)
    if incoming is None:
        return _to_its_reply(user, pk)
    return _shown(request, user, incoming)


@require_POST
@require(Permission.WORK_CASES)
@may_frame
def file_mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """File it under the requests that were ticked or written down."""
    user = signed_in(request)
    incoming = get_unmatched(pk)
    form = FileMailForm(request.POST, user=user)
    if form.is_valid():
        try:
            replies = services.file_mail(incoming=incoming, requests=form.cleaned_data["chosen"], by=user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _filed(replies))
            return redirect("takedowns:reply", pk=replies[0].pk) if len(replies) == 1 else _to_the_next()
    return _shown(request, user, incoming, form=form)


@require_POST
@require(Permission.WORK_CASES)
@may_frame
def set_aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is not ours."""
    user = signed_in(request)
    incoming = get_unmatched(pk)
    form = SetAsideForm(request.POST)
    if form.is_valid():
        try:
            services.set_aside(incoming=incoming, reason=form.cleaned_data["reason"], by=user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Set aside as not ours. It is kept and can be brought back."))
            return _to_the_next()
    return _shown(request, user, incoming, aside_form=form)


@require_POST
@require(Permission.WORK_CASES)
def bring_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It may be ours after all."""
    incoming = get_unmatched(pk)
    try:
        services.bring_back(incoming=incoming, by=signed_in(request))
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("The mail lies in the tray again."))
    return redirect("takedowns:unmatched_mail", pk=incoming.pk)


@require(Permission.WORK_CASES)
def move_reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A reply that lies under the wrong request goes to the right one; it stays where it was, as moved."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    form = MoveReplyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            moved = services.refile(reply=reply, requests=cleaned["chosen"], reason=cleaned["reason"], by=user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _filed(moved))
            return redirect("takedowns:reply", pk=moved[0].pk)
    log_access(by=user, obj=reply, reason="work on the case", given="reply.text", case_id=reply.request.case_id)
    mail = inbox.read_text(reply.incoming)
    text, quoted = split_quoted(mail)
    context = {
        "reply": reply,
        "asked": reply.request,
        "mail": mail,
        "text": text,
        "quoted": quoted.strip(),
        "form": form,
        "suggestions": _ticked(suggestions(user, reply.incoming, mail, leave_out=[reply.request_id]), form),
        "why_not": tray_rules.why_not_refile(user, reply),
    }
    return render(request, "takedowns/move_reply.html", context, status=422 if request.method == "POST" else 200)


def _shown(
    request: HttpRequest,
    user: User,
    incoming: IncomingMail,
    *,
    form: FileMailForm | None = None,
    aside_form: SetAsideForm | None = None,
) -> HttpResponse:
    bound = form or aside_form
    form = form or FileMailForm(user=user)
    log_access(by=user, obj=incoming, reason="mail without a request", given="mail.text")
    mail = inbox.read_text(incoming) if incoming.sealed else None
    standing = SetAside.objects.standing().filter(incoming=incoming).select_related("by").first()
    found = suggestions(user, incoming, mail) if mail and not standing else []
    given_up = incoming.state == IncomingState.POISON
    context = {
        "incoming": incoming,
        "mail": mail,
        "aside": standing,
        "answers": _answers(user, incoming) if given_up else [],
        "given_up": given_up,
        "deliveries": incoming.raw.deliveries.all() if given_up else [],
        "may_run": given_up and can(user, Permission.RUN_MAIL),
        "suggestions": _ticked(found, form),
        "form": form,
        "aside_form": aside_form or SetAsideForm(),
        "may_file": mail is not None and incoming.state == IncomingState.PARSED,
    }
    return render(request, "takedowns/unmatched_mail.html", context, status=422 if bound else 200)


def _answers(user: User, incoming: IncomingMail) -> Sequence[Letter]:
    """The letters that a mail which cannot be read was sent to answer, as far as this person may see them."""
    letters = Letter.objects.filter(
        mail__matches__incoming=incoming, request__in=TakedownRequest.objects.visible_to(user)
    )
    return list(letters.select_related("request"))


def _ticked(found: Sequence[Suggestion], form: FileMailForm) -> list[dict[str, Any]]:
    ticked = set(form.data.getlist("requests")) if isinstance(form.data, QueryDict) else set()
    return [{"told": one, "ticked": str(one.request.pk) in ticked} for one in found]


def _to_its_reply(user: User, pk: UUID) -> HttpResponse:
    """Somebody was quicker: where the mail is filed now, as far as this person may see it."""
    requests = TakedownRequest.objects.visible_to(user)
    reply = Reply.objects.standing().filter(incoming=pk, request__in=requests).order_by("filed_at").first()
    if reply is None:
        raise Http404
    return redirect("takedowns:reply", pk=reply.pk)


def _to_the_next() -> HttpResponse:
    """The mail that has waited longest, or the empty tray."""
    following = in_tray().first()
    return redirect("takedowns:unmatched_mail", pk=following.pk) if following else redirect("takedowns:tray")


def _filed(replies: Sequence[Reply]) -> str:
    numbers = ", ".join(reply.request.number for reply in replies)
    if len(replies) == 1:
        return _("Filed under %(numbers)s.") % {"numbers": numbers}
    return _("Filed under %(numbers)s. Nothing is proposed from it: please read it there.") % {"numbers": numbers}
