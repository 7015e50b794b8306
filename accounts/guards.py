"""Guards before views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not

View = Callable[..., HttpResponseBase]


def require(permission: Permission) -> Callable[[View], View]:
    """Let a view run only for people who hold the permission in some team; others get the 403 page with the reason.

    The team of the object itself is asked by the guard that fetches it. `view.permission` tells tests what is asked.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if reason := why_not(request.user, permission):
                raise PermissionDenied(reason)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(request: HttpRequest) -> User:
    """The person behind the request, for views behind the log-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Sign in first."))
    return request.user
