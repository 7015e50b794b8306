"""The post office at a glance: numbers, states and times, no words of any mail; and the acts of whoever runs it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from accounts.rules import can
from audit.errors import Refused
from mailroom.models import Alarm, DomainState, IncomingMail
from mailroom.services import alarms, domains, inbox
from takedowns.queries.post_office import post_office


@require_GET
@require(Permission.SEE_MAIL)
def mail(request: HttpRequest) -> HttpResponse:
    """What waits for somebody, where letters go, and how the post moves."""
    user = signed_in(request)
    may = {"may_work": can(user, Permission.WORK_CASES), "may_run": can(user, Permission.RUN_MAIL)}
    return render(request, "takedowns/mail.html", {"post": post_office(user), **may})


@require_POST
@require(Permission.RUN_MAIL)
def close_alarm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person has seen to it, and says how."""
    user, alarm = signed_in(request), get_object_or_404(Alarm, pk=pk)
    reason = request.POST.get("reason", "")
    return _act(request, lambda: alarms.close_alarm(alarm=alarm, by=user, reason=reason), _("The task is closed."))


@require_POST
@require(Permission.RUN_MAIL)
def release_domain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Letters to a domain that was stopped may leave again."""
    user, domain = signed_in(request), get_object_or_404(DomainState, pk=pk)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        lambda: domains.release_domain(domain=domain, by=user, reason=reason),
        _("Letters to this domain leave again."),
    )


@require_POST
@require(Permission.RUN_MAIL)
def try_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A mail that was given up is read once more."""
    user, incoming = signed_in(request), get_object_or_404(IncomingMail.objects.poison(), pk=pk)
    return _act(request, lambda: inbox.try_again(mail=incoming, by=user), _("The mail will be read once more."))


def _act(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, done)
    return redirect("takedowns:mail")
