"""What a check hands back: an outcome and how it was reached, never anything of the content."""

import hashlib
from dataclasses import dataclass

from platforms.fetching import Fetched
from platforms.states import CannotVerify, CheckOutcome


@dataclass(frozen=True)
class Result:
    """`reason` is set for cannot_verify only; `digest` is the SHA-256 of what was seen, "" if nothing was."""

    outcome: CheckOutcome
    reason: CannotVerify | str
    method: str
    status_line: str
    digest: str


def seen(page: Fetched, *, method: str, outcome: CheckOutcome) -> Result:
    """A conclusion drawn from an answer."""
    return Result(outcome, "", method, _status_line(page), _digest(page))


def unclear(page: Fetched, *, method: str, reason: CannotVerify = CannotVerify.ERROR) -> Result:
    """An answer that establishes nothing."""
    return Result(CheckOutcome.CANNOT_VERIFY, reason, method, _status_line(page), _digest(page))


def unseen(reason: CannotVerify, *, method: str = "none", status_line: str = "") -> Result:
    """No answer, or nothing that could be asked."""
    return Result(CheckOutcome.CANNOT_VERIFY, reason, method, status_line, "")


def _status_line(page: Fetched) -> str:
    return f"{page.status} {page.reason}".strip()[:200]


def _digest(page: Fetched) -> str:
    return hashlib.sha256(page.body).hexdigest()
