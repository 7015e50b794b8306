"""Organisations and their contacts."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from platforms import queries, services
from platforms.forms import ContactForm, OrganisationFilterForm, RecordingForm, TermsForm
from platforms.models import Contact, Organisation

PER_PAGE = 50


@require_GET
@require(Permission.SEE_CASES)
def organisations(request: HttpRequest) -> HttpResponse:
    filters = OrganisationFilterForm(request.GET)
    page = Paginator(queries.organisations(filters.wanted()), PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"filters": filters, "page": page, "query": f"{kept.urlencode()}&" if kept else ""}
    return render(request, "platforms/organisations.html", context)


@require_GET
@require(Permission.SEE_CASES)
def organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Organisation, pk=pk))


@require_POST
@require(Permission.MANAGE_CONTACTS)
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new contact of this organisation, to be tested and then activated by somebody else."""
    shown = get_object_or_404(Organisation, pk=pk)
    form = ContactForm(request.POST, organisation=shown)
    if not form.is_valid():
        return _page(request, shown, propose_form=form)
    try:
        services.propose_contact(organisation=shown, by=signed_in(request), **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _page(request, shown, propose_form=form)
    messages.success(request, _("Proposed. No letter goes there before it is tested and activated."))
    return redirect("platforms:organisation", pk=pk)


@require_POST
@require(Permission.MANAGE_CONTACTS)
def terms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The language of letters and the deadline; requests that are written already keep theirs."""
    shown = get_object_or_404(Organisation, pk=pk)
    form = TermsForm(request.POST, organisation=shown)
    if not form.is_valid():
        return _page(request, shown, terms_form=form)
    services.set_letter_terms(organisation=shown, by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Saved. Requests that are drafted from now on begin with this."))
    return redirect("platforms:organisation", pk=pk)


@require_POST
@require(Permission.APPROVE)
def recording(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Replies against which nothing speaks are recorded without a person from now on, or no longer are."""
    user, shown = signed_in(request), get_object_or_404(Organisation, pk=pk)
    form = RecordingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why this is switched."))
        return redirect("platforms:organisation", pk=pk)
    try:
        services.switch_recording(organisation=shown, by=user, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Switched. It holds for replies that come in from now on."))
    return redirect("platforms:organisation", pk=pk)


@require_POST
@require(Permission.MANAGE_CONTACTS)
def activate(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, contact = signed_in(request), get_object_or_404(Contact, pk=pk)
    done = _("%(email)s is active. Letters may go there.") % {"email": contact.address}
    return _act(request, contact, lambda: services.activate_contact(contact=contact, by=user), done)


@require_POST
@require(Permission.MANAGE_CONTACTS)
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, contact = signed_in(request), get_object_or_404(Contact, pk=pk)
    reason = request.POST.get("reason", "")[:500]
    done = _("%(email)s is retired. Nothing is sent there any more.") % {"email": contact.address}
    return _act(request, contact, lambda: services.retire_contact(contact=contact, reason=reason, by=user), done)


def _act(request: HttpRequest, contact: Contact, deed: Callable[[], Contact], done: str) -> HttpResponse:
    try:
        deed()
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, done)
    return redirect("platforms:organisation", pk=contact.organisation_id)


def _page(
    request: HttpRequest,
    shown: Organisation,
    *,
    propose_form: ContactForm | None = None,
    terms_form: TermsForm | None = None,
) -> HttpResponse:
    user = signed_in(request)
    context = {
        "organisation": shown,
        "cards": queries.cards(shown, user),
        "may_manage": can(user, Permission.MANAGE_CONTACTS),
        "may_switch": can(user, Permission.APPROVE),
        "switched": shown.recording_switches.select_related("by").first(),
        "propose_form": propose_form or ContactForm(organisation=shown),
        "terms_form": terms_form or TermsForm(organisation=shown),
    }
    return render(request, "platforms/organisation.html", context, status=422 if propose_form or terms_form else 200)
