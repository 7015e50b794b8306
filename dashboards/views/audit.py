"""The pages of those who watch: every act, and every look at what is sealed, filtered. Read only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from dashboards.forms import LooksForm, TrailForm
from dashboards.queries import trail
from dashboards.queries.looks import looks_for, read_looks


@require_GET
@require(Permission.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    filters = TrailForm(request.GET)
    events = trail.events_for(user, filters.wanted())
    context = {
        "filters": filters,
        "slice": trail.read(events, user=user, before=request.GET.get("before", "")),
        "begun": bool(request.GET.get("before")),
        "query": _without_mark(request),
        "everything": trail.sees_everything(user),
        "end": trail.end_of_chain(),
    }
    return render(request, "dashboards/audit.html", context)


@require_GET
@require(Permission.SEE_AUDIT)
def looks(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    filters = LooksForm(request.GET)
    found = looks_for(user, filters.wanted())
    context = {
        "filters": filters,
        "slice": read_looks(found, before=request.GET.get("before", "")),
        "begun": bool(request.GET.get("before")),
        "query": _without_mark(request),
        "everything": trail.sees_everything(user),
    }
    return render(request, "dashboards/looks.html", context)


def _without_mark(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("before", None)
    return f"{kept.urlencode()}&" if kept else ""
