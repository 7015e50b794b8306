"""The liaison as a robot: real letters in, real answers out through a real relay, on a clock that the test hurries."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from sandbox.platform.database import Database
from sandbox.platform.store import Store
from tests.sandbox.liaison import REPLY_TO, House, body_of, subject_of
from tests.sandbox.processes import Mailbox, Program, Taken, free_port, mailbox, program, send
from tests.waiting import until

SCHOOL, LAKESIDE = "portal_demo_school_room", "lakeside_library_room"
STILL = 3600.0  # seconds for an hour of the story: nothing happens unless the test hurries
STEPS = ["out_of_office", "remove_first", "answer_first", "remove_rest", "answer_rest"]
KOREAN = "안녕하십니까. 아래 목록의 정보에 대하여 삭제를 요청합니다."
ENGLISH = "Dear colleagues, we request that you delete these items."


@dataclass
class Robot:
    """The platform with its robot, the relay that takes its answers, and the portal's mailbox behind the relay."""

    folder: Path
    portal: Mailbox
    relay_port: int
    house: House
    stack: ExitStack

    def now(self) -> Any:
        return self.house.get("/liaison/api/robot").json

    def choose(self, **asked: object) -> Any:
        answered = self.house.call("robot", asked)
        assert answered.status == 200, answered.text
        return answered.json

    def hurry(self, *steps: str) -> None:
        """The next steps now, one after the other; each must be the one that the test expects."""
        for step in steps:
            answered = self.house.call("hurry", {})
            assert (answered.status, answered.json.get("step")) == (200, step), answered.text

    def planned(self, letter: int | None = None) -> list[str]:
        return [plan["step"] for plan in self.now()["plans"] if letter in (None, plan["letter"])]

    def arrived(self, count: int) -> Taken:
        """The newest of `count` answers at the portal."""
        taken = self.portal.wait_for(count)
        assert len(taken) == count
        return taken[-1]

    def live(self, letter: int) -> set[int]:
        return {number for number, state in self.house.states(letter).items() if state == "live"}

    def hand(self, letter: int) -> str | None:
        (found,) = [one for one in self.house.get("/liaison/api/inbox").json if one["id"] == letter]
        return found["hand"]

    def restart(self, *, relay_port: int | None = None) -> None:
        """kill -9, and the same again."""
        if self.house.platform.process.returncode is None:
            self.house.platform.kill()
        self.house.platform = self.stack.enter_context(_platform(self.folder, relay_port or self.relay_port))


def _platform(folder: Path, relay_port: int, *more: str) -> Any:
    addresses = ["--web", "127.0.0.1:0", "--mail", "127.0.0.1:0", "--relay", f"127.0.0.1:{relay_port}"]
    return program("sandbox.platform", *addresses, "--data", folder, "--seed", "--robot", *more)


@pytest.fixture
def robot(tmp_path: Path) -> Iterator[Robot]:
    with ExitStack() as stack:
        portal = stack.enter_context(mailbox(Mailbox(free_port())))
        route = ["--route", f"portal.test=smtp://127.0.0.1:{portal.port}"]
        relay = stack.enter_context(
            program("sandbox.relay", "--listen", "127.0.0.1:0", "--spool", tmp_path / "relay", *route)
        )
        platform = stack.enter_context(_platform(tmp_path / "platform", relay.port("smtp")))
        one = Robot(tmp_path / "platform", portal, relay.port("smtp"), House(platform, portal), stack)
        assert one.now()["mode"] == "robot"
        one.choose(hour_seconds=STILL)
        yield one


