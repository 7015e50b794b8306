"""The post office at a glance: numbers, states and times, no words of any mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from takedowns.queries.post_office import post_office
from takedowns.queries.tray import tray_figures


@require(Permission.SEE_MAIL)
def mail(request: HttpRequest) -> HttpResponse:
    """Letters that need a person, and how much mail found no request."""
    may_work = can(signed_in(request), Permission.WORK_CASES)
    return render(request, "takedowns/mail.html", {"tray": tray_figures(), "may_work": may_work, **post_office()})
