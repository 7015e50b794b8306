"""The list of cases, one case, its end, and the paper about it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from cases import rules, services
from cases.forms.cases import CaseFilterForm, CloseForm
from cases.forms.reports import ReasonForm, chosen_ids
from cases.guards import get_case_for, items_of
from cases.models import Case, ContentItem
from cases.next_step import NextStep, Step, next_step
from cases.queries.cases import RequestRow, asked_before, cases_for, requests_of, unread_replies, with_progress
from cases.queries.history import history_of_case
from cases.queries.items import ItemRow, item_rows, row_of
from cases.queries.progress import progress_of
from cases.queries.reports import reports_of
from cases.queries.tally import Tally, tally
from cases.states import CaseStatus, Standing
from cases.views.triage import without_page

CASES_A_PAGE = 50
ITEMS_A_PAGE = 100
HISTORY, WHOLE_HISTORY = 30, 500


@require_GET
@require(Permission.SEE_CASES)
def cases(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    filters = CaseFilterForm(request.GET)
    listed = with_progress(cases_for(user, filters.wanted()))
    page = Paginator(listed, CASES_A_PAGE).get_page(request.GET.get("page"))
    context = {"filters": filters, "page": page, "query": without_page(request)}
    return render(request, "cases/cases.html", context)


@require_GET
@require(Permission.SEE_CASES)
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    return case_page(request, get_case_for(signed_in(request), pk))


@require_POST
@require(Permission.WORK_CASES)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = signed_in(request)
    shown = get_case_for(user, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            services.close_case(case=shown, by=user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Case %(number)s is closed.") % {"number": shown.number})
            return redirect("cases:outcome", pk=pk)
    return case_page(request, shown, close_form=form)


@require_POST
@require(Permission.WORK_CASES)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = signed_in(request)
    shown = get_case_for(user, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.reopen_case(case=shown, by=user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Case %(number)s is open again.") % {"number": shown.number})
            return redirect("cases:case", pk=pk)
    return case_page(request, shown, reopen_form=form)


@require_POST
@require(Permission.WORK_CASES)
def check_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Order checks of the chosen items, or of all with `all` (or of those at one standing)."""
    user = signed_in(request)
    shown = get_case_for(user, pk)
    items = items_of(shown)
    if wanted := request.POST.get("standing"):
        items = items.filter(standing=wanted)
    elif not request.POST.get("all"):
        items = items.filter(pk__in=chosen_ids(request.POST.getlist("items")))
    try:
        ordered = services.order_case_checks(case=shown, items=items, by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _ordered(ordered))
    return redirect("cases:case", pk=pk)


def _ordered(count: int) -> str:
    if not count:
        return _("These items are waiting for their check already.")
    return ngettext("%(n)d check is ordered.", "%(n)d checks are ordered.", count) % {"n": count}


@require_GET
@require(Permission.SEE_CASES)
def outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper: what was asked, claimed, found and confirmed of each item, and the sums."""
    shown = get_case_for(signed_in(request), pk)
    counted = tally(shown)
    rows = [row_of(item) for item in item_rows(items_of(shown), case=shown)]
    requests = requests_of(shown)
    context = {
        "case": shown,
        **_paper(rows),
        "tally": counted,
        "requests": requests,
        "many_requests": len({row.line.request for row in rows if row.line}) > 1,
        "report_count": shown.case_reports.filter(removed_at=None).count(),
        "sums": _sums(rows),
        "written_at": timezone.now(),
    }
    return render(request, "cases/outcome.html", context)


def _paper(rows: list[ItemRow]) -> dict[str, Any]:
    """The rows, each with the number of the words that it rests on, and below the table what would repeat in each."""
    quotes: dict[str, int] = {}
    lines = []
    for row in rows:
        words = row.claim.quote if row.claim else ""
        lines.append((row, quotes.setdefault(words, len(quotes) + 1) if words else None))
    confirmed = [row.confirmed or row.overtaken for row in rows]
    machines = {row.check.method_label for row in rows if row.check and not row.check.by}
    return {
        "lines": lines,
        "quotes": [(n, words) for words, n in quotes.items()],
        "bases": sorted({(fact.short, fact.label) for fact in confirmed if fact}),
        "machines": sorted(machines),
    }


def _sums(rows: list[ItemRow]) -> dict[str, int]:
    confirmed = [row.confirmed for row in rows if row.confirmed]
    return {
        "items": len(rows),
        "claim_and_check": sum(fact.basis == "claim_and_check" for fact in confirmed),
        "check_alone": sum(fact.basis == "check_alone" for fact in confirmed),
        "statement_only": sum(fact.basis == "statement_only" for fact in confirmed),
        "otherwise": sum(bool(row.ended and not row.confirmed) for row in rows),
        "overtaken": sum(bool(row.overtaken and not row.confirmed and not row.ended) for row in rows),
        "open": sum(not row.confirmed and not row.ended and not row.overtaken for row in rows),
    }


def case_page(request: HttpRequest, shown: Case, **forms: Any) -> HttpResponse:
    """One case. A form that was refused comes back with what was typed."""
    user = signed_in(request)
    counted = tally(shown)
    requests = requests_of(shown)
    wanted = request.GET.get("standing", "")
    page = _items(request, shown, counted, wanted)
    reports = list(reports_of(shown))
    whole = bool(request.GET.get("history"))
    context = {
        "case": shown,
        "tally": counted,
        "page": page,
        "rows": [row_of(item) for item in page],
        "standing": wanted,
        "tabs": _tabs(shown, counted, wanted),
        "requests": requests,
        "requests_count": len(requests),
        "replies": unread_replies(shown),
        "reports": reports,
        "reports_count": len(reports),
        "history": history_of_case(shown.pk, items_of(shown), limit=WHOLE_HISTORY if whole else HISTORY),
        "whole_history": whole,
        "history_limit": HISTORY,
        "next": _next(shown, counted, requests),
        "queued": counted.of(queued=True),
        "progress": progress_of(shown) if counted.of(queued=True) else None,
        "is_open": shown.status == CaseStatus.OPEN,
        "may_work": can(user, Permission.WORK_CASES, shown.team),
        "why_not_work": rules.why_not_work(user, shown),
        "why_not_close": rules.why_not_close(user, shown, counted),
        "close_form": forms.get("close_form") or CloseForm(),
        "reopen_form": forms.get("reopen_form") or ReasonForm(),
        "query": without_page(request),
    }
    return render(request, "cases/case.html", context)


def _next(shown: Case, counted: Tally, requests: list[RequestRow]) -> NextStep:
    found = next_step(status=shown.status, tally=counted, requests=[row.facts for row in requests])
    return replace(found, again=asked_before(shown)) if found.step == Step.ASK else found


def _items(request: HttpRequest, shown: Case, counted: Tally, wanted: str) -> "Page[ContentItem]":
    items = items_of(shown)
    count = counted.items
    if wanted in Standing.values:
        items = items.filter(standing=wanted)
        count = counted.of(Standing(wanted))
    paginator = Paginator(item_rows(items, case=shown), ITEMS_A_PAGE)
    paginator.count = count  # counted already, with the standings
    return paginator.get_page(request.GET.get("page"))


def _tabs(shown: Case, counted: Tally, wanted: str) -> list[dict[str, Any]]:
    url = reverse("cases:case", args=[shown.pk])
    every = {"label": _("All"), "url": f"{url}#items", "active": wanted not in Standing.values, "count": counted.items}
    return [every] + [
        {"label": word, "url": f"{url}?standing={code}#items", "active": wanted == code, "count": count}
        for code, word, count in counted.bar
    ]
