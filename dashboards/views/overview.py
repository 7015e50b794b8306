"""The supervisor's overview: deadlines, standings, how platforms behave. Read only."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from cases.models import Case
from cases.states import CaseStatus
from dashboards.queries import behaviour, figures, waiting
from dashboards.queries.waiting import LISTS, Kind
from dashboards.views.desk import TOP, figure_of, figure_of_tray
from takedowns.queries.tray import in_tray, judged, oldest


@require_GET
@require(Permission.SEE_DASHBOARD)
def overview(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    kinds = [Kind.RUNNING, Kind.OVERDUE, Kind.REPLIES, Kind.CONTRADICTED, Kind.CONFIRM, Kind.REFUSED]
    kinds += [Kind.LETTERS, Kind.TO_ENTER]
    cases = Case.objects.visible_to(user)
    lists: dict[str, Any] = {kind.name: LISTS[kind].list(user) for kind in kinds}
    lists["approvals"] = waiting.all_approvals(user)
    lists["open_cases"] = cases.filter(status=CaseStatus.OPEN)
    lists["confirmed"] = figures.confirmations(user)
    if can(user, Permission.SEE_MAIL):
        lists["tray"] = in_tray()
    counted = waiting.counts(user, lists, oldest_mail=oldest())
    late = LISTS[Kind.OVERDUE].list(user)[:TOP]
    context: dict[str, Any] = {
        "counted": counted,
        "figures": [figure_of(kind, counted[kind.name]) for kind in kinds if waiting.is_shown(kind, counted)],
        "tray": judged(counted["tray"], counted["oldest_mail"]) if "tray" in counted else None,
        "may_approve": can(user, Permission.APPROVE),
        "approvals": waiting.all_approvals(user).select_related("case", "addressee", "submitted_by")[:TOP],
        "deadlines": [*late, *LISTS[Kind.RUNNING].list(user)[: TOP - len(late)]],
        "standings": figures.standings(user),
        "platforms": behaviour.behaviour(user),
        "in_all": figures.times_in_all(user),
        "times": figures.times(user),
    }
    if context["tray"]:
        context["figures"].append(figure_of_tray(user, context["tray"]))
    context["items"] = sum(count for _code, _word, count in context["standings"])
    return render(request, "dashboards/overview.html", context)
