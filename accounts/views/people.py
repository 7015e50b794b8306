"""The administrator's pages about people."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import lockout, rules, services
from accounts.forms import PersonForm, RolesForm, TeamForm, chosen
from accounts.guards import require, signed_in
from accounts.models import Membership, User
from accounts.permissions import Permission
from audit.errors import Refused

manager = require(Permission.MANAGE_ACCOUNTS)


@require_GET
@manager
def people(request: HttpRequest) -> HttpResponse:
    roles = Prefetch("memberships", Membership.objects.select_related("team").order_by("pk"))
    listed = User.objects.prefetch_related(roles).order_by("-is_active", "name", "username")
    return render(request, "accounts/people.html", {"people": listed})


@never_cache
@require_http_methods(["GET", "POST"])
@manager
def add(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = services.create_person(**form.cleaned_data, by=signed_in(request))
            if not password:
                messages.success(request, _("%(name)s is added.") % {"name": person.name})
                return redirect("accounts:person", pk=person.pk)
            return _show_password(request, person, password)
        except Refused as refused:
            form.add_error(None, refused.reason)
    return render(request, "accounts/people_add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@manager
def add_team(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = services.create_team(**form.cleaned_data, by=signed_in(request))
            messages.success(request, _("The team %(name)s is made.") % {"name": team.label})
            return redirect("accounts:people")
        except Refused as refused:
            form.add_error(None, refused.reason)
    return render(request, "accounts/people_team.html", {"form": form})


@require_http_methods(["GET", "POST"])
@manager
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person; POST sets the roles."""
    shown = get_object_or_404(User, pk=pk)
    form = RolesForm(initial={"roles": chosen(shown)})
    if request.method == "POST":
        form = RolesForm(request.POST)
        if form.is_valid():
            try:
                services.set_roles(person=shown, roles=form.cleaned_data["roles"], by=signed_in(request))
                messages.success(request, _("The roles of %(name)s are changed.") % {"name": shown.name})
                return redirect("accounts:person", pk=pk)
            except Refused as refused:
                form.add_error(None, refused.reason)
    return _show_person(request, shown, form)


@never_cache
@require_POST
@manager
def one_time_password(request: HttpRequest, pk: UUID) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    try:
        password = services.reset_password(person=shown, by=signed_in(request))
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("accounts:person", pk=pk)
    return _show_password(request, shown, password)


@require_POST
@manager
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let somebody sign in again at once who is locked out."""
    shown = get_object_or_404(User, pk=pk)
    try:
        services.release_sign_in(person=shown, by=signed_in(request))
        messages.success(request, _("%(name)s can sign in again at once.") % {"name": shown.name})
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("accounts:person", pk=pk)


@require_POST
@manager
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    try:
        services.deactivate_person(person=shown, by=signed_in(request))
        messages.success(request, _("The account of %(name)s is closed.") % {"name": shown.name})
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("accounts:person", pk=pk)


@require_POST
@manager
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    try:
        services.reactivate_person(person=shown, by=signed_in(request))
        messages.success(request, _("The account of %(name)s is open again.") % {"name": shown.name})
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("accounts:person", pk=pk)


def _show_person(request: HttpRequest, shown: User, form: RolesForm) -> HttpResponse:
    by = signed_in(request)
    context = {
        "person": shown,
        "form": form,
        "why_not_roles": rules.why_not_set_roles(by, shown, []),
        "why_not_manage": rules.why_not_manage(by, shown),
        "is_partner": rules.is_partner(shown),
        "lock": lockout.lock_of(shown),
    }
    return render(request, "accounts/people_person.html", context)


def _show_password(request: HttpRequest, shown: User, password: str) -> HttpResponse:
    """The one page that ever shows it: it goes through no redirect, session or message."""
    return render(request, "accounts/people_password.html", {"person": shown, "password": password})