def letter(
    *,
    room: str = SCHOOL,
    items: dict[int, int] | range = range(1, 26),
    words: str = ENGLISH,
    subject: str = "[Request 2026-0001] Removal request",
    name: str = "first",
    answers: str = "",
    **headers: str,
) -> bytes:
    """A letter of the portal; `items` are the messages by the numbers that the letter gives them."""
    message = EmailMessage()
    message["From"] = "KCSC <takedown@portal.test>"
    message["To"] = "dmca@telegram.test"
    message["Reply-To"] = REPLY_TO
    message["Subject"] = subject
    message["Date"] = datetime(2026, 9, 3, 10, 5, tzinfo=UTC)
    message["Message-ID"] = f"<{name}@portal.test>"
    if answers:
        message["In-Reply-To"] = message["References"] = f"<{answers}@portal.test>"
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    numbered = items if isinstance(items, dict) else {number: number for number in items}
    listed = "\n".join(f"{number}. https://t.me/{room}/{post}" for number, post in numbered.items())
    message.set_content(f"{words}\n\n{listed}\n")
    return message.as_bytes().replace(b"\n", b"\r\n")


def first_words(taken: Taken) -> str:
    """What the answer says above the letter that it quotes, without greeting and signature."""
    return "\n\n".join(body_of(taken.message).split("\n\n")[1:])


# The story of the school room.


def test_the_story_of_the_school_room(robot: Robot) -> None:
    number = robot.house.post(letter())
    assert robot.planned(number) == STEPS
    assert robot.hand(number) == "robot"

    robot.hurry("out_of_office")
    away = robot.arrived(1)
    assert (away.sender, away.recipients) == ("", (REPLY_TO,))
    assert away.message["Auto-Submitted"] == "auto-replied"
    assert away.message["In-Reply-To"] == "<first@portal.test>"
    assert subject_of(away.message) == "Automatic reply: [Request 2026-0001] Removal request"
    assert robot.house.get("/liaison/api/inbox").json[0]["answered"] is False

    robot.hurry("remove_first")
    assert robot.live(number) == {7, 21, 22, 23, 25}
    robot.hurry("answer_first")
    answer = robot.arrived(2)
    assert (answer.sender, answer.recipients) == ("dmca@telegram.test", (REPLY_TO,))
    assert answer.message["Auto-Submitted"] is None
    assert first_words(answer).startswith("1-20 have been removed, 21-25 are under review.\n\nRegards,")
    assert "> 7. https://t.me/portal_demo_school_room/7" in body_of(answer.message)

    again = robot.house.post(letter(items={7: 7}, name="second", answers="first", subject="[Follow-up] Item 7"))
    assert robot.planned() == ["remove_again", "answer_follow_up", "remove_rest", "answer_rest"]
    robot.hurry("remove_again")
    assert robot.live(number) == {21, 22, 23, 25}
    robot.hurry("answer_follow_up")
    explained = robot.arrived(3)
    assert explained.message["In-Reply-To"] == "<second@portal.test>"
    assert explained.message["References"].split() == ["<first@portal.test>", "<second@portal.test>"]
    assert "There was a misunderstanding" in first_words(explained)
    assert "7 has been removed." in first_words(explained)

    robot.hurry("remove_rest", "answer_rest")
    last = robot.arrived(4)
    assert last.message["In-Reply-To"] == "<first@portal.test>"
    assert first_words(last).startswith("21-23 and 25 have been removed as well.")
    assert "apologise for the misunderstandings" in first_words(last)
    assert "korea@telegram.test" in first_words(last)
    assert robot.live(number) == robot.live(again) == set()
    assert robot.now()["plans"] == []
    robot.house.call("hurry", {})
    assert [one.message["Message-ID"] for one in robot.portal.taken] == [
        one.message["Message-ID"] for one in (away, answer, explained, last)
    ]


def test_without_a_hurry_the_clock_does_it(robot: Robot) -> None:
    robot.house.post(letter())
    robot.choose(hour_seconds=0.005)
    until(lambda: not robot.now()["plans"], what="the robot is done")
    robot.portal.wait_for(3)
    sent = robot.house.get("/liaison/sent/").text
    assert sent.count('href="/liaison/sent/') >= 3


