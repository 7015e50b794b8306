"""Every letter of the robot is read by the portal as it is meant; and folders that are older than the robot."""

import sqlite3
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.platform.answers import quoted
from sandbox.platform.correspondence import Entry
from sandbox.platform.database import Database
from sandbox.platform.letters import Letter, Link
from sandbox.platform.letters import read as read_letter
from sandbox.platform.numbers import parse
from sandbox.platform.robot import manner, texts
from sandbox.platform.robot.plans import Hand, Plans
from sandbox.platform.seed import seed
from sandbox.platform.store import Post, Room, Store
from takedowns.reading import letter_items, read

NOW = datetime(2026, 9, 3, 12, 0, tzinfo=UTC)


def entries(numbers: range | list[int], *, room: str = "portal_demo_school_room", unknown: int = 0) -> list[Entry]:
    """A letter's items; the last `unknown` of them lead nowhere."""
    found = []
    for place, number in enumerate(numbers):
        post = None if place >= len(numbers) - unknown else Post(room, number, NOW, "shapes", 12, None)
        found.append(Entry(Link(number, f"https://t.me/{room}/{number}", room, number), post))
    return found


def claims(text: str, listed: list[Entry]) -> dict[str, list[int]]:
    """What the portal reads in an answer that quotes the letter: claim -> item numbers."""
    letter = _letter(listed)
    language = "en" if text.startswith("Hello") else "ko"
    found = read(text=f"{text}\n\n{quoted(letter, language)}", items=letter_items(letter.text), sent_text=letter.text)
    assert not found.abstained, (found.reasons, text)
    told = defaultdict(list)
    for label, outcome in found.outcomes.items():
        told[outcome.claim].append(int(label))
    return {claim: sorted(numbers) for claim, numbers in told.items()}


def _letter(listed: list[Entry]) -> Letter:
    lines = "\n".join(f"{entry.link.number}. {entry.link.url}" for entry in listed)
    head = "From: KCSC <takedown@portal.test>\nSubject: Removal request\nContent-Type: text/plain; charset=utf-8\n\n"
    return read_letter(number=1, raw=f"{head}Dear colleagues,\n\nItems\n{lines}\n".encode(), received_at=NOW)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("listed", "removed", "not_found", "review"),
    [
        (entries(range(1, 26)), "1-20", "", "21-25"),
        (entries(range(31, 43)), "31-39", "", "40-42"),
        (entries(range(1, 6)), "1-4", "", "5"),
        (entries(range(1, 4), room="lakeside_library_room"), "1", "2", "3"),
        (entries([3]), "3", "", ""),
        (entries([1, 2, 5, 9], unknown=1), "1-2", "9", "5"),
        (entries([1, 2], unknown=2), "", "1-2", ""),
        (entries(range(1, 201)), "1-160", "", "161-200"),
    ],
)
def test_a_first_answer_is_read_as_it_is_meant(
    language: str, listed: list[Entry], removed: str, not_found: str, review: str
) -> None:
    text = texts.first_answer(manner.of_request(listed), language)
    expected = {"removed": removed, "not_found": not_found, "in_progress": review}
    assert claims(text, listed) == {claim: parse(numbers) for claim, numbers in expected.items() if numbers}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("offer", [True, False])
def test_a_last_answer_is_read_as_it_is_meant(language: str, offer: bool) -> None:
    listed = entries(range(1, 26))
    text = texts.last_answer(manner.of_request(listed), language, offer=offer)
    assert claims(text, listed) == {"removed": [21, 22, 23, 25]}
    assert ("korea@telegram.test" in text) is offer
    assert claims(texts.last_answer(manner.of_request(listed[:5]), language, offer=offer), listed[:5]) == {
        "removed": [5]
    }


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (entries([7]), {"removed": [7]}),
        (entries([7, 21, 22]), {"removed": [7, 21, 22]}),
        (entries([7, 9], unknown=1), {"removed": [7], "not_found": [9]}),
    ],
)
def test_an_answer_to_a_follow_up_is_read_as_it_is_meant(
    language: str, listed: list[Entry], expected: dict[str, list[int]]
) -> None:
    text = texts.follow_up_answer(manner.of_follow_up(listed), language)
    assert claims(text, listed) == expected
    assert claims(text, entries(range(1, 26))[: max(e.link.number for e in listed)]) == expected


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_out_of_office_note_and_the_answer_to_a_test_say_nothing_of_items(language: str) -> None:
    listed = entries(range(1, 26))
    assert claims(texts.out_of_office(language), listed) == {}
    assert claims(texts.test_answer(language), listed) == {}


def test_the_manner_of_the_story() -> None:
    how = manner.of_request(entries(range(1, 26)))
    assert how.first_to_go == (*range(1, 7), *range(8, 21), 24)
    assert (how.held, how.silent, how.later) == ((7,), (24,), (21, 22, 23, 25))


# Folders that are older.


def test_missing_rooms_are_made_and_others_left(tmp_path: Path) -> None:
    store = Store(Database(tmp_path))
    store.publish(room=Room("portal_demo_room", "Mine", "Mine"), ids=[1], captions=["x"])
    seed(store)
    assert {room.name for room in store.rooms()} >= {"portal_demo_school_room", "lakeside_library_room"}
    assert [post.id for post in store.posts("portal_demo_school_room")] == list(range(1, 26))
    assert [post.id for post in store.posts("portal_demo_room")] == [1]


def test_letters_from_before_the_robot_stay_with_the_people(tmp_path: Path) -> None:
    database = Database(tmp_path)
    store = Store(database)
    with sqlite3.connect(tmp_path / "platform.sqlite3") as db:
        db.execute("ALTER TABLE answer DROP COLUMN is_automatic")
    old = store.keep_letter(envelope_from="a@b.test", envelope_to="dmca@telegram.test", raw=b"\r\nold")
    store = Store(database)
    answer = store.begin_answer(letter=old, once="x", recipient="a", subject="b", text="c", is_automatic=False)
    assert [one.is_automatic for one in store.answers(old)] == [False]
    assert answer == 1
    assert Plans(database).hands() == {old: Hand.PERSON}
    assert Plans(database).unseen() == []
    new = store.keep_letter(envelope_from="a@b.test", envelope_to="dmca@telegram.test", raw=b"\r\nnew")
    assert Plans(database).unseen() == [new]
