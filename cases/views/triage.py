"""The list of reports: grouping them into cases, setting them aside."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from cases import services
from cases.forms.reports import GroupForm, ReportFilterForm, SetAsideForm, chosen_ids
from cases.guards import get_report_for
from cases.models import Report
from cases.queries.reports import institutions, open_cases_for, reports_for, with_triage_facts
from cases.states import ReportStatus
from cases.views.reports import report_page

PER_PAGE = 50


@require_GET
@require(Permission.SEE_REPORTS)
def reports(request: HttpRequest) -> HttpResponse:
    return _list(request, GroupForm(user=signed_in(request)), chosen=set())


@require_POST
@require(Permission.WORK_CASES)
def group(request: HttpRequest) -> HttpResponse:
    """Put the chosen reports into a case, a new or an open one."""
    user = signed_in(request)
    form = GroupForm(request.POST, user=user)
    ids = chosen_ids(request.POST.getlist("reports"))
    chosen = list(Report.objects.visible_to(user).filter(pk__in=ids))
    if form.is_valid():
        try:
            case = services.group_reports(
                by=user, reports=chosen, case=form.cleaned_data["case"], title=form.cleaned_data["title"]
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("The reports are in case %(number)s.") % {"number": case.number})
            return redirect("cases:case", pk=case.pk)
    return _list(request, form, chosen={report.pk for report in chosen})


@require_POST
@require(Permission.TRIAGE)
def set_aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a report aside as a duplicate or as out of scope, or take it back."""
    user = signed_in(request)
    report = get_report_for(user, pk)
    if request.POST.get("status") == ReportStatus.RECEIVED:
        return _take_back(request, report)
    form = SetAsideForm(request.POST, user=user)
    if form.is_valid():
        try:
            services.set_aside(
                report=report,
                by=user,
                status=ReportStatus(form.cleaned_data["status"]),
                duplicate_of=form.cleaned_data["duplicate_of"],
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Report %(number)s is set aside.") % {"number": report.number})
            return redirect("cases:report", pk=report.pk)
    return report_page(request, report, set_aside_form=form)


def _take_back(request: HttpRequest, report: Report) -> HttpResponse:
    try:
        services.set_aside(report=report, by=signed_in(request), status=ReportStatus.RECEIVED)
        messages.success(request, _("Report %(number)s waits for triage again.") % {"number": report.number})
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("cases:report", pk=report.pk)


def _list(request: HttpRequest, form: GroupForm, *, chosen: set[UUID]) -> HttpResponse:
    user = signed_in(request)
    filters = ReportFilterForm(request.GET)
    page = Paginator(with_triage_facts(reports_for(user, filters.wanted())), PER_PAGE).get_page(request.GET.get("page"))
    may_group = can(user, Permission.WORK_CASES)
    context = {
        "filters": filters,
        "page": page,
        "query": without_page(request),
        "chosen": chosen,
        "form": form,
        "may_group": may_group,
        "choosable": may_group and (form.is_bound or _any_waits(page.object_list)),
        "may_record": can(user, Permission.RECORD_REPORT),
        "open_cases": open_cases_for(user) if may_group else [],
        "institutions": institutions(),
    }
    return render(request, "cases/reports.html", context)


def _any_waits(reports: Iterable[Report]) -> bool:
    """Whether there is a report to put into a case."""
    return any(report.status == ReportStatus.RECEIVED for report in reports)


def without_page(request: HttpRequest, **more: Any) -> str:
    """The address's parameters but for the page, ending in "&" when there are any."""
    kept = request.GET.copy()
    kept.pop("page", None)
    for name, value in more.items():
        kept[name] = value
    return f"{kept.urlencode()}&" if kept else ""
