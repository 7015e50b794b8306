"""From the case to a letter that waits for approval."""

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.guards import require, signed_in
from accounts.models import User
from accounts.permissions import Permission
from audit.errors import Refused
from cases.guards import get_case_for
from cases.models import Case, ContentItem
from cases.states import Standing
from platforms.models import Contact, Organisation
from takedowns import rules, services
from takedowns.forms import LetterForm, MeasureForm
from takedowns.guards import get_request_for
from takedowns.models import TakedownRequest
from takedowns.queries.contact_tests import came_back
from takedowns.states import Measure

# Ticked when the page opens: what is still there as far as we know.
TO_ASK = frozenset({Standing.OPEN, Standing.CONTRADICTED, Standing.REAPPEARED})


@require(Permission.WORK_CASES)
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose an addressee, its items, the deadline and the language; POST drafts the request."""
    user = signed_in(request)
    case = get_case_for(user, pk)
    addressees = _addressees(case)
    addressee = _chosen(addressees, request.POST.get("addressee") or request.GET.get("addressee"))
    if addressee is None:
        return render(request, "takedowns/ask_nobody.html", {"case": case})
    measure_form = MeasureForm(request.POST or None)
    measure = Measure(measure_form.cleaned_data["measure"]) if measure_form.is_valid() else Measure.DELETE
    lost = came_back(addressee)
    contact = rules.first_contact(addressee, lost=lost)
    form = _letter_form(request, addressee, contact, lost)
    offer = _offer(user, case, addressee, measure)
    wanted = set(request.POST.getlist("items"))
    if request.method == "POST" and not wanted:
        form.add_error(None, _("Choose at least one item."))
    if request.method == "POST" and form.is_valid() and measure_form.is_valid():
        try:
            made = services.draft_request(
                case=case,
                items=[item for item in offer["items"] if str(item.pk) in wanted],
                by=user,
                measure=measure,
                **form.cleaned_data,
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(
                request, _("Request %(number)s is drafted. Read the letter before you submit it.") % {"number": made}
            )
            return redirect("takedowns:request", pk=made.pk)
    return render(
        request,
        "takedowns/ask.html",
        {
            "case": case,
            "addressees": addressees,
            "addressee": addressee,
            **offer,
            "ticked": wanted if request.method == "POST" else _to_ask(offer["items"]),
            "form": form,
            "measure_form": measure_form,
            "why_not": rules.why_not_ask(user, case, contact),
        },
        status=422 if request.method == "POST" else 200,
    )


def _to_ask(items: Iterable[ContentItem]) -> set[str]:
    return {str(item.pk) for item in items if item.standing in TO_ASK}


def _letter_form(
    request: HttpRequest, addressee: Organisation, contact: Contact | None, lost: Collection[str]
) -> LetterForm:
    """The letter's choices, at first as the addressee's contact and deadline suggest."""
    return LetterForm(
        request.POST or None,
        addressee=addressee,
        lost=lost,
        initial={
            "contact": contact,
            "language": contact.language if contact else addressee.language,
            "deadline_hours": addressee.deadline_hours,
        },
    )


def _offer(user: User, case: Case, addressee: Organisation, measure: Measure) -> dict[str, Any]:
    """What can be asked for in one letter, how much more in others, and the open requests that hold the rest."""
    askable = rules.askable(case, addressee, measure)
    held = rules.in_the_way(case, addressee, measure)
    seen = set(TakedownRequest.objects.visible_to(user).filter(pk__in=[each.pk for each in held]))
    return {
        "items": askable[: rules.MAX_ITEMS],
        "more": max(0, len(askable) - rules.MAX_ITEMS),
        "in_the_way": [each for each in held if each in seen],
        "elsewhere": len(held) - len(seen),
    }


def _addressees(case: Case) -> list[Organisation]:
    return list(
        Organisation.objects.filter(items__case_items__case=case, items__case_items__removed_at=None)
        .distinct()
        .order_by("name")
    )


def _chosen(addressees: list[Organisation], code: str | None) -> Organisation | None:
    named = [organisation for organisation in addressees if organisation.code == code]
    return next(iter(named or addressees), None)


@require(Permission.WORK_CASES)
def revise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the next revision of a draft's letter."""
    user = signed_in(request)
    asked = get_request_for(user, pk)
    latest = asked.revisions.order_by("-n")[0]
    form = LetterForm(
        request.POST or None,
        addressee=asked.addressee,
        lost=came_back(asked.addressee),
        initial={
            "contact": asked.contact,
            "language": asked.language,
            "deadline_hours": asked.deadline_hours,
            "message": latest.message,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_letter(request=asked, by=user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("The letter is saved as a new revision."))
            return redirect("takedowns:request", pk=asked.pk)
    return render(
        request,
        "takedowns/revise.html",
        {"asked": asked, "form": form, "why_not": rules.why_not_edit(user, asked)},
        status=422 if request.method == "POST" else 200,
    )


Service = Callable[..., TakedownRequest]


def _act(request: HttpRequest, pk: UUID, service: Service, done: str) -> HttpResponse:
    user = signed_in(request)
    asked = get_request_for(user, pk)
    try:
        service(request=asked, by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, done)
    return redirect("takedowns:request", pk=asked.pk)


@require_POST
@require(Permission.WORK_CASES)
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, services.submit, _("Submitted. A supervisor who did not write the letter decides."))


@require_POST
@require(Permission.WORK_CASES)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = _("Withdrawn. Nothing was sent; the items can be asked for again.")
    return _act(request, pk, services.withdraw, done)


@require_POST
@require(Permission.WORK_CASES)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, services.close_request, _("The request is closed."))
