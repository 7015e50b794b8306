"""The person's language on every page, and no page without signing in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User

API = "/api/"
DOCS = "/docs/"  # the one page below it that people read

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}

# What a person with a one-time password may still do.
OPEN_WITH_TEMPORARY_PASSWORD = {"accounts:password", "accounts:logout", "accounts:language"}


class LanguageMiddleware:
    """The person's own language, else the cookie's, else Korean. The browser's wish is not asked: it is often wrong.

    Programs at the API say what they want: Accept-Language, else English.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _language_of(request: HttpRequest) -> str:
    if request.path.startswith(API) and not request.path.endswith(DOCS):
        return _accepted(request.headers.get("Accept-Language", ""))
    wanted = (
        request.user.language
        if isinstance(request.user, User)
        else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    )
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _accepted(header: str) -> str:
    """The first of our languages in the order of the header's weights; English when it names none."""
    for code, _weight in parse_accept_lang_header(header):
        language = code.partition("-")[0]
        if language in dict(settings.LANGUAGES):
            return language
    return "en"


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's own, and: whoever signed in with a one-time password sets another before anything else.

    Views that need no sign-in carry `login_not_required`; DRF's carry their own authentication.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        user = request.user
        if isinstance(user, User) and user.password_is_temporary and getattr(view_func, "login_required", True):
            match = request.resolver_match
            if match is None or match.view_name not in OPEN_WITH_TEMPORARY_PASSWORD:
                return redirect("accounts:password")
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None and request.headers.get("HX-Request"):
            # A redirect would be swapped into the middle of the page; this makes the browser go there.
            return HttpResponse(status=204, headers={"HX-Redirect": answer.headers["Location"]})
        return answer

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """To the log-in, and from there back to a page: never to an address that only takes forms."""
        if request.method not in SAFE:
            messages.warning(request, _("You were logged out meanwhile, and what you have just sent was not saved."))
            return redirect(_log_in(_page_of(request, "Referer")))
        if request.headers.get("HX-Request"):
            return redirect(_log_in(_page_of(request, "HX-Current-URL")))
        return super().handle_no_permission(request, view_func)


def _page_of(request: HttpRequest, header: str) -> str:
    """The page of ours that this header names, else the desk."""
    named = urlsplit(request.headers.get(header, ""))
    ours = named.netloc == request.get_host() and not named.path.startswith("//")
    return urlunsplit(("", "", named.path, named.query, "")) if ours else "/"


def _log_in(page: str) -> str:
    address = resolve_url(settings.LOGIN_URL)
    return address if page == "/" else f"{address}?{urlencode({REDIRECT_FIELD_NAME: page})}"
