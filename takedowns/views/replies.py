"""Replies beside the item grid, and letters of which nobody knows whether they arrived."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.models import User
from accounts.permissions import Permission
from audit.errors import Refused
from audit.services import log_access
from mailroom.services import inbox
from takedowns import rules, services
from takedowns.forms import GridForm
from takedowns.guards import get_reply_for
from takedowns.models import Reply, TakedownRequest
from takedowns.queries.replies import (
    GridRow,
    facts_of_trust,
    fetch_claims,
    fill_in,
    grid,
    pieces,
    reasons_in_words,
    split_quoted,
    to_look_at_first,
    undoable,
)
from takedowns.states import ClaimKind, ClaimStatus
from takedowns.views.mail_parts import may_frame


@require(Permission.WORK_CASES)
@may_frame
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The reply with the words that were read marked, beside the grid. POST decides the lines."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    fetch_claims(reply)
    rows = grid(reply)
    stands = {row.line.pk: row.claim.kind if row.claim else "" for row in rows}
    form = GridForm(request.POST or None, lines=stands)
    if request.method == "POST" and form.is_valid():
        accepted, rejected = _decisions(form, rows)
        try:
            services.decide_claims(reply=reply, accepted=accepted, rejected=rejected, by=user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Saved. What can be checked is being checked now."))
            return redirect("takedowns:reply", pk=reply.pk)
    log_access(by=user, obj=reply, reason="work on the case", given="reply.text", case_id=reply.request.case_id)
    mail = inbox.read_text(reply.incoming)
    text, quoted = split_quoted(mail)
    decided = undoable(reply, user, at=timezone.now())
    context = {
        "reply": reply,
        "asked": reply.request,
        "case": reply.request.case,
        "rows": fill_in(to_look_at_first(rows, decided), form),
        "form": form,
        "mail": mail,
        "pieces": pieces(reply, text),
        "quoted": quoted.strip(),
        "empty": not text.strip(),
        "kinds": ClaimKind.choices,
        "reasons": reasons_in_words(reply),
        "facts": (facts := facts_of_trust(reply)),
        "doubtful": any(not fact.good and not fact.of_signature for fact in facts),
        "why_not": rules.why_not_decide_claims(user, reply),
        "moved_to": _moved_to(reply, user),
        "undoable": decided,
        "accepted_any": any(row.claim and row.claim.status == ClaimStatus.ACCEPTED for row in rows),
        "claims_open": any(row.claim and row.claim.status == ClaimStatus.PROPOSED for row in rows),
    }
    return render(request, "takedowns/reply.html", context, status=422 if request.method == "POST" else 200)


def _moved_to(reply: Reply, user: User) -> Sequence[Reply]:
    """Where a reply that was moved lies now, as far as this person may see it."""
    if reply.moved_at is None:
        return []
    requests = TakedownRequest.objects.visible_to(user)
    return list(reply.moved_to.filter(request__in=requests).select_related("request"))


def _decisions(form: GridForm, rows: list[GridRow]) -> tuple[dict[UUID, ClaimKind], list[UUID]]:
    """What each row decides; accepting or rejecting all decides for the proposed rows on which nothing was chosen."""
    accepted, rejected = {}, []
    do = form.cleaned_data["do"]
    for row in rows:
        kind = form.cleaned_data[f"claim-{row.line.pk}"]
        decision = form.cleaned_data[f"decision-{row.line.pk}"]
        if not decision and row.claim and row.claim.status == ClaimStatus.PROPOSED:
            decision = {"accept_all": "accept", "reject_all": "reject"}.get(do, "")
        if decision == "accept":
            accepted[row.line.pk] = ClaimKind(kind or (row.claim.kind if row.claim else ""))
        elif decision == "reject":
            rejected.append(row.line.pk)
    return accepted, rejected


@require_POST
@require(Permission.WORK_CASES)
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a reply away that needs nothing more."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    try:
        services.finish_reply(reply=reply, by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("takedowns:reply", pk=reply.pk)
    messages.success(request, _("The reply is marked as read. It stays in the case."))
    return redirect("cases:case", pk=reply.request.case_id)
