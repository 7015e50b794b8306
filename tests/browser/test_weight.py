"""What does not change is kept by the browser; how heavy each page is, test_every_page.py asks."""

import re

from playwright.sync_api import Browser, Response

from tests.browser.walking import entered
from tests.furnished.house import FurnishedHouse

A_YEAR = 365 * 24 * 3600
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


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
