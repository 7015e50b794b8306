"""Clicked on the furnished pages: what was typed is not lost, mistakes are found, nothing jumps, paper is paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.looking import barriers, too_wide
from tests.browser.moments import LINKS, send
from tests.browser.visitor import Visitor
from tests.browser.walking import LANGUAGES, entered
from tests.furnished.house import FurnishedHouse

PLACE = "element => element.getBoundingClientRect().toJSON()"


@pytest.fixture
def analyst(furnished: FurnishedHouse, browser: Browser) -> Iterator[Visitor]:
    with entered(furnished, browser, "minseo", language="en") as visitor:
        yield visitor
    assert visitor.troubles == []


def test_mistakes_take_the_focus_and_lead_to_their_fields(analyst: Visitor) -> None:
    page = analyst.page
    page.goto("/reports/new/")
    page.locator("#id_links").fill("no link at all")
    send(page, "main form")
    summary = page.locator("[data-errors]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("This could not be saved yet.")
    first = summary.get_by_role("link").first
    first.click()
    expect(page.locator(str(first.get_attribute("href")))).to_be_focused()
    expect(page.locator("#id_links")).to_have_value("no link at all")


def test_leaving_with_changes_is_asked_about(analyst: Visitor) -> None:
    page = analyst.page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/reports/new/")
    page.locator(".main-nav a[href='/cases/']").click()
    page.wait_for_url("/cases/")
    assert asked == []

    page.goto("/reports/new/")
    page.locator("#id_links").press_sequentially("https://t.me/never_seen_room/1")
    page.locator(".main-nav a[href='/cases/']").click()
    expect(page.locator("#id_links")).to_have_value("https://t.me/never_seen_room/1")
    assert asked == ["beforeunload"]
    page.locator("#id_links").fill("")
    page.locator(".main-nav a[href='/cases/']").click()
    page.wait_for_url("/cases/")


@pytest.mark.parametrize("width", [1440, 360])
def test_what_is_known_comes_in_without_a_jump(analyst: Visitor, width: int) -> None:
    page = analyst.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/reports/new/")
    page.locator("#id_links").fill(LINKS)
    button = page.locator("[formaction$='/known/']")
    button.scroll_into_view_if_needed()
    before = button.evaluate(PLACE)
    button.click()
    expect(page.locator("#known li")).to_have_count(6)
    assert button.evaluate(PLACE) == before
    expect(page.locator("#id_links")).to_have_value(LINKS)


def test_the_thread_comes_in_below_what_is_read(analyst: Visitor, furnished: FurnishedHouse) -> None:
    page = analyst.page
    page.goto(furnished.page("cases:case", "mixed"))
    row = page.locator("#items tbody tr").nth(3)
    row.scroll_into_view_if_needed()
    before = row.evaluate(PLACE)
    page.evaluate("document.querySelector('#thread, [hx-trigger=revealed]').scrollIntoView()")
    expect(page.locator("#thread .mail").first).to_be_visible()
    row.scroll_into_view_if_needed()
    page.evaluate("y => scrollBy(0, y)", row.evaluate(PLACE)["y"] - before["y"])
    assert row.evaluate(PLACE) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outcome_on_paper(furnished: FurnishedHouse, browser: Browser, language: str) -> None:
    """The agency, who printed it when, every item; nothing to press."""
    with entered(furnished, browser, "minseo", language=language) as visitor:
        page = visitor.page
        page.goto(furnished.page("cases:outcome", "closed"))
        page.emulate_media(media="print")
        expect(page.locator(".paper-head")).to_be_visible()
        expect(page.locator("tbody tr").filter(has_text="portal_demo_school_room")).to_have_count(25)
        for gone in ("header.house", ".main-nav", ".house-foot", ".page-actions", "main button", ".skip"):
            assert shown(page, gone) == 0, gone
        for width in (794, 1123):  # A4, upright and lying
            page.set_viewport_size({"width": width, "height": 1123})
            assert too_wide(page) == []
        assert page.pdf(format="A4").count(b"/Type /Page\n") <= 3
        assert visitor.troubles == []


def shown(page: Page, selector: str) -> int:
    return sum(each.is_visible() for each in page.locator(selector).all())


def test_a_mistake_of_ours_is_told_plainly(furnished: FurnishedHouse, browser: Browser) -> None:
    """The database is gone for a moment: what people see then needs nothing of it."""
    with entered(furnished, browser, "minseo", language="ko") as visitor:
        furnished.house.stack.stop("postgres")
        try:
            assert visitor.try_to_open("/cases/") == 500
            expect(visitor.page.locator("h1")).to_be_visible()
            assert barriers(visitor.page) == []
            visitor.look()
        finally:
            furnished.house.stack.start("postgres")
        with visitor.refusals_expected():
            visitor.page.goto("/cases/")
        expect(visitor.page.locator(".main-nav")).to_be_visible()
        assert visitor.troubles == []
