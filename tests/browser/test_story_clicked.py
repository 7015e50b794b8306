"""The 25 videos once more, this time clicked: each step in a real browser, the platform's side on its own page."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visitor import Visitor
from tests.house import House
from tests.waiting import until

ROOM = "clicked_demo_room"
NUMBERS = range(1, 26)
ANSWER = "Dear colleagues, items 1-24 have been removed. Item 25 could not be found. We apologise."


def pasted(number: int) -> str:
    forms = (
        f"https://t.me/{ROOM}/{number}",
        f"hxxps://t[.]me/{ROOM}/{number}",
        f"<https://telegram.me/{ROOM}/{number}?single>",
        f"HTTPS://T.ME/{ROOM.upper()}/{number}",
        f"ｈｔｔｐｓ：／／ｔ．ｍｅ／{ROOM}/{number}",
    )
    return forms[number % len(forms)]


def test_the_story_is_clicked_through(house: House, browser: Browser) -> None:
    house.liaison("publish", room=ROOM, ids=list(NUMBERS))
    analyst, supervisor, liaison = (Visitor(browser, house.stack.url) for _ in range(3))
    password = house.stack.secrets.login_password

    # Korean at first; the language that is chosen stays chosen.
    analyst.page.goto("/login/")
    expect(analyst.page.locator("html")).to_have_attribute("lang", "ko")
    analyst.look(axe=True)
    analyst.log_in(house.usernames["analyst"], password)
    analyst.read_in("ko")  # an earlier test of this house may have left it in English
    expect(analyst.page.locator("html")).to_have_attribute("lang", "ko")
    analyst.look(axe=True)
    analyst.read_in("en")
    expect(analyst.page.get_by_role("heading", name="What waits for you")).to_be_visible()
    analyst.look(axe=True)
    analyst.read_in("ko")
    analyst.page.goto("/reports/")
    expect(analyst.page.locator("html")).to_have_attribute("lang", "ko")
    analyst.read_in("en")

    case = record_and_group(analyst)
    request = ask(analyst, case)

    # The supervisor finds it on the desk, reads the letter and approves.
    supervisor.log_in(house.usernames["supervisor"], password)
    supervisor.read_in("en")
    supervisor.look(axe=True)
    supervisor.press("Approvals")
    supervisor.look(axe=True)
    with supervisor.page.expect_navigation():
        supervisor.page.locator(f"a[href$='{request}']").first.click()
    expect(supervisor.page.get_by_text(f"25. https://t.me/{ROOM}/25")).to_be_visible()
    supervisor.look(axe=True)
    supervisor.press("Approve and send")
    expect(supervisor.page.locator(".page-badges")).to_contain_text("Approved")
    supervisor.look()

    play_the_liaison(liaison, house.stack.liaison_url)
    read_the_answer(analyst, case)
    confirm_and_close(analyst, case, request)

    # The figures, and the main pages in the other language.
    supervisor.press("Overview")
    expect(supervisor.page.locator("#standings")).to_contain_text("Removed")
    supervisor.look(axe=True)
    analyst.read_in("ko")
    for path in (case, request, f"{case}outcome/", "/reports/", "/reports/new/", "/cases/", "/mail/", "/account/"):
        analyst.page.goto(path)
        analyst.look(axe=True)

    assert analyst.troubles + supervisor.troubles + liaison.troubles == []


def record_and_group(analyst: Visitor) -> str:
    """25 links and a line that is none; first what is known, then the report, then its case. The case's path."""
    page = analyst.page
    analyst.press("Record a report")
    analyst.look(axe=True)
    page.get_by_label("Links").fill("\n".join([*map(pasted, NUMBERS), "javascript:alert(1)"]))
    expect(page.locator(".line-count")).to_have_text("26 of 200 lines")
    page.get_by_role("button", name="What is known").click()
    lines = page.locator("#known li")
    expect(lines).to_have_count(26)
    expect(lines.filter(has_text="New")).to_have_count(25)
    expect(lines.last).to_contain_text("Only links that begin with http")
    analyst.look()
    page.locator("#id_source").select_option("institution")
    page.get_by_label("What the reporter said").fill("A pupil told her teacher.")
    analyst.press("Record the report")
    expect(page.locator("#lines tbody tr")).to_have_count(26)
    analyst.look(axe=True)
    page.get_by_label("Title of a new case").fill("Demo room, September 2024")
    analyst.press("Put into the case")
    expect(tally(page, "open")).to_have_text("25")
    analyst.look(axe=True)
    return path_of(page)


