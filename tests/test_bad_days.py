"""Days on which a part of the house is down: nothing is lost, nothing is doubled, and the page says what waits."""

import secrets
from collections.abc import Iterator

import pytest

from sandbox.people import Page, Person
from tests.house import House
from tests.waiting import until


@pytest.fixture
def mended(house: House) -> Iterator[House]:
    """The house; whatever the test took down is up again afterwards."""
    yield house
    for name in ("valkey", "relay", "sender", "reader", "door", "worker", "beat"):
        house.stack.start(name)


def submitted(house: House, analyst: Person, *, videos: int = 2) -> tuple[str, str]:
    """A request about a fresh room's videos that waits for approval: (its path, the room)."""
    room = f"bad_day_{secrets.token_hex(4)}"
    house.liaison("publish", room=room, ids=list(range(1, videos + 1)))
    links = "\n".join(f"https://t.me/{room}/{n}" for n in range(1, videos + 1))
    form = analyst.open("/reports/new/").form("/reports/new/", having="links")
    report = analyst.send(form, links=links, source="police")
    uuid = report.path.rstrip("/").rsplit("/", 1)[-1]
    case = analyst.send(analyst.open("/reports/").form("/reports/group/"), reports=[uuid], title=room)
    drafted = analyst.send(analyst.open(f"{case.path}ask/").form("/ask/", having="contact"), language="en")
    return analyst.send(drafted.form("/submit/")).path, room


def approve(house: House, path: str) -> Page:
    supervisor = house.person("supervisor")
    return supervisor.send(supervisor.open(path).form("/approve/"))


def letters(house: House, room: str) -> list[dict]:
    return [letter for letter in house.liaison("inbox") if f"/{room}/" in letter["text"]]


def test_without_the_broker_letters_leave_and_replies_come_in(mended: House) -> None:
    analyst = mended.person("analyst")
    path, room = submitted(mended, analyst)
    mended.stack.kill("valkey")
    approve(mended, path)
    (letter,) = until(lambda: letters(mended, room), what="the letter, though the broker is down")
    mended.liaison("remove", room=room, ids=[1, 2])
    mended.liaison("answer", letter=letter["id"], text="1-2 have been removed.", quote=False)
    reply = until(lambda: reply_on(analyst.open(path)), what="the reply, though the broker is down")
    analyst.send(analyst.open(reply).form(having="do"), do="accept_all")
    # The checks wait as rows; they run when the broker is back.
    mended.stack.start("valkey")
    assert until(lambda: "Confirm the chosen removals" in analyst.open(path).text, timeout=90, what="the checks")


def test_with_the_mail_server_down_a_letter_waits_in_sight(mended: House) -> None:
    analyst = mended.person("analyst")
    path, room = submitted(mended, analyst)
    mended.stack.stop("relay")
    approve(mended, path)
    until(lambda: "could not be reached" in analyst.open(path).text, what="the reason why it waits")
    assert "Waiting to leave" in analyst.open(path).text
    assert "could not be reached" in mended.person("supervisor").open("/mail/").text
    mended.stack.start("relay")
    until(lambda: "Sent" in analyst.open(path).text, timeout=40, what="the letter on its way")
    assert len(until(lambda: letters(mended, room), what="the letter at the platform")) == 1


def test_a_reader_killed_at_work_loses_no_reply(mended: House) -> None:
    analyst = mended.person("analyst")
    path, room = submitted(mended, analyst)
    approve(mended, path)
    (letter,) = until(lambda: letters(mended, room), what="the letter")
    mended.stack.kill("reader")
    mended.liaison("answer", letter=letter["id"], text="1-2 have been removed.", quote=False)
    mended.stack.start("reader")
    until(lambda: reply_on(analyst.open(path)), what="the reply")
    assert analyst.open(path).html.count('href="/replies/') <= 2  # one reply: in the notice and in the list


def test_the_door_closed_for_a_while_loses_no_reply(mended: House) -> None:
    analyst = mended.person("analyst")
    path, room = submitted(mended, analyst)
    approve(mended, path)
    (letter,) = until(lambda: letters(mended, room), what="the letter")
    mended.stack.stop("door")
    mended.liaison("answer", letter=letter["id"], text="1-2 have been removed.", quote=False)
    mended.stack.start("door")
    assert until(lambda: reply_on(analyst.open(path)), timeout=40, what="the reply, once the door is open again")


def reply_on(page: Page) -> str | None:
    try:
        return page.link(to=r"^/replies/")
    except LookupError:
        return None
