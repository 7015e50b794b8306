"""A letter's bytes: well-formed, threaded, and with nobody else's headers in them."""

import email
import re
from datetime import UTC, datetime
from email import policy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailroom.composing import Attachment, compose
from mailroom.parse_child.main import read

AT = datetime(2024, 9, 3, 1, 30, tzinfo=UTC)
LONG_ID = f"<{'a' * 120}@{'b' * 60}.namprd11.prod.outlook.com>"


def make(**given: Any) -> bytes:
    words: dict[str, Any] = {
        "message_id": "<0123456789abcdef0123@portal.test>",
        "reply_to": "takedown+r.abcdefghijkmnpqrst@portal.test",
        "to": "dmca@telegram.test",
        "subject": "Removal request",
        "body": "1. https://t.me/portal_demo_room/101\n",
        "language": "en",
        "at": AT,
    }
    return compose(**(words | given))


def parsed(data: bytes) -> Any:
    return email.message_from_bytes(data, policy=policy.default)


def test_headers_of_an_officers_letter() -> None:
    message = parsed(make(in_reply_to="<x@y>", references=["<w@y>", "<x@y>"]))
    assert str(message["From"]) == "Korea Communications Standards Commission <takedown@portal.test>"
    assert "takedown+r.abcdefghijkmnpqrst@portal.test" in message["Reply-To"]
    assert message["Message-ID"] == "<0123456789abcdef0123@portal.test>"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["In-Reply-To"] == "<x@y>"
    assert message["References"] == "<w@y> <x@y>"
    assert message["Date"] == "Tue, 03 Sep 2024 10:30:00 +0900"
    assert "Auto-Submitted" not in message


def test_an_automatic_reminder_says_so() -> None:
    assert parsed(make(auto_submitted=True))["Auto-Submitted"] == "auto-generated"


@given(
    subject=st.text(max_size=300),
    body=st.text(max_size=2000),
    language=st.sampled_from(["ko", "en"]),
    name=st.text(max_size=80),
)
@example(subject="긴 제목 " * 40, body="본문 " * 500, language="ko", name="목록.csv")
@example(subject="x" * 2000, body="y" * 5000, language="en", name="z" * 300)
@example(subject="=?utf-8?q?=0D=0ABcc:_x@y?=", body=".\n..\n\n\nFrom here", language="en", name='a"b\\c')
@settings(max_examples=150, deadline=None)
def test_any_words_come_back_whole_and_on_their_own_lines(subject: str, body: str, language: str, name: str) -> None:
    data = make(subject=subject, body=body, language=language, attachments=[Attachment(name, "text/csv", b"1,removed")])
    assert data.isascii()
    assert b"\0" not in data
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert max(map(len, data.split(b"\r\n"))) <= 998
    head = parsed(data)
    assert head.keys() == [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "X-Auto-Response-Suppress",
        "MIME-Version", "Content-Type",
    ]  # fmt: skip
    found = read(data, html_seconds=5)
    assert len(found["attachments"]) == 1
    assert found["attachments"][0]["size"] == 9


@given(words=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_plain_words_read_back_the_same(words: str) -> None:
    subject = f"공문 {words} 끝"
    found = read(make(subject=subject, body=f"1. {words}\n2. 삭제\n"), html_seconds=5)
    assert found["subject"] == subject
    assert found["text"].rstrip("\n") == f"1. {words}\n2. 삭제"


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b\n", "\0\r\n\t"])
def test_no_header_grows_out_of_a_subject_or_a_file_name(ending: str) -> None:
    wicked = f"ok{ending}Bcc: thief@evil.test{ending}{ending}body"
    data = make(
        subject=wicked, attachments=[Attachment(wicked, "text/csv", b"x")], in_reply_to=f"<a@b>{ending}Bcc: x@y"
    )
    message = parsed(data)
    assert message["Bcc"] is None
    assert message["Subject"] == "ok Bcc: thief@evil.test body"
    assert message["In-Reply-To"] == "<a@b>"
    part = next(message.iter_attachments())
    assert part["Bcc"] is None
    assert part.get_filename() == "ok Bcc: thief@evil.test body"


@pytest.mark.parametrize(
    "to",
    [
        "a@b.test, c@d.test",
        "a@b.test\r\nRCPT TO:<x@y>",
        "<a@b.test>",
        "A <a@b.test>",
        "a@",
        "",
        "a b@c.test",
        "á@b.test",
    ],
)
def test_one_plain_recipient_or_none(to: str) -> None:
    with pytest.raises(ValueError, match="plain e-mail address"):
        make(to=to)


def test_long_message_ids_are_never_encoded_or_broken() -> None:
    data = make(in_reply_to=LONG_ID, references=[LONG_ID] * 30)
    found = read(data, html_seconds=5)
    assert found["in_reply_to"] == LONG_ID
    assert found["references"] == [LONG_ID] * 20
    assert max(map(len, data.split(b"\r\n"))) <= 998
