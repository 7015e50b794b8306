"""Going through every page that somebody can reach, for the test that looks at them and for the pictures."""

from collections.abc import Iterable, Iterator

from playwright.sync_api import Browser

from sandbox.cast import CAST
from tests.browser.visitor import Visitor
from tests.furnished.house import FurnishedHouse
from tests.furnished.objects import Address

NEWCOMER = "nari"  # the only analyst of a second team: for this person nothing waits
LANGUAGES = ("ko", "en")
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


def reachable(visitor: Visitor, pages: Iterable[Address]) -> Iterator[tuple[Address, bool]]:
    """Open each page in turn and yield those that the visitor may see; True with the first of each name.

    Below an object's own page one stage is enough: the first that has such a page.
    """
    met: set[str] = set()
    for address in pages:
        if address.name in met and not address.own:
            continue
        code = visitor.try_to_open(address.path)
        if code == 200:
            yield address, address.name not in met
            met.add(address.name)
        elif code not in REFUSED:
            visitor.troubles.append(f"{address.name} {address.stage}: {code}")
