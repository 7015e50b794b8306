"""Signing in and out, and the language."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import lockout, services
from accounts.forms import SignInForm
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
            locked = getattr(self.request, "axes_locked_out", False)
            services.note_failed_sign_in(username=given["username"], locked=locked)
        return super().form_invalid(form)


def locked(request: HttpRequest, response: HttpResponse | None, credentials: object) -> HttpResponse:
    """Instead of the form after too many tries: until when. django-axes asks for it."""
    return render(request, "accounts/locked.html", {"until": lockout.locked_until(request)}, status=429)


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
    response = redirect(safe_next(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def safe_next(request: HttpRequest) -> str:
    """Where the form wants to go on, if that is a page of ours; else the desk."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"
