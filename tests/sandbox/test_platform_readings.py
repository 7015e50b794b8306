"""What the simulated platform reads in letters and links, and how it words its answers."""

from datetime import UTC, datetime
from email.header import Header

import pytest

from sandbox.platform import numbers, quick, words
from sandbox.platform.answers import compose, quoted
from sandbox.platform.letters import place, read

NOW = datetime(2026, 9, 3, 12, 0, tzinfo=UTC)
LETTER = (
    f"From: {Header('방송통신심의위원회', 'utf-8').encode()} <takedown@portal.test>\r\nSubject: Re: 25 links\r\n"
    "Date: Thu, 3 Sep 2026 10:05:00 +0000\r\nMessage-ID: <a1b2c3@portal.test>\r\n\r\n1. https://t.me/aaaa/1\r\n"
).encode()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://t.me/portal_demo_room/101", ("portal_demo_room", 101)),
        ("hxxps://t[.]me/portal_demo_room/101?single", ("portal_demo_room", 101)),
        ("t.me/s/portal_demo_room/101", ("portal_demo_room", 101)),
        ("tg://resolve?domain=portal_demo_room&post=101", ("portal_demo_room", 101)),
        ("https://t.me/portal_demo_room/5/101", ("portal_demo_room", 101)),
        ("https://t.me/portal_demo_room", (None, None)),
        ("https://t.me/c/123/101", (None, None)),
        ("https://other.test/portal_demo_room/101", (None, None)),
        ("https://[bad/portal_demo_room/101", (None, None)),
    ],
)
def test_places_of_links(url: str, expected: tuple[str | None, int | None]) -> None:
    assert place(url) == expected


def test_numbered_links_in_several_hands() -> None:
    lines = [
        "2024. 9. 3.",
        "(1) https://t.me/aaaa/1",
        "2) <https://t.me/aaaa/2>",
        "3: t.me/aaaa/3,",
        "4번 https://t.me/aaaa/4",
        "5.",
        "https://t.me/aaaa/5",
        "1. no link",
    ]
    raw = "\n".join(["Content-Type: text/plain; charset=utf-8", "", *lines]).encode()
    one = read(number=1, raw=raw, received_at=NOW)
    assert [(link.number, link.id) for link in one.links] == [(n, n) for n in range(1, 6)]


def test_numbers_read_and_written() -> None:
    assert numbers.parse(" 1-3, 5;7~8 ") == [1, 2, 3, 5, 7, 8]
    assert numbers.compress([5, 1, 2, 3, 7, 8]) == "1-3, 5, 7-8"
    for wrong in ("", "0-", "3-1", "1000", "a"):
        with pytest.raises(ValueError):
            numbers.parse(wrong)


@pytest.mark.parametrize("kind", list(quick.TEXTS))
@pytest.mark.parametrize(("live", "gone"), [([], [1]), ([1, 2], []), ([21, 22], list(range(1, 21)))])
def test_ready_answers_stand_in_both_languages(kind: str, live: list[int], gone: list[int]) -> None:
    english = quick.text(kind, "en", live=live, gone=gone)
    korean = quick.text(kind, "ko", live=live, gone=gone)
    assert english.isascii()
    assert not korean.isascii()
    assert f"quick_{kind}" in words.WORDS


def test_the_korean_line_above_the_quote_is_gmails() -> None:
    one = read(number=1, raw=LETTER, received_at=NOW)
    first = quoted(one, "ko").splitlines()[0]
    assert first == "2026년 9월 3일 (목) 오전 10:05, 방송통신심의위원회 <takedown@portal.test>님이 작성:"


def test_references_grow_and_re_is_not_doubled() -> None:
    raw = LETTER.replace(b"\r\nSubject", b"\r\nReferences: <one@x> <two@x>\r\nSubject", 1)
    outgoing = compose(letter=read(number=1, raw=raw, received_at=NOW), text="done")
    assert outgoing.subject == "Re: 25 links"
    assert b"References: <one@x> <two@x> <a1b2c3@portal.test>" in outgoing.raw.replace(b"\r\n ", b" ")
