"""Going through every page that somebody can reach, for the test that looks at them and for the pictures."""

from collections.abc import Iterable, Iterator

from playwright.sync_api import Browser

from sandbox.cast import CAST
from tests.browser.places import places
from tests.browser.visitor import Visitor
from tests.furnished.house import FurnishedHouse
from tests.furnished.objects import Address

NEWCOMER = "nari"  # the only analyst of a second team: for this person nothing waits
LANGUAGES = ("ko", "en")
THOROUGH = {("minseo", "ko"), ("soyeon", "ko")}  # analyst and supervisor have every stage of everything before them
PEOPLE = [person.username for person in CAST] + [NEWCOMER]
REFUSED = {302, 403, 404}


def entered(house: FurnishedHouse, browser: Browser, username: str, *, language: str) -> Visitor:
    """Somebody who has signed in and reads this language; without a name somebody who has not."""
    visitor = Visitor(browser, house.url)
    if username:
        visitor.log_in(username, house.password)
    else:
        visitor.page.goto("/login/")
    visitor.read_in(language)
    return visitor


def reachable(
    visitor: Visitor, pages: Iterable[Address], seen: dict[str, set[int]], *, stages: bool = True
) -> Iterator[Address]:
    """Open each page in turn and yield those that the visitor may see and that show something new.

    `seen` has what was shown before by an address of that name, and grows: one for several people shows each page
    once, and again to whoever sees more on it. Without `stages` the first stage of each that may be seen is enough.
    """
    met: set[str] = set()
    for address in pages:
        if address.name in met and not stages:
            continue
        answer = visitor.context.request.get(address.path, max_redirects=0)
        if answer.status in REFUSED:
            continue
        if answer.status != 200:
            visitor.troubles.append(f"{address.name} {address.stage}: {answer.status}")
            continue
        met.add(address.name)
        before, shown = seen.setdefault(address.name, set()), places(answer.text())
        if shown - before:
            before |= shown
            visitor.page.goto(address.path)
            yield address