def test_a_korean_letter_is_answered_in_korean(robot: Robot) -> None:
    number = robot.house.post(letter(room=LAKESIDE, items=range(1, 4), words=KOREAN, subject="삭제 요청"))
    robot.hurry("out_of_office")
    assert subject_of(robot.arrived(1).message) == "자동 회신: 삭제 요청"
    robot.hurry("remove_first", "answer_first")
    assert robot.live(number) == {3}
    first = first_words(robot.arrived(2))
    assert first.startswith(
        "1번은 삭제 완료하였습니다.\n2번은 해당 게시물이 없습니다.\n3번은 검토 중입니다.\n\n감사합니다."
    )
    robot.hurry("remove_rest", "answer_rest")
    assert "3번도 삭제 완료하였습니다." in first_words(robot.arrived(3))
    assert robot.live(number) == set()


def test_another_letter_is_handled_in_the_same_manner_by_its_own_numbers(robot: Robot) -> None:
    items = {number: 300 + index for index, number in enumerate(range(31, 43), 1)}
    number = robot.house.post(letter(room="riverside_park_room", items=items))
    robot.hurry("out_of_office", "remove_first", "answer_first")
    assert first_words(robot.arrived(2)).startswith("31-39 have been removed, 40-42 are under review.")
    assert robot.live(number) == {37, 40, 42}
    robot.hurry("remove_rest", "answer_rest")
    assert first_words(robot.arrived(3)).startswith("40 and 42 have been removed as well.")
    assert robot.live(number) == {37}


def test_a_single_item_goes_at_once_and_what_is_not_here_is_not_found(robot: Robot) -> None:
    number = robot.house.post(letter(items={1: 4, 2: 4444}))
    robot.hurry("out_of_office", "remove_first", "answer_first")
    assert first_words(robot.arrived(2)).startswith("1 has been removed, 2 was not found.")
    assert robot.planned(number) == []


# What it understands.


def test_a_follow_up_is_known_by_its_subject_and_the_same_items(robot: Robot) -> None:
    robot.house.post(letter())
    for name, subject in (("two", "Re: Removal request"), ("three", "[Follow-up] Item 7"), ("four", "[재요청] 7번")):
        second = robot.house.post(letter(items={7: 7}, name=name, subject=subject))
        assert robot.planned(second) == ["remove_again", "answer_follow_up"], subject


def test_the_same_items_under_another_subject_are_a_request_of_their_own(robot: Robot) -> None:
    robot.house.post(letter())
    second = robot.house.post(letter(items={1: 7}, name="second"))
    assert robot.planned(second) == ["out_of_office", "remove_first", "answer_first"]


def test_a_follow_up_before_the_first_answer_changes_nothing_of_it(robot: Robot) -> None:
    first = robot.house.post(letter())
    robot.house.post(letter(items={21: 21}, name="second", answers="first"))
    assert robot.planned(first) == STEPS
    assert [plan["step"] for plan in robot.now()["plans"]][-2:] == ["remove_rest", "answer_rest"]


def test_a_test_mail_is_answered_from_the_address_it_went_to(robot: Robot) -> None:
    words = "This is a test of the address. Please reply to this mail so that we know that it works."
    number = robot.house.post(letter(items={}, words=words, subject="Test of your address"), "korea@telegram.test")
    assert robot.planned(number) == ["answer_test"]
    robot.hurry("answer_test")
    answer = robot.arrived(1)
    assert answer.sender == "korea@telegram.test"
    assert answer.message["From"] == "Telegram Trust & Safety <korea@telegram.test>"
    assert answer.message["In-Reply-To"] == "<first@portal.test>"
    assert first_words(answer).startswith("We received this, the address works.")


def test_a_korean_test_mail_is_answered_in_korean(robot: Robot) -> None:
    words = "연락처 확인을 위한 시험 메일입니다. 이 메일에 회신하여 주시기 바랍니다."
    robot.house.post(letter(items={}, words=words, subject="연락처 확인"))
    robot.hurry("answer_test")
    assert "시험 메일을 잘 받았습니다" in first_words(robot.arrived(1))


