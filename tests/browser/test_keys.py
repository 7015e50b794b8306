"""By keyboard alone, whatever input source is on; and nothing that a person did is lost when a part of a page swaps."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.people import Person
from tests.browser.visitor import Visitor
from tests.house import House
from tests.waiting import until

JAMO = """([key, code]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))"""
SWAPS = "() => { window.swaps = 0; document.addEventListener('htmx:afterSettle', () => { window.swaps += 1; }); }"


@pytest.fixture
def analyst(house: House, browser: Browser) -> Visitor:
    visitor = Visitor(browser, house.stack.url)
    visitor.log_in(house.usernames["analyst"], house.stack.secrets.login_password)
    visitor.read_in("en")
    return visitor


@pytest.fixture
def reports(house: House) -> list[str]:
    """Three fresh reports, the newest first: their addresses."""
    person = house.person("analyst")
    return [report(person, 2) for _ in range(3)][::-1]


def report(person: Person, links: int) -> str:
    room = f"keys_room_{secrets.token_hex(4)}"
    form = person.open("/reports/new/").form("/reports/new/", having="links")
    text = "\n".join(f"https://t.me/{room}/{n}" for n in range(1, links + 1))
    return person.send(form, links=text, source="police").path


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.getAttribute('href') || ''"))


def test_lists_are_walked_and_opened_by_keys(analyst: Visitor, reports: list[str]) -> None:
    page = analyst.page
    page.goto("/reports/")
    page.keyboard.press("j")
    assert focused(page) == reports[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == reports[1]
    page.keyboard.press("x")
    expect(page.locator("input[name=reports]:checked")).to_have_count(1)
    expect(page.locator(".chosen")).to_contain_text("1 of")
    page.keyboard.press("x")
    expect(page.locator("input[name=reports]:checked")).to_have_count(0)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(reports[1])
    assert analyst.troubles == []


def test_g_and_a_letter_lead_anywhere_but_not_while_typing(analyst: Visitor, reports: list[str]) -> None:
    page = analyst.page
    for keys, path in (("gr", "/reports/"), ("gc", "/cases/"), ("gm", "/mail/"), ("gd", "/")):
        with page.expect_navigation():
            page.keyboard.press(keys[0])
            page.keyboard.press(keys[1])
        assert page.url.removeprefix(str(analyst.page.evaluate("location.origin"))) == path
    page.goto("/reports/")
    page.keyboard.press("/")
    field = page.locator("input[type=search]")
    expect(field).to_be_focused()
    page.keyboard.type("gcjx?")
    expect(field).to_have_value("gcjx?")
    expect(page.locator("#keys")).not_to_be_visible()
    assert page.url.endswith("/reports/")
    assert analyst.troubles == []


def test_keys_work_under_a_korean_input_source(analyst: Visitor, reports: list[str]) -> None:
    page = analyst.page
    page.goto("/reports/")
    for key in ("ㅓ", "Process"):  # as it comes from macOS and Linux, and from Windows
        page.evaluate("() => document.activeElement.blur()")
        page.evaluate(JAMO, [key, "KeyJ"])
        assert focused(page) == reports[0]
    page.evaluate(JAMO, ["ㅌ", "KeyX"])
    expect(page.locator("input[name=reports]:checked")).to_have_count(1)
    with page.expect_navigation():
        page.evaluate(JAMO, ["ㅎ", "KeyG"])
        page.evaluate(JAMO, ["ㅊ", "KeyC"])
    assert page.url.endswith("/cases/")


def test_the_keys_are_told_and_the_dialog_gives_the_focus_back(analyst: Visitor, reports: list[str]) -> None:
    page = analyst.page
    page.goto("/reports/")
    page.keyboard.press("j")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    for words in ("Open the line", "Choose the line", "Reports", "To the search field"):
        expect(dialog.get_by_text(words, exact=True)).to_be_visible()
    page.keyboard.press("k")  # the page below does not hear it
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert focused(page) == reports[0]
    page.goto("/account/")
    page.keyboard.press("?")
    expect(dialog.get_by_text("Choose the line", exact=True)).not_to_be_visible()
    analyst.look(axe=True)
    assert analyst.troubles == []


@pytest.fixture
def without_worker(house: House) -> Iterator[None]:
    house.stack.stop("worker")
    yield
    house.stack.start("worker")


def test_a_swap_keeps_what_is_ticked_and_where_the_focus_is(
    house: House, analyst: Visitor, without_worker: None
) -> None:
    person = house.person("analyst")
    path = report(person, 5)
    chosen = [path.rstrip("/").rsplit("/", 1)[-1]]
    case = person.send(person.open("/reports/").form("/reports/group/"), reports=chosen, title="Keys").path
    person.send(person.open(case).form("/check/", having="all"), all="1")
    page = analyst.page
    page.goto(case)
    expect(page.locator("#checks-progress-words")).to_have_text("0 of 5 checked")
    page.evaluate(SWAPS)
    boxes = page.locator("#items input[name=items]")
    boxes.nth(1).check()
    boxes.nth(3).check()
    page.locator("#items a.locator").nth(2).focus()
    before = focused(page)
    top = page.evaluate("() => document.querySelector('#requests').getBoundingClientRect().top")
    until(lambda: page.evaluate("() => window.swaps") >= 4, what="two rounds of swaps", timeout=20)
    assert [boxes.nth(n).is_checked() for n in range(5)] == [False, True, False, True, False]
    expect(page.locator("#items .chosen")).to_have_text("2 of 5 chosen")
    assert focused(page) == before
    assert page.evaluate("() => document.querySelector('#requests').getBoundingClientRect().top") == top
    assert analyst.troubles == []
