"""The liaison's desk in a real browser: it follows the robot by itself, and nothing that somebody does gets lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitor
from tests.sandbox.liaison import House
from tests.sandbox.processes import Mailbox, free_port, mailbox, program
from tests.sandbox.test_robot import STILL, letter


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[House]:
    addresses = ["--web", "127.0.0.1:0", "--mail", "127.0.0.1:0"]
    with mailbox(Mailbox(free_port())) as relay:
        where = ["--relay", f"127.0.0.1:{relay.port}", "--data", str(tmp_path), "--seed", "--robot"]
        with program("sandbox.platform", *addresses, *where) as platform:
            house = House(platform, relay)
            house.call("robot", {"hour_seconds": STILL})
            yield house


def test_the_desk_follows_the_robot(desk: House, browser: Browser) -> None:
    liaison = Visitor(browser, f"http://{desk.host}")
    page = liaison.page
    page.goto("/liaison/")
    liaison.press("English")
    expect(page.locator("#robot")).to_contain_text("Nothing to do.")
    number = desk.post(letter())
    expect(page.locator("#letters")).to_contain_text("25 live")
    expect(page.locator("#robot .step")).to_have_text("Send an out-of-office note")
    desk.call("robot", {"hour_seconds": 12})
    expect(page.locator("#robot .when")).to_have_text(re.compile(r"in [1-6] s"))
    counted = page.locator("#robot .when").inner_text()
    expect(page.locator("#robot .when")).not_to_have_text(counted)
    expect(page.locator("#robot .step")).to_contain_text("Remove 1-6, 8-20", timeout=15_000)
    desk.call("robot", {"hour_seconds": STILL})

    page.goto(f"/liaison/letters/{number}")
    page.get_by_label("Choose 25", exact=True).check()
    desk.call("hurry", {})
    expect(page.locator("#robot .step")).to_contain_text("Answer: 1-20 have been removed")
    expect(page.get_by_label("Choose 25", exact=True)).to_be_checked()
    liaison.press("Hurry: next step now")
    expect(page.locator("#videos")).to_contain_text("5 live · 20 removed")
    expect(page.locator("#earlier")).to_contain_text("1-20 have been removed, 21-25 are under review.")
    liaison.press("Take it over")
    expect(page.locator("#hand")).to_contain_text("The robot leaves this letter alone.")
    assert liaison.troubles == []


def test_every_page_of_the_desk_is_for_everybody(desk: House, browser: Browser) -> None:
    number = desk.post(letter())
    desk.call("hurry", {})
    liaison = Visitor(browser, f"http://{desk.host}")
    for language in ("한국어", "English"):
        liaison.page.goto("/liaison/")
        liaison.press(language)
        for path in ("", f"letters/{number}", "rooms/", "rooms/portal_demo_school_room", "sent/", "sent/1", "nowhere"):
            liaison.page.goto(f"/liaison/{path}")
            liaison.look(axe=True)
    assert [trouble for trouble in liaison.troubles if "404" not in trouble] == []