def test_what_asks_for_no_answer_gets_none(robot: Robot) -> None:
    cases = [
        ("", letter(items={}, words="Your mail could not be delivered. Please reply.")),
        ("a@portal.test", letter(items={}, words="Please reply.", Auto_Submitted="auto-replied", name="b")),
        ("a@portal.test", letter(items={}, words="Thank you, good bye.", name="c")),
        ("a@portal.test", b"Subject: nobody\r\n\r\n1. https://t.me/portal_demo_school_room/1"),
        ("a@portal.test", b"Subject: =?utf-8?b?!!!?=\r\nReferences: <[@]>\r\nDate: never\r\n\r\nhello"),
    ]
    for number, (sender, raw) in enumerate(cases, 1):
        assert send(robot.house.platform.port("smtp"), sender, ["dmca@telegram.test"], raw)[0] == 250
        assert robot.now()["plans"] == []
        assert robot.hand(number) == "nobody"


def test_the_same_letter_twice_is_answered_once(robot: Robot) -> None:
    robot.house.post(letter())
    second = robot.house.post(letter())
    assert len(robot.planned()) == len(STEPS)
    assert robot.hand(second) == "nobody"


# Nothing is lost and nothing is done twice.


def test_a_restart_in_the_middle_goes_on_where_it_stopped(robot: Robot) -> None:
    number = robot.house.post(letter())
    robot.hurry("out_of_office", "remove_first")
    robot.restart()
    now = robot.now()
    assert (now["mode"], now["hour_seconds"]) == ("robot", STILL)
    assert robot.planned() == STEPS[2:]
    robot.hurry("answer_first")
    robot.restart()
    robot.hurry("remove_rest", "answer_rest")
    robot.arrived(3)
    assert robot.live(number) == {7}


def test_hours_in_which_the_platform_was_down_do_not_count(robot: Robot) -> None:
    robot.house.post(letter())
    robot.choose(hour_seconds=0.2)
    robot.portal.wait_for(1)
    robot.house.platform.kill()
    store = Store(Database(robot.folder))
    with store._open() as db:  # an hour of real time ago: as if it had stood still since
        db.execute("UPDATE robot_clock SET since = since - 3600")
    robot.restart()
    waits = [plan["in_seconds"] for plan in robot.now()["plans"]]
    assert waits[-1] - waits[0] > 10 * 0.2


def test_killed_before_the_text_goes_over_it_is_sent_after_all(robot: Robot, tmp_path: Path) -> None:
    _killed_while_sending(robot, at="rcpt")
    robot.hurry("out_of_office")
    robot.arrived(1)


def test_killed_while_the_text_goes_over_it_is_not_sent_twice(robot: Robot) -> None:
    _killed_while_sending(robot, at="data")
    assert robot.planned() == STEPS[1:]
    assert "발송 여부 불명" in robot.house.get("/liaison/sent/").text


def _killed_while_sending(robot: Robot, *, at: str) -> None:
    """The out-of-office note goes to a listener in whose conversation the platform is killed; then it starts again."""
    killer = robot.stack.enter_context(mailbox(Mailbox(free_port())))
    robot.restart(relay_port=killer.port)
    platform: Program = robot.house.platform

    def kill() -> str:
        platform.process.kill()
        return "451 4.3.0 too late"

    if at == "rcpt":
        killer.at_rcpt = lambda address: kill()
    else:
        killer.at_data = kill
    robot.house.post(letter())
    robot.choose(hour_seconds=0.001)
    until(lambda: platform.process.poll() is not None, what="the platform is dead")
    platform.kill()
    store = Store(Database(robot.folder))
    with store._open() as db:
        db.execute("UPDATE robot_clock SET hour_seconds = ?", (STILL,))
    robot.restart()


def test_an_answer_waits_until_the_relay_is_back(robot: Robot) -> None:
    down = free_port()
    robot.restart(relay_port=down)
    robot.house.post(letter())
    answered = robot.house.call("hurry", {})
    assert answered.status == 503
    assert "the mail relay does not answer" in answered.json["error"]
    assert robot.planned() == STEPS
    with mailbox(Mailbox(down)) as back:
        until(lambda: robot.planned() == STEPS[1:], what="the robot tries again")
        assert len(back.taken) == 1


