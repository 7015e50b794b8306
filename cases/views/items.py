"""One item of a case: what the platform says, what we found, what is decided."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import require, signed_in
from accounts.models import User
from accounts.permissions import Permission
from audit.errors import Refused
from cases import rules, services
from cases.forms.cases import CheckForm, OutcomeForm, SightingForm
from cases.guards import get_case_for, items_of
from cases.models import Case, ContentItem
from cases.queries.cases import with_follow_up
from cases.queries.history import history_of_object
from cases.queries.items import item_rows, row_of, with_places
from cases.queries.sayings import asked_of, claims_of, confirmations_of
from cases.states import OutcomeKind, SightingKind
from platforms.states import CheckOutcome

SEEN = "seen"  # the page has several forms: their fields need names of their own


@require_GET
@require(Permission.SEE_CASES)
def item(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    shown = get_case_for(signed_in(request), pk)
    return _page(request, shown, _get(shown, item_pk))


Given = dict[str, Any]
Service = Callable[[User, Case, ContentItem, Given], object]


def _record(
    request: HttpRequest, pk: UUID, item_pk: UUID, *, name: str, form: Form, service: Service, done: str
) -> HttpResponse:
    """Record what a form of the page says; refused, it comes back under its `name` with what was typed."""
    user = signed_in(request)
    shown = get_case_for(user, pk)
    one = _get(shown, item_pk)
    if form.is_valid():
        try:
            service(user, shown, one, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, done)
            return redirect("cases:item", pk=pk, item_pk=item_pk)
    return _page(request, shown, one, **{name: form})


@require_POST
@require(Permission.WORK_CASES)
def record_check(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    def service(user: User, case: Case, one: ContentItem, given: Given) -> object:
        return services.record_check_by_hand(
            case=case,
            item=one,
            by=user,
            outcome=CheckOutcome(given["outcome"]),
            reason=given["why_not"],
            at=given["checked_at"],
            note=given["note"],
        )

    form, done = CheckForm(request.POST), _("The check is recorded.")
    return _record(request, pk, item_pk, name="check_form", form=form, service=service, done=done)


@require_POST
@require(Permission.WORK_CASES)
def record_sighting(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    def service(user: User, case: Case, one: ContentItem, given: Given) -> object:
        return services.record_sighting(
            case=case, item=one, by=user, kind=SightingKind(given["kind"]), at=given["seen_at"], note=given["note"]
        )

    form, done = SightingForm(request.POST, prefix=SEEN), _("It is recorded that the content was seen again.")
    return _record(request, pk, item_pk, name="sighting_form", form=form, service=service, done=done)


@require_POST
@require(Permission.WORK_CASES)
def record_outcome(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    def service(user: User, case: Case, one: ContentItem, given: Given) -> object:
        return services.record_outcome(
            case=case, item=one, by=user, kind=OutcomeKind(given["kind"]), reason=given["reason"]
        )

    form, done = OutcomeForm(request.POST), _("The outcome is recorded.")
    return _record(request, pk, item_pk, name="outcome_form", form=form, service=service, done=done)


def _get(shown: Case, pk: UUID) -> ContentItem:
    rows = with_places(item_rows(items_of(shown), case=shown))
    return get_object_or_404(with_follow_up(rows, case=shown), pk=pk)


def _page(request: HttpRequest, shown: Case, one: ContentItem, **forms: Any) -> HttpResponse:
    """One item. A form that was refused comes back with what was typed."""
    user = signed_in(request)
    outcome_form = (forms.get("outcome_form") or OutcomeForm()).offer_for(one.standing)
    context = {
        "case": shown,
        "item": one,
        "row": row_of(one),
        "asked": asked_of(one, user),
        "claims": claims_of(one, user),
        "confirmations": confirmations_of(one, user),
        "checks": one.checks.select_related("by").order_by("-checked_at", "-recorded_at")[:100],
        "sightings": one.sightings.select_related("by").order_by("-seen_at")[:100],
        "outcomes": one.outcomes.filter(case=shown).select_related("by").order_by("-at"),
        "history": history_of_object(one.pk, case_id=shown.pk, limit=50),
        "why_not_work": rules.why_not_work(user, shown),
        "why_not_see_again": rules.why_not_see_again(user, shown),
        "sighting_form": forms.get("sighting_form") or SightingForm(prefix=SEEN, initial={"seen_at": timezone.now()}),
        "check_form": forms.get("check_form") or CheckForm(initial={"checked_at": timezone.now()}),
        "outcome_form": outcome_form,
        "can_end": outcome_form.offers_anything,
    }
    return render(request, "cases/item.html", context)
