"""Pages stay fast: small over the wire, kept by the browser, painted before fonts and scripts have come."""

import re

import pytest
from playwright.sync_api import Browser, Response

from tests.browser.walking import entered, reachable
from tests.browser.weight import blocking, loaded
from tests.furnished.house import FurnishedHouse

LIMIT = 100_000  # bytes of HTML, CSS, JavaScript and SVG together
A_YEAR = 365 * 24 * 3600
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.mark.parametrize("username", ["soyeon", "yuna", "taeho"])
def test_every_page_is_light(furnished: FurnishedHouse, browser: Browser, username: str) -> None:
    heavy = {}
    with entered(furnished, browser, username, language="ko") as visitor:
        for address, _ in reachable(visitor, furnished.pages):
            weights = loaded(visitor.page)
            assert all(url.startswith(furnished.url) for url in weights), weights
            if sum(weights.values()) >= LIMIT:
                heavy[f"{address.name} {address.stage}"] = weights
    assert heavy == {}


def test_nothing_but_style_sheets_holds_up_the_first_paint(furnished: FurnishedHouse, browser: Browser) -> None:
    with entered(furnished, browser, "minseo", language="ko") as visitor:
        for address, first in reachable(visitor, furnished.pages):
            late = [url for url in blocking(visitor.page) if not url.endswith(".css")]
            assert not (first and late), (address, late)


def test_what_does_not_change_is_kept(furnished: FurnishedHouse, browser: Browser) -> None:
    """Under names that change with the content, for a year, and compressed where that helps."""
    answers: list[Response] = []
    with entered(furnished, browser, "minseo", language="ko") as visitor:
        visitor.context.on("response", lambda answer: answers.append(answer))
        visitor.page.goto(furnished.page("cases:case", "mixed"))
        files = [answer for answer in answers if "/static/" in answer.url]
        assert len(files) > 4
        for answer in files:
            assert HASHED.search(answer.url), answer.url
            kept = answer.header_value("cache-control") or ""
            assert "immutable" in kept, answer.url
            assert int(re.findall(r"max-age=(\d+)", kept)[0]) >= A_YEAR
            if answer.url.endswith((".css", ".js", ".svg")):
                assert answer.header_value("content-encoding") in {"br", "gzip"}, answer.url
        assert answers[0].header_value("content-encoding") in {"br", "gzip"}
        assert visitor.page.evaluate("[...document.fonts].every((font) => font.display === 'swap')")
