"""The desk: what waits for this person; and the lists behind its figures. Read only."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.guards import require, signed_in
from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import can
from accounts.templatetags.portal import relative
from audit.states import Action
from cases.queries.cases import cases_for, with_progress
from cases.queries.reports import reports_for, with_triage_facts
from cases.states import CaseStatus, ReportStatus
from dashboards.queries import people, trail, waiting, week
from dashboards.queries.waiting import LISTS, Kind, Waiting
from takedowns.queries.tray import TrayFigures, in_tray, judged, oldest

TOP = 8
SHORT_LISTS = 3
ALWAYS_LISTED = (Kind.REPLIES, Kind.CONTRADICTED)
PER_PAGE = 50


@dataclass(frozen=True)
class Figure:
    label: str | Promise
    value: int
    url: str
    tone: str = ""
    note: str = ""


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, whichever roles they hold."""
    user = signed_in(request)
    kinds = waiting.kinds_for(user)
    lists: dict[str, Any] = {kind.name: LISTS[kind].list(user) for kind in kinds}
    may_triage, may_approve = can(user, Permission.TRIAGE), can(user, Permission.APPROVE)
    if may_triage:
        lists["reports"] = reports_for(user, {"status": ReportStatus.RECEIVED})
    if may_approve:
        lists["approvals"] = waiting.approvals(user)
    works = bool(lists)
    if can(user, Permission.SEE_MAIL):
        lists["tray"] = in_tray()
    counted = waiting.counts(user, lists, oldest_mail=oldest())
    tray = judged(counted["tray"], counted["oldest_mail"]) if "tray" in counted else None
    context = {
        "figures": _figures(counted, kinds)
        + ([figure_of_tray(user, tray)] if tray else [])
        + _accounts(user)
        + _watched(user),
        "tray": tray,
        "idle": works and not any(counted[name] for name in lists),
        "approvals": _approvals(user) if counted.get("approvals") else [],
        "replies": LISTS[Kind.REPLIES].list(user)[:TOP] if counted.get("REPLIES") else [],
        "contradicted": LISTS[Kind.CONTRADICTED].list(user)[:TOP] if counted.get("CONTRADICTED") else [],
        "short_lists": _short_lists(user, kinds, counted),
        "reports": _oldest(lists["reports"]) if counted.get("reports") else [],
        "own_reports": _own_reports(user),
        "own_cases": _own_cases(user),
        "acts": _acts(user),
        "stuck": people.stuck() if can(user, Permission.MANAGE_ACCOUNTS) else [],
        "may_record": can(user, Permission.RECORD_REPORT),
        "works": works,
        "may_manage": can(user, Permission.MANAGE_ACCOUNTS),
    }
    return render(request, "dashboards/desk.html", context)


def _figures(counted: dict[str, int], kinds: list[Kind]) -> list[Figure]:
    rows = []
    if "approvals" in counted:
        rows.append(
            Figure(_("Waiting for your approval"), counted["approvals"], reverse("takedowns:approvals"), "warn")
        )
    if "reports" in counted:
        url = f"{reverse('cases:reports')}?status={ReportStatus.RECEIVED}"
        rows.append(Figure(_("Reports to triage"), counted["reports"], url))
    return rows + [figure_of(kind, counted[kind.name]) for kind in kinds if waiting.is_shown(kind, counted)]


def figure_of(kind: Kind, count: int) -> Figure:
    """The figure that leads to this list."""
    row = LISTS[kind]
    return Figure(row.label, count, reverse("dashboards:waiting", args=[kind.value]), row.tone if count else "")


def figure_of_tray(user: User, tray: TrayFigures) -> Figure:
    """Mail that found no request; who may not read it is led to the page of the mail."""
    page = "takedowns:tray" if can(user, Permission.WORK_CASES) else "takedowns:mail"
    return Figure(_("Mail without a request"), tray.count, reverse(page), "bad" if tray.alarming else "")


def _short_lists(user: User, kinds: list[Kind], counted: dict[str, int]) -> list[tuple[Waiting, Any]]:
    """A few entries are shown under the figures, so that nobody has to open a list for them."""
    told = [kind for kind in kinds if kind not in ALWAYS_LISTED and 0 < counted[kind.name] <= TOP]
    return [(LISTS[kind], LISTS[kind].list(user)) for kind in told[:SHORT_LISTS]]


def _approvals(user: User) -> Any:
    rows = waiting.approvals(user).select_related("case", "addressee", "submitted_by")
    return rows.order_by("submitted_at")[:TOP]


def _oldest(reports: Any) -> Any:
    return with_triage_facts(reports.order_by("received_at"))[:TOP]


def _own_reports(user: User) -> Any:
    """Whoever only takes reports in sees what became of their own."""
    if not can(user, Permission.RECORD_REPORT) or can(user, Permission.WORK_CASES):
        return []
    return with_triage_facts(reports_for(user, {}).filter(recorded_by=user))[:TOP]


def _own_cases(user: User) -> Any:
    """One's own open cases, those first whose next deadline is nearest."""
    if not can(user, Permission.WORK_CASES):
        return []
    own = with_progress(cases_for(user, {"status": CaseStatus.OPEN, "mine": True}))
    return own.order_by(F("next_due").asc(nulls_last=True), "-opened_at")[:TOP]


def _watches(user: User) -> bool:
    return can(user, Permission.SEE_AUDIT) and not can(user, Permission.WORK_CASES)


def _watched(user: User) -> list[Figure]:
    """What the last days brought, for those who watch and do not work."""
    if not _watches(user):
        return []
    told = week.week(user)
    trail_page, days = reverse("dashboards:audit"), _("in the last %(n)d days") % {"n": week.DAYS}
    since = f"?since={timezone.localtime(told.since):%Y-%m-%dT%H:%M}"
    seen = f"{trail_page}{since}"
    figures = [Figure(_("Acts"), told.acts, seen, note=days)]
    if told.everything:
        failed, locked = (f"{seen}&action={action}" for action in (Action.SIGN_IN_FAILED, Action.SIGN_IN_LOCKED))
        refused = _("Log-ins refused after too many attempts")
        figures.append(Figure(_("Log-ins that failed"), told.failed, failed, note=days))
        figures.append(Figure(refused, told.locked, locked, "warn" if told.locked else "", days))
    looked = f"{reverse('dashboards:looks')}{since}"
    figures.append(Figure(_("Looks at sealed words"), told.looks, looked, note=days))
    if end := trail.end_of_chain():
        last = _("the last one %(how_far)s") % {"how_far": relative(end.at)}
        figures.append(Figure(_("Links of the audit chain"), end.seq, trail_page, note=last))
    return figures


def _acts(user: User) -> Any:
    """The latest acts, for those who watch and do not work."""
    if not _watches(user):
        return []
    return trail.read(trail.events_for(user, {}), user=user, size=TOP).events


def _accounts(user: User) -> list[Figure]:
    if not can(user, Permission.MANAGE_ACCOUNTS):
        return []
    url = reverse("accounts:people")
    told = people.counts()
    return [
        Figure(_("Accounts in use"), told.open, url),
        Figure(_("One-time passwords not changed yet"), told.temporary, url),
        Figure(_("Without a role"), told.without_role, url, "warn" if told.without_role else ""),
        Figure(_("Log-ins locked now"), told.locked, url, "warn" if told.locked else ""),
    ]


@require_GET
@require(Permission.SEE_CASES)
def waiting_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows behind one figure."""
    user = signed_in(request)
    if kind not in list(Kind):
        raise Http404
    row = LISTS[Kind(kind)]
    page = Paginator(row.list(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "dashboards/waiting.html", {"list": row, "page": page})
