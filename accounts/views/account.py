"""One's own account: the name shown, the password, the last log-ins, signing out elsewhere."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.forms import NameForm, PasswordForm
from accounts.guards import signed_in
from audit.errors import Refused
from audit.models import Event
from audit.states import Action

LOG_INS = (Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED, Action.SIGN_IN_LOCKED, Action.SIGN_IN_RELEASED)
LOG_INS_SHOWN = 10


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """The name that colleagues see."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            services.set_name(name=form.cleaned_data["name"], by=signed_in(request))
        except Refused as refused:
            form.add_error("name", refused.reason)
        else:
            messages.success(request, _("You are shown as %(name)s from now on.") % {"name": signed_in(request).name})
            return redirect("accounts:account")
    return _page(request, name_form=form)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    user = signed_in(request)
    services.end_other_sessions(by=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:account")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """One's own new password; the only page open to whoever signed in with a one-time password."""
    user = signed_in(request)
    temporary = user.password_is_temporary
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        services.change_password(password=form.cleaned_data["new"], by=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your new password is set."))
        return redirect(settings.LOGIN_REDIRECT_URL if temporary else "accounts:account")
    return render(request, "accounts/password.html", {"form": form, "temporary": temporary})


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    """The account. A form that was refused comes back with what was typed."""
    user = signed_in(request)
    context = {
        "name_form": forms.get("name_form") or NameForm(initial={"name": user.name}),
        "log_ins": Event.objects.filter(object_id=user.pk, action__in=LOG_INS).order_by("-at")[:LOG_INS_SHOWN],
    }
    return render(request, "accounts/account.html", context, status=422 if forms else 200)
