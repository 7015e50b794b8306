"""Lists of reports for triage."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import teams_where
from cases.models import Case, CaseReport, Institution, Locator, Report, ReportLine, Victim
from cases.queries.known import stored_key
from cases.states import CaseStatus
from platforms.locators import LinkError, parse


def reports_for(user: User, wanted: dict[str, Any]) -> QuerySet[Report]:
    """The reports that the person may see, newest first, narrowed by the filters of `ReportFilterForm`."""
    reports = Report.objects.visible_to(user)
    for name in ("status", "source", "severity"):
        if value := wanted.get(name):
            reports = reports.filter(**{name: value})
    if name := (wanted.get("institution") or "").strip():
        reports = reports.filter(institution__name__icontains=name)
    if text := (wanted.get("q") or "").strip():
        reports = reports.filter(
            Q(number__icontains=text)
            | Q(source_reference__icontains=text)
            | Q(institution__name__icontains=text)
            | Q(victim__pseudonym__iexact=text)
            | Exists(ReportLine.objects.filter(report=OuterRef("pk"), locator__in=places_like(text)))
        )
    return reports


def places_like(text: str) -> QuerySet[Locator]:
    """Places whose address contains the text, or to which it leads when it is itself a link."""
    contains = Q(url__icontains=text)
    try:
        locator = parse(text)
    except LinkError:
        return Locator.objects.filter(contains)
    return Locator.objects.filter(contains | Q(kind=locator.kind, key=stored_key(locator)))


def with_triage_facts(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Annotate `links`, `errors`, `first_link`, `case_number`, `case_pk`. No query more than the list itself."""
    lines = ReportLine.objects.filter(report=OuterRef("pk")).order_by()
    cases = CaseReport.objects.filter(report=OuterRef("pk"), removed_at=None).order_by("-added_at")
    return reports.select_related("team", "institution", "victim", "recorded_by", "duplicate_of").annotate(
        links=_count(lines.filter(error="")),
        errors=_count(lines.exclude(error="")),
        first_link=Subquery(lines.filter(error="").order_by("n").values("locator__url")[:1]),
        case_number=Subquery(cases.values("case__number")[:1]),
        case_pk=Subquery(cases.values("case")[:1]),
    )


def reports_of(case: Case) -> QuerySet[Report]:
    """The reports that are in the case now, the oldest first. One query."""
    held = case.reports.filter(case_reports__case=case, case_reports__removed_at=None)
    return with_triage_facts(held).order_by("received_at", "number")


def _count(lines: QuerySet[ReportLine]) -> Subquery:
    return Subquery(lines.values("report").annotate(n=Count("pk")).values("n"))


def lines_of(report: Report) -> QuerySet[ReportLine]:
    """The report's lines with the item that each leads to. One query."""
    return report.lines.select_related("locator__content_item", "locator__organisation").defer("raw")


def institutions() -> QuerySet[Institution]:
    """Names to offer while typing."""
    return Institution.objects.order_by("name")[:500]


def pseudonyms_for(user: User) -> QuerySet[Victim]:
    """Pseudonyms to offer while typing: the latest of the person's own teams."""
    return Victim.objects.filter(team__in=teams_where(user, Permission.RECORD_REPORT)).order_by("-recorded_at")[:200]


def open_cases_for(user: User) -> QuerySet[Case]:
    """Cases to offer while typing: the latest that the person may work on."""
    teams = teams_where(user, Permission.WORK_CASES)
    return Case.objects.filter(team__in=teams, status=CaseStatus.OPEN).order_by("-opened_at")[:100]
