"""The reader and mails that were made to hurt it, or that have nothing to do with it."""

import time
from collections.abc import Callable

import pytest

from takedowns.reading import ItemRef, letter_items, read
from takedowns.reading.reader import MAX_READ
from tests.takedowns import reading_mails
from tests.takedowns.test_reading import ITEMS, LETTER, answer

Record = Callable[[str, object], None]

HOSTILE = {
    "on-on-on": "On " * 20_000,
    "newlines": "\n" * 200_000,
    "wrote": "On Tue, a@b.example wrote:\n" * 5_000,
    "marks": ">" * 60_000,
    "marked lines": "> > > x\n" * 20_000,
    "numbers": ",".join(map(str, range(15_000))),
    "ranges": "1-25, " * 10_000,
    "links": "https://t.me/portal_demo_room/101 " * 3_000,
    "dots": "a." * 30_000,
    "slashes": "/" * 60_000,
    "brackets": "(" * 30_000 + ")" * 30_000,
    "quotes": '"' * 60_000,
    "removed": "removed " * 8_000,
    "not not": "not " * 15_000,
    "삭제": "삭제 " * 20_000,
    "조치를": "조치를 처리를 " * 8_000,
    "이미": "이미 " * 20_000,
    "정보": "정보가 정보를 " * 8_000,
    "한글": "가나다라마 " * 10_000,
    "나머지": "나머지 모두 " * 8_000,
    "headers": "From: a\nSent: b\nTo: c\nSubject: d\n" * 3_000,
    "signatures": "--\nname\n" * 10_000,
    "thanks": "감사합니다.\n" * 10_000,
    "our own lines": LETTER * 40,
    "one long word": "x" * 60_000,
    "spaces": " " * 60_000 + "x",
    "tabs": "\t" * 60_000,
    "commas": "1, " * 20_000,
    "access": "access to the items was now " * 2_000,
    "please": "please provide the the the " * 2_500,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_or_abstained_from_at_once(name: str, record_property: Record) -> None:
    began = time.perf_counter()
    reading = answer(HOSTILE[name])
    answer(HOSTILE[name][: MAX_READ - 1])
    record_property("seconds", round(time.perf_counter() - began, 2))
    assert not any(outcome.claim == "removed" for outcome in reading.outcomes.values()) or name == "removed"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 40_000,
        "<a " * 60_000,
        "<!--" * 40_000,
        "<!--a>" * 40_000,
        "<![if >" * 40_000,
        "<td>1</td>" * 20_000,
        "&#" * 60_000,
        "<blockquote>" * 20_000 + "x",
    ],
    ids=["divs", "tags", "comments", "open comments", "declarations", "cells", "references", "quotes"],
)
def test_hostile_html_is_read_or_abstained_from(page: str, record_property: Record) -> None:
    began = time.perf_counter()
    reading = answer("", html_text=reading_mails.bodies(b"Content-Type: text/html\n\n" + page.encode()).html)
    record_property("seconds", round(time.perf_counter() - began, 2))
    assert reading.outcomes == {}


def test_too_much_text_is_left_to_a_person() -> None:
    assert answer("1-7 removed. " * 40_000).reasons == ["too_long"]
    assert answer("words of theirs, all of them new " * 2_000 + "1-7 removed").reasons == ["too_long"]


def test_without_items_nothing_is_read() -> None:
    assert read(text="All removed", items=[], sent_text="").reasons == ["no_items"]


def test_labels_of_a_digest() -> None:
    items = [ItemRef(f"2026-000123/{n}", f"https://t.me/portal_demo_room/{n + 100}") for n in (1, 2, 3)]
    items += [ItemRef(f"2026-000124/{n}", f"https://t.me/other_demo_room/{n + 200}") for n in (1, 2)]
    sent = "\n".join(f"{item.label}. {item.url}" for item in items)
    assert letter_items(sent) == items
    reading = read(text="2026-000123/1 removed\n2026-000124/2 not found", items=items, sent_text=sent)
    assert {label: o.claim for label, o in reading.outcomes.items()} == {
        "2026-000123/1": "removed",
        "2026-000124/2": "not_found",
    }
    assert read(text="Items 1-2 removed", items=items, sent_text=sent).outcomes == {}


def test_the_same_link_twice_in_a_letter_is_told_by_its_number_only() -> None:
    items = [
        ItemRef("1", "https://t.me/portal_demo_room/101"),
        ItemRef("2", "https://t.me/portal_demo_room/101?single"),
    ]
    sent = "\n".join(f"{item.label}. {item.url}" for item in items)
    assert read(text="https://t.me/portal_demo_room/101 removed", items=items, sent_text=sent).outcomes == {}
    assert set(read(text="Item 1 removed", items=items, sent_text=sent).outcomes) == {"1"}


@pytest.mark.skipif(not reading_mails.LIAISON.is_dir(), reason="the shared mail data are not here")
def test_no_synthetic_reply_gives_a_false_removed_and_most_are_read() -> None:
    told = read_right = 0
    for one in reading_mails.answers():
        reading = read(
            text=one.bodies.text,
            html_text=one.bodies.html,
            items=letter_items(one.sent),
            sent_text=one.sent,
            csv_texts=one.bodies.tables,
        )
        for label, outcome in reading.outcomes.items():
            assert outcome.claim != "removed" or one.outcomes.get(label) == "removed", one.name
        clear = {label: claim for label, claim in one.outcomes.items() if claim != "in_progress"}
        told += len(clear)
        read_right += sum(
            label in reading.outcomes and reading.outcomes[label].claim == c for label, c in clear.items()
        )
    assert read_right >= 0.95 * told


@pytest.mark.skipif(not reading_mails.DATA.is_dir(), reason="the shared mail data are not here")
def test_ordinary_mail_never_says_removed() -> None:
    mails = reading_mails.ordinary()
    assert len(mails) > 500
    for path in mails:
        parts = reading_mails.bodies(path.read_bytes())
        reading = read(text=parts.text, html_text=parts.html, items=ITEMS, sent_text=LETTER, csv_texts=parts.tables)
        assert "removed" not in {outcome.claim for outcome in reading.outcomes.values()}, path.name
