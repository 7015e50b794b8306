"""Pages that only come when somebody does something: mistakes, refusals, what is shown once, what opens on a page.

Each leaves the house as it was, but for a one-time password and a lock-out of people who are there for that.
"""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from tests.browser.visitor import Visitor
from tests.furnished.house import FurnishedHouse

Moment = Callable[[Visitor, FurnishedHouse], object]
NOBODY = ""
LOG_IN = "form:has(#id_password)"

LINKS = """\
https://t.me/hillside_library_room/1
https://t.me/portal_demo_school_room/3
https://t.me/portal_demo_school_room/3?single
https://t.me/never_seen_room/44
javascript:alert(1)
see the photo"""


def send(page: Page, form: str) -> None:
    """Send a form as it stands, past the browser's own questions: what does the house say?"""
    with page.expect_navigation():
        page.locator(form).first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")


def wrong_password(visitor: Visitor, _: FurnishedHouse, username: str = "former") -> None:
    visitor.page.goto("/login/")
    visitor.page.locator("#id_username").fill(username)
    visitor.page.locator("#id_password").fill("not this one")
    send(visitor.page, LOG_IN)


def too_many_attempts(visitor: Visitor, house: FurnishedHouse) -> None:
    while visitor.page.locator(".mishap").count() == 0:
        wrong_password(visitor, house, "nobody-of-ours")


def stale_form(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/login/")
    visitor.context.clear_cookies(name="csrftoken")
    send(visitor.page, LOG_IN)


def lost_session(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/account/")
    visitor.context.clear_cookies(name="sessionid")
    send(visitor.page, "form[action$='/account/name/']")


def first_password(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("accounts:person", "fresh"))
    send(visitor.page, "form[action$='/password/']")


def known(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/reports/new/")
    visitor.page.locator("#id_links").fill(LINKS)
    visitor.page.locator("[formaction]").click()
    visitor.page.locator(".known-lines li").last.wait_for()


def report_with_mistakes(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/reports/new/")
    visitor.page.locator("#id_links").fill("no link at all\nnor here")
    send(visitor.page, "main form")


def sealed_words(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("cases:report", "urgent"))
    form = visitor.page.locator("form[action$='/words/']")
    form.locator("textarea").fill("To understand which room is meant")
    with visitor.page.expect_navigation():
        form.locator("button").click()


def nothing_chosen(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/reports/")
    send(visitor.page, "form[action$='/group/']")


def asked_wrongly(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("takedowns:ask", "fresh"))
    visitor.page.locator("#id_deadline_hours").fill("")
    visitor.page.locator("[data-select-all=items]").uncheck()
    send(visitor.page, "form:has(input[name=items])")


def item_without_words(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("cases:item", "refused"))
    send(visitor.page, "form[action$='/outcome/']")


def person_without_a_name(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/people/add/")
    send(visitor.page, "main form")


def returned_without_words(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("takedowns:request", "awaiting"))
    send(visitor.page, "form[action$='/return/']")


def message_without_words(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("takedowns:write", "uncertain"))
    send(visitor.page, "main form[data-unsaved]")


def menu(visitor: Visitor, _: FurnishedHouse) -> None:
    visitor.page.goto("/")
    visitor.page.locator("header .menu:not(.sandbox-others) > summary").click()


def keys(visitor: Visitor, house: FurnishedHouse) -> None:
    visitor.page.goto(house.page("takedowns:reply", "unread"))
    visitor.page.keyboard.press("?")


# What is shown -> who sees it (nobody: signed out), how they get there.
MOMENTS: dict[str, tuple[str, Moment]] = {
    "log-in-refused": (NOBODY, wrong_password),
    "too-many-attempts": (NOBODY, too_many_attempts),
    "stale-form": (NOBODY, stale_form),
    "not-found": ("minseo", lambda visitor, _: visitor.page.goto("/no-such-page/")),
    "forbidden": ("hana", lambda visitor, _: visitor.page.goto("/cases/")),
    "not-a-page": ("minseo", lambda visitor, _: visitor.page.goto("/account/name/")),
    "lost-session": ("minseo", lost_session),
    "one-time-password": ("yuna", first_password),
    "known": ("minseo", known),
    "report-with-mistakes": ("hana", report_with_mistakes),
    "sealed-words": ("minseo", sealed_words),
    "nothing-chosen": ("minseo", nothing_chosen),
    "asked-wrongly": ("minseo", asked_wrongly),
    "item-without-words": ("minseo", item_without_words),
    "person-without-a-name": ("yuna", person_without_a_name),
    "returned-without-words": ("soyeon", returned_without_words),
    "message-without-words": ("minseo", message_without_words),
    "menu": ("soyeon", menu),
    "keys": ("minseo", keys),
}


def moments(visitor_of: Callable[[str], Visitor], house: FurnishedHouse) -> Iterator[tuple[str, Visitor]]:
    """Bring each about and yield it with whoever is looking at it. `visitor_of(username)` opens a browser for one."""
    for name, (username, bring_about) in MOMENTS.items():
        with visitor_of(username) as visitor:
            with visitor.refusals_expected():
                bring_about(visitor, house)
            yield name, visitor
