"""Any site: 404 and 410 say gone, 451 says blocked here; nothing else says anything.

200 is not "live": many sites answer 200 with a page that says that nothing is there, or ask for a log-in. A redirect
to another page proves nothing about the page that was asked for, either.
"""

from urllib.parse import urlsplit

from platforms.checkers.result import Result, seen, unclear
from platforms.fetching import Fetched, fetch
from platforms.states import CannotVerify, CheckOutcome

METHOD = "http"
_CONCLUSIVE = {404: CheckOutcome.GONE, 410: CheckOutcome.GONE, 451: CheckOutcome.BLOCKED_HERE}


def check(*, kind: str, key: str, url: str) -> Result:
    """Look at the page itself. Raises FetchRefused, FetchFailed."""
    page = fetch(url)
    outcome = _CONCLUSIVE.get(page.status)
    if outcome and _same_page(url, page):
        return seen(page, method=METHOD, outcome=outcome)
    if page.status in (401, 407):
        return unclear(page, method=METHOD, reason=CannotVerify.NEEDS_ACCOUNT)
    return unclear(page, method=METHOD)


def _same_page(url: str, page: Fetched) -> bool:
    asked, answered = urlsplit(url), urlsplit(page.final_url)
    return (_site(asked.hostname), asked.path or "/", asked.query) == (
        _site(answered.hostname),
        answered.path or "/",
        answered.query,
    )


def _site(host: str | None) -> str:
    return (host or "").removeprefix("www.")
