"""Recording a report, what is known of its links, reading it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from cases import rules, services
from cases.forms.reports import GroupForm, ReasonForm, ReportForm, SetAsideForm
from cases.guards import get_report_for
from cases.models import Report
from cases.queries.history import history_of_object
from cases.queries.known import what_is_known
from cases.queries.reports import institutions, lines_of, open_cases_for, pseudonyms_for
from cases.states import ReportStatus
from cases.words import LINK_ERRORS


@require_http_methods(["GET", "POST"])
@require(Permission.RECORD_REPORT)
def new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method == "GET":
        return _form_page(request, ReportForm(user=user, initial=ReportForm.fresh()))
    form = ReportForm(request.POST, user=user)
    if form.is_valid():
        try:
            report = services.record_report(by=user, **form.recording())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("Report %(number)s is recorded.") % {"number": report.number})
            if unread := report.lines.exclude(error="").count():
                words = _("Lines that could not be read as links: %(n)s of %(of)s. They are kept and marked below.")
                messages.warning(request, words % {"n": unread, "of": report.lines.count()})
            return redirect("cases:report", pk=report.pk)
    return _form_page(request, form)


@require_POST
@require(Permission.RECORD_REPORT)
def known(request: HttpRequest) -> HttpResponse:
    """The form as it was typed, with what is known of its links beside it. Saves nothing."""
    user = signed_in(request)
    text = request.POST.get("links", "")
    problems = rules.why_not_links(text)
    lines = what_is_known(user, text) if not problems or _is_readable(problems) else []
    form = ReportForm(user=user, initial=request.POST.dict())
    return _form_page(request, form, asked=True, known=lines, known_problem="" if lines else " ".join(problems))


@require_GET
@require(Permission.SEE_REPORTS)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return report_page(request, get_report_for(signed_in(request), pk))


@never_cache
@require_POST
@require(Permission.READ_SEALED)
def words(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sealed words and lines, once, for a reason. The answer is kept nowhere."""
    user = signed_in(request)
    report = get_report_for(user, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            told, raw = services.read_sealed_report(report=report, by=user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            lines = [(line, text) for line, text in zip(lines_of(report), raw, strict=True)]
            context = {"report": report, "told": told, "lines": _with_errors(lines), "lines_count": len(lines)}
            return render(request, "cases/report_words.html", context)
    return report_page(request, report, words_form=form)


def report_page(request: HttpRequest, report: Report, **forms: Any) -> HttpResponse:
    """One report. A form that was refused comes back with what was typed."""
    user = signed_in(request)
    in_cases = list(report.case_reports.filter(removed_at=None).select_related("case").order_by("added_at"))
    lines = [(line, "") for line in lines_of(report)]
    context = {
        "report": report,
        "lines": _with_errors(lines),
        "lines_count": len(lines),
        "in_cases": in_cases,
        "may_see_cases": can(user, Permission.SEE_CASES, report.team),
        "history": history_of_object(report.pk),
        "why_not_group": rules.why_not_group(user, report, None),
        "may_triage": can(user, Permission.TRIAGE, report.team),
        "may_take_back": can(user, Permission.TRIAGE, report.team)
        and rules.why_not_move_report(report, ReportStatus.RECEIVED) is None,
        "why_not_read": rules.why_not_read_sealed(user, report),
        "open_cases": open_cases_for(user) if report.status == ReportStatus.RECEIVED else [],
        "words_form": forms.get("words_form") or ReasonForm(),
        "set_aside_form": forms.get("set_aside_form") or SetAsideForm(user=user),
        "group_form": forms.get("group_form") or GroupForm(user=user),
    }
    return render(request, "cases/report.html", context)


def _with_errors(lines: list[tuple[Any, str]]) -> list[dict[str, Any]]:
    return [{"line": line, "text": text, "error": LINK_ERRORS.get(line.error, line.error)} for line, text in lines]


def _form_page(request: HttpRequest, form: ReportForm, **known: Any) -> HttpResponse:
    user = signed_in(request)
    context = {
        "form": form,
        "institutions": institutions(),
        "pseudonyms": pseudonyms_for(user),
        "may_see_cases": can(user, Permission.SEE_CASES),
        **known,
    }
    return render(request, "cases/report_new.html", context)


def _is_readable(problems: list[str]) -> bool:
    """More than one sentence: there is one for each line, so the lines themselves can be shown."""
    return len(problems) > 1
