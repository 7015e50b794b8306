"""Every page that the house has, by role, in both languages, at three widths.

The pages come from the URL patterns (tests/furnished/addresses.py): one that is added later is looked at, too.
"""

from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser

from sandbox.cast import CAST
from tests.browser.keyboard import by_keyboard, keys_dialog
from tests.browser.looking import HEIGHT, WIDTHS, barriers, frame, of_the_other_language, too_wide
from tests.browser.moments import NOBODY, moments
from tests.browser.visitor import Visitor
from tests.browser.walking import LANGUAGES, PEOPLE, THOROUGH, entered, reachable
from tests.browser.weight import slow
from tests.furnished.house import FurnishedHouse


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(furnished: FurnishedHouse, browser: Browser, language: str) -> None:
    """By each person in turn. A page that shows nothing that was not looked at before is not looked at again.

    At every stage for those who work with all of it, in one language: thrice the time would find little more.
    """
    troubles: list[str] = []
    seen: dict[str, set[int]] = {}
    names: set[str] = set()
    for username in PEOPLE:
        with entered(furnished, browser, username, language=language) as visitor:
            stages = (username, language) in THOROUGH
            for address in reachable(visitor, furnished.pages, seen, stages=stages):
                wrong = wrong_with(visitor, language, closely=address.name not in names)
                visitor.troubles += [f"{address.name} {address.stage}: {each}" for each in wrong]
                names.add(address.name)
            troubles += [f"{username}: {each}" for each in visitor.troubles]
    assert len(names) > 20
    assert "\n".join(troubles) == ""


def wrong_with(visitor: Visitor, language: str, *, closely: bool) -> list[str]:
    """What is wrong with the page on which the visitor is.

    Closely: by keyboard, and with axe at each width. The others get axe once, in one language: they have the
    elements of a page that was looked at closely, and some more.
    """
    page = visitor.page
    troubles = [*slow(page), *frame(page, language), *of_the_other_language(page, language)]
    if closely and language == "en":
        troubles += [*by_keyboard(page), *keys_dialog(page)]
    for width in WIDTHS[::-1]:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        troubles += too_wide(page)
        if closely or (width, language) == (WIDTHS[0], LANGUAGES[0]):
            troubles += barriers(page)
    return troubles


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_of_what_one_does(furnished: FurnishedHouse, browser: Browser, language: str) -> None:
    """Mistakes, refusals, and what opens on a page."""
    troubles = []
    for name, visitor in moments(partial(entered, furnished, browser, language=language), furnished):
        visitor.troubles += [f"{name} {each}" for each in wrong_with(visitor, language, closely=False)]
        troubles += visitor.troubles
    assert "\n".join(troubles) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_that_asks_who_one_is(furnished: FurnishedHouse, browser: Browser, language: str) -> None:
    visitor = entered(furnished, browser, NOBODY, language=language)
    visitor.troubles += wrong_with(visitor, language, closely=True)
    assert "\n".join(visitor.troubles) == ""


def test_nobody_sees_more_without_signing_in(furnished: FurnishedHouse) -> None:
    with httpx.Client(base_url=furnished.url, timeout=30) as client:
        for address in furnished.pages:
            answer = client.get(address.path)
            if address.name != "accounts:login":
                assert (answer.status_code, answer.headers["Location"][:13]) == (302, "/login/?next="), address


def test_somebody_reaches_every_page(furnished: FurnishedHouse) -> None:
    """Else a page would pass all of the above because nobody got there."""
    assert furnished.unfurnished == [], "make objects for these in tests/furnished/still.py and name their stages"
    left = {address.name for address in furnished.pages}
    assert len(left) > 20
    for person in CAST:
        client = furnished.house.person(person.role).client
        for address in furnished.pages:
            if address.name in left and reached(client, address.path):
                left.discard(address.name)
    assert left == set()


def reached(client: httpx.Client, path: str) -> bool:
    """It is shown, or leads to a page that is."""
    answer = client.get(path, follow_redirects=False)
    return answer.status_code == 200 or "/login/" not in answer.headers.get("Location", "/login/")
