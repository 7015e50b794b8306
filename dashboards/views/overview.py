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
from dashboards.views.desk import TOP, figure_of


@require_GET
@require(Permission.SEE_DASHBOARD)
def overview(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    kinds = [Kind.RUNNING, Kind.OVERDUE, Kind.REPLIES, Kind.CONTRADICTED, Kind.CONFIRM, Kind.REFUSED, Kind.LETTERS]
    cases = Case.objects.visible_to(user)
    lists: dict[str, Any] = {kind.name: LISTS[kind].list(user) for kind in kinds}
    lists["approvals"] = waiting.all_approvals(user)
    lists["open_cases"] = cases.filter(status=CaseStatus.OPEN)
    lists["confirmed"] = figures.confirmations(user)
    counted = waiting.counts(user, lists)
    late = LISTS[Kind.OVERDUE].list(user)[:TOP]
    context: dict[str, Any] = {
        "counted": counted,
        "figures": [figure_of(kind, counted[kind.name]) for kind in kinds],
        "may_approve": can(user, Permission.APPROVE),
        "approvals": waiting.all_approvals(user).select_related("case", "addressee", "submitted_by")[:TOP],
        "deadlines": [*late, *LISTS[Kind.RUNNING].list(user)[: TOP - len(late)]],
        "standings": figures.standings(user),
        "platforms": behaviour.behaviour(user),
        "in_all": figures.times_in_all(user),
        "times": figures.times(user),
    }
    context["items"] = sum(count for _code, _word, count in context["standings"])
    return render(request, "dashboards/overview.html", context)
