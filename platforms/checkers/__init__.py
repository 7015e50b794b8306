"""Our own look at a place: which checker knows the platform's pages, asked under one roof.

`check` never raises for what a site or the network does: whatever is not a clear answer is `cannot_verify`.
"""

from collections.abc import Callable

from platforms.checkers import generic, telegram
from platforms.checkers.result import Result, unseen
from platforms.fetching import FetchFailed, FetchRefused
from platforms.states import CannotVerify

__all__ = ["CHECKERS", "Result", "check"]

CHECKERS: dict[str, tuple[str, Callable[..., Result]]] = {
    "telegram": (telegram.METHOD, telegram.check),
    "generic": (generic.METHOD, generic.check),
}


def check(*, checker: str, kind: str, key: str, url: str) -> Result:
    """What is at this place now, by the checker of that code (Organisation.checker)."""
    if checker not in CHECKERS:
        return unseen(CannotVerify.ERROR)
    method, look = CHECKERS[checker]
    try:
        return look(kind=kind, key=key, url=url)
    except FetchFailed as failed:
        return unseen(CannotVerify.ERROR, method=method, status_line=failed.code)
    except FetchRefused:
        return unseen(CannotVerify.ERROR, method=method, status_line="refused")