# A person at the desk.


def test_hands_that_remove_take_the_letter_over(robot: Robot) -> None:
    number = robot.house.post(letter())
    other = robot.house.post(letter(room=LAKESIDE, items=range(1, 4), name="other"))
    robot.hurry("out_of_office")
    robot.house.call("remove", {"room": SCHOOL.upper(), "ids": [3]})
    assert (robot.hand(number), robot.hand(other)) == ("person", "robot")
    assert robot.planned(number) == []
    follow_up = robot.house.post(letter(items={7: 7}, name="second", answers="first"))
    until(lambda: robot.hand(follow_up) == "person", what="a follow-up to it is left alone, too")
    robot.restart()
    assert robot.planned(number) == robot.planned(follow_up) == []
    assert robot.planned(other)[-4:] == STEPS[1:]


def test_hands_that_answer_take_the_letter_over(robot: Robot) -> None:
    number = robot.house.post(letter())
    fields: dict[str, str | list[str]] = {"text": "We are looking at it.", "once": "0123"}
    assert robot.house.submit(f"/liaison/letters/{number}/answer", fields).status == 303
    assert robot.hand(number) == "person"
    assert robot.now()["plans"] == []


def test_the_mode_is_switched_and_remembered(robot: Robot) -> None:
    first = robot.house.post(letter())
    assert robot.choose(mode="hand")["mode"] == "hand"
    assert {plan["in_seconds"] for plan in robot.now()["plans"]} == {None}
    refused = robot.house.call("hurry", {})
    assert (refused.status, refused.json) == (400, {"error": "the platform is played by hand"})

    touched = robot.house.post(letter(room="hillside_library_room", items={1: 201}, name="touched"))
    robot.house.call("restore", {"room": "hillside_library_room", "ids": [201]})
    untouched = robot.house.post(letter(room=LAKESIDE, items=range(1, 4), name="untouched"))
    robot.restart()
    assert robot.now()["mode"] == "hand"
    assert (robot.hand(touched), robot.hand(untouched)) == ("person", None)

    robot.choose(mode="robot")
    until(lambda: robot.hand(untouched) == "robot", what="what nobody touched is taken up")
    assert robot.planned(first) == robot.planned(untouched) == STEPS
    assert robot.planned(touched) == []


def test_a_choice_without_sense_is_told(robot: Robot) -> None:
    for asked, error in (
        ({}, "say mode, or hour_seconds, or both"),
        ({"mode": "x"}, "mode is robot or hand"),
        ({"hour_seconds": 0}, "hour_seconds is a number from 0.001 to 3600"),
        ({"hour_seconds": "1"}, "hour_seconds is a number"),
        ({"hour_seconds": True}, "hour_seconds is a number"),
    ):
        answered = robot.house.call("robot", asked)
        assert (answered.status, answered.json) == (400, {"error": error})
    assert (robot.now()["mode"], robot.now()["hour_seconds"]) == ("robot", STILL)


def test_what_will_happen_is_told_in_words_and_seconds(robot: Robot) -> None:
    robot.house.post(letter())
    plans = robot.now()["plans"]
    assert [plan["words"] for plan in plans] == [
        "Send an out-of-office note",
        "Remove 1-6, 8-20; and 24, which no answer will mention as removed",
        "Answer: 1-20 have been removed, 21-25 are under review",
        "Remove 21-23, 25",
        "Answer: 21-23, 25 removed as well, with an apology",
    ]
    assert plans[-2]["words_ko"] == "21-23, 25번 삭제"
    assert {plan["subject"] for plan in plans} == {"[Request 2026-0001] Removal request"}
    waits = [plan["in_seconds"] for plan in plans]
    assert waits == sorted(waits)
    assert 71 * STILL < waits[-1] <= 72 * STILL