def ask(analyst: Visitor, case: str) -> str:
    """The request for all 25, drafted and submitted. Its path."""
    page = analyst.page
    analyst.press("Ask the platform")
    expect(page.locator("input[name=items]:checked")).to_have_count(25)
    analyst.look(axe=True)
    page.get_by_label("Language").select_option("en")
    analyst.press("Draft the request")
    expect(page.locator(".letter")).to_contain_text(f"25. https://t.me/{ROOM}/25")
    analyst.look(axe=True)
    analyst.press("Submit for approval")
    expect(page.locator(".page-badges")).to_contain_text("Waiting for approval")
    analyst.look()
    return path_of(page)


def play_the_liaison(liaison: Visitor, desk: str) -> None:
    """The letter lies in the platform's real mailbox: remove what it asks for, and answer it."""
    page = liaison.page
    page.goto(desk)
    liaison.press("English")
    letters = page.get_by_role("listitem").filter(has_text="25 live")

    def arrived() -> bool:
        page.reload()
        return letters.count() > 0

    until(arrived, what="the letter at the platform", every=0.2)
    with page.expect_navigation():
        letters.get_by_role("link").click()
    expect(page.locator("pre.mail")).to_contain_text(f"t.me/{ROOM}/25")
    liaison.press("Remove all")
    expect(page.locator("#videos")).to_contain_text("0 live · 25 removed")
    page.get_by_label("Text").fill(ANSWER)
    liaison.press("Send answer")
    liaison.look()


def read_the_answer(analyst: Visitor, case: str) -> None:
    """The reply beside its grid, by keyboard alone: correct, undo, accept row by row, save, accept the rest."""
    page = analyst.page

    def came() -> bool:
        page.goto(case)
        return page.get_by_role("link", name="Read the reply").count() > 0

    until(came, what="the reply in the case", every=0.3)
    analyst.look(axe=True)
    analyst.press("Read the reply")
    expect(page.locator(".mail")).to_contain_text("Item 25 could not be found")
    rows = page.locator("tr[data-row]")
    expect(chosen(page, "claim", "removed")).to_have_count(24)
    expect(chosen(page, "claim", "not_found")).to_have_count(1)
    analyst.look(axe=True)

    press_keys(page, "j")
    expect(rows.nth(0)).to_be_focused()
    press_keys(page, "a", "j", "4")
    expect(rows.nth(1)).to_be_focused()
    expect(rows.nth(1).get_by_label("Refused")).to_be_checked()
    press_keys(page, "u")
    expect(rows.nth(1).get_by_label("Removed")).to_be_checked()
    press_keys(page, "2", "1", "a", "j", "j", "k", "a")
    expect(chosen(page, "decision", "accept")).to_have_count(3)
    rows.nth(5).locator("td").first.click(position={"x": 2, "y": 2})
    expect(rows.nth(5)).to_be_focused()
    analyst.look()
    with page.expect_navigation():
        press_keys(page, "s")
    expect(rows.filter(has_text="Accepted")).to_have_count(3)
    analyst.press("Accept all proposed")
    expect(rows.filter(has_text="Accepted")).to_have_count(25)
    analyst.look()
    analyst.press("To the case")


def confirm_and_close(analyst: Visitor, case: str, request: str) -> None:
    """The checks come in by themselves; then 25 confirmations, the closed case and its outcome page."""
    page = analyst.page
    expect(tally(page, "removed")).to_have_text("25", timeout=30_000)
    analyst.page.goto(case)
    analyst.look(axe=True)
    analyst.press("Confirm the removals")
    expect(page).to_have_url(re.compile(re.escape(request)))
    expect(page.locator("#confirm input[name=items]:checked")).to_have_count(25)
    analyst.look(axe=True)
    analyst.press("Confirm the chosen removals")
    expect(page.locator(".message")).to_contain_text("25 removals are confirmed")
    analyst.look(axe=True)
    page.goto(case)
    with page.expect_navigation():
        page.locator("#end").get_by_role("button", name="Close the case").click()
    page.goto(f"{case}outcome/")
    expect(page.locator("tbody").get_by_text("Removal confirmed", exact=True)).to_have_count(25)
    analyst.look(axe=True)


def tally(page: Page, standing: str) -> Locator:
    """How many items the case counts at this standing."""
    return page.locator(f"#now li:has(.standing-{standing}) strong")


def chosen(page: Page, field: str, value: str) -> Locator:
    """The radios of the grid that are chosen with this value."""
    return page.locator(f"input[name^='{field}-'][value='{value}']:checked")


def press_keys(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def path_of(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)
