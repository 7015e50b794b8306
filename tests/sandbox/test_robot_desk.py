"""The robot on the liaison's desk: who answers, what comes next, hurry, speed, taking over; with and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.liaison import House
from tests.sandbox.processes import Mailbox, free_port, mailbox, program
from tests.sandbox.test_robot import STILL, letter

PORTAL = "http://127.0.0.1:8000/"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    addresses = ["--web", "127.0.0.1:0", "--mail", "127.0.0.1:0"]
    with mailbox(Mailbox(free_port())) as relay:
        where = ["--relay", f"127.0.0.1:{relay.port}", "--data", str(tmp_path), "--seed", "--robot", "--portal", PORTAL]
        with program("sandbox.platform", *addresses, *where) as platform:
            found = House(platform, relay)
            found.call("robot", {"hour_seconds": STILL})
            yield found


def page(house: House, path: str = "") -> str:
    return house.get(f"/liaison/{path}", Cookie="liaison_language=en").text


def press(house: House, action: str, **fields: str) -> str:
    """Post one of the strip's forms; the page that it leads to."""
    moved = house.submit(f"/liaison/{action}", {"back": "/liaison/", **fields})
    assert moved.status == 303
    return house.get(moved.headers["Location"], Cookie="liaison_language=en").text


def test_the_desk_says_what_the_robot_will_do_and_hurries_it(house: House) -> None:
    assert "The robot waits for a letter." in page(house)
    number = house.post(letter())
    inbox = page(house)
    assert "In the robot’s hands" in inbox
    assert inbox.count("Send an out-of-office note") == 2  # what is next, and first in the list
    assert "Remove 21-23, 25" in inbox
    assert 'data-in="1' in inbox

    assert "The next step is done." in press(house, "hurry")
    house.relay.wait_for(1)
    assert "Send an out-of-office note" not in page(house)
    assert "Automatic" in page(house, "sent/")
    assert "Remove 1-6, 8-20" in page(house, f"letters/{number}")


def test_a_letter_is_taken_over_by_a_button(house: House) -> None:
    number = house.post(letter())
    moved = house.submit(f"/liaison/letters/{number}/take", {})
    assert moved.headers["Location"] == f"/liaison/letters/{number}?did=take"
    shown = page(house, f"letters/{number}")
    assert "The robot leaves this letter alone." in shown
    assert "Take it over" not in shown
    assert house.get("/liaison/api/robot").json["plans"] == []
    assert house.submit("/liaison/letters/99/take", {}).status == 404


def test_who_comes_from_the_portal_keeps_its_language_and_finds_the_way_back(house: House) -> None:
    moved = house.get("/liaison/?language=en")
    assert (moved.status, moved.headers["Location"]) == (303, "/liaison/")
    assert moved.headers["Set-Cookie"].startswith("liaison_language=en;")
    assert f'href="{PORTAL}" class="to-portal">Back to the portal</a>' in page(house)
    assert house.get("/liaison/?language=xx").status == 200


def test_robot_or_hand_and_the_speed_are_switched(house: House) -> None:
    house.post(letter())
    by_hand = press(house, "robot", mode="hand")
    assert "Kept for the robot" in by_hand
    assert "In the robot’s hands" not in by_hand
    assert "The robot does nothing." in by_hand
    assert "Planned steps kept for later: 5." in by_hand
    assert "disabled" in by_hand
    assert "There was nothing to hurry." in press(house, "hurry")
    assert "another speed" in press(house, "robot", speed="slow")
    now = house.get("/liaison/api/robot").json
    assert (now["mode"], now["hour_seconds"]) == ("hand", 10.0)
    assert "The robot answers from now on." in press(house, "robot", mode="robot")
    press(house, "robot", mode="x", speed="x")
    assert house.get("/liaison/api/robot").json["hour_seconds"] == 10.0


def test_a_hurry_without_a_relay_says_so(house: House) -> None:
    house.post(letter())
    house.relay.at_rcpt = lambda address: "451 4.3.0 not now"
    assert "The mail relay did not take the answer" in press(house, "hurry")
    assert house.get("/liaison/api/robot").json["plans"][0]["step"] == "out_of_office"


def test_an_answer_that_the_relay_never_takes_is_given_up(house: House) -> None:
    house.post(letter())
    house.relay.at_rcpt = lambda address: "550 5.1.1 nobody here"
    press(house, "hurry")
    assert house.get("/liaison/api/robot").json["plans"][0]["step"] == "remove_first"
    assert "Nothing has been sent yet." in page(house, "sent/")


def test_other_pages_cannot_move_the_robot(house: House) -> None:
    number = house.post(letter())
    for path in ("robot", "hurry", f"letters/{number}/take"):
        assert house.submit(f"/liaison/{path}", {"mode": "hand"}, Origin="https://attacker.test").status == 403
        assert house.get(f"/liaison/{path}").status == 404
    assert len(house.get("/liaison/api/robot").json["plans"]) == 5
