"""What every page of the sandbox shows beside its own: that it is one, and where its story stands."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from sandbox import guide
from sandbox.story import switch


def sandbox(request: HttpRequest) -> dict[str, Any]:
    """`sandbox.cast`; `sandbox.guide`, absent until a player has begun the story. No query before one is needed."""
    return {"sandbox": {"cast": guide.cast, "guide": _guide(request) if switch.is_begun() else None}}


def _guide(request: HttpRequest) -> Any:
    user = getattr(request, "user", None)
    return SimpleLazyObject(partial(guide.Guide, user if isinstance(user, User) else None))
