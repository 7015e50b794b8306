"""Signing in and out, the language, one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import PasswordForm, SignInForm
from accounts.guards import signed_in
from accounts.models import User

YEAR = 365 * 24 * 3600


class SignIn(LoginView):
    """Django's own, which gives the session a new key; every attempt goes into the audit trail."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            services.note_sign_in(by=signed_in(self.request))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        given = form.cleaned_data
        if given.get("username") and given.get("password"):
            services.note_failed_sign_in(username=given["username"])
        return super().form_invalid(form)


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            if isinstance(request.user, User):
                services.note_sign_out(by=request.user)
            return super().post(request, *args, **kwargs)


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language; remembered in the browser and, once signed in, for the person."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("There is no such language here."))
    if isinstance(request.user, User) and request.user.language != chosen:
        services.set_language(language=chosen, by=request.user)
    response = redirect(_safe_next(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


def account(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account.html")


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
