"""Reading mails in the child: honest ones wholly, hostile ones within their limits."""

import ast
import base64
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mailroom.parse_child
from mailroom.children import CannotRead
from mailroom.parse_child.heads import sender
from mailroom.parse_child.limits import LimitExceeded
from mailroom.parse_child.main import read
from mailroom.parse_child.markup import text_of
from mailroom.parsing import Parsed, parse
from mailroom.states import Unreadable
from tests.mailroom.shared_mail import mails

KOREAN = "1번부터 20번까지 삭제하였습니다. 21번은 똠방각하"  # 똠 is in Microsoft's superset only


def mail(head: str = "", body: bytes = b"hello\r\n", **headers: str) -> bytes:
    lines = [
        "From: Liaison <dmca@telegram.test>",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + head.encode() + b"\r\n\r\n" + body


def found(data: bytes) -> dict[str, Any]:
    return read(data, html_seconds=5)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("euc-kr", "cp949"),
        ("EUC-KR", "euc_kr"),
        ("ks_c_5601-1987", "cp949"),
        ("cp949", "cp949"),
        ("iso-2022-kr", "iso2022_kr"),
        ("utf-8", "utf-8"),
        ("us-ascii", "utf-8"),
        ("unknown-8bit", "cp949"),
        ("x-no-such-thing", "utf-8"),
        ("", "cp949"),
        ("johab", "johab"),
        ("utf-16", "utf-16"),
    ],
)
def test_korean_in_every_dress(charset: str, codec: str) -> None:
    text = KOREAN if codec not in ("euc_kr", "iso2022_kr") else KOREAN.replace("똠방각하", "삭제 불가")
    kind = f'text/plain; charset="{charset}"' if charset else "text/plain"
    assert found(mail(Content_Type=kind, body=text.encode(codec)))["text"] == text


def test_korean_subjects() -> None:
    def word(charset: str, data: bytes) -> str:
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="

    utf8 = "삭제 요청 회신".encode()
    assert found(mail(Subject=word("euc-kr", "삭제 요청".encode("cp949"))))["subject"] == "삭제 요청"
    assert found(mail(Subject=word("iso-2022-kr", "회신".encode("iso2022_kr"))))["subject"] == "회신"
    assert found(mail(Subject="=?UTF-8?Q?=EC=82=AD=EC=A0=9C?= ok"))["subject"] == "삭제 ok"
    # A mailer cut in the middle of a letter, a blank between two words, raw bytes without any dress.
    assert found(mail(Subject=f"{word('utf-8', utf8[:4])} {word('utf-8', utf8[4:])}"))["subject"] == "삭제 요청 회신"
    assert found(b"Subject: " + "회신".encode("cp949") + b"\r\n\r\n")["subject"] == "회신"


@pytest.mark.parametrize(
    ("from_lines", "defect"),
    [
        (["a@b.test"], ""),
        (["Liaison <A@B.Test>"], ""),
        (['"Kim, \\"the\\" Liaison" <a@b.test>'], ""),
        (["=?utf-8?B?7ZWc6riA?= <a@b.test>"], ""),
        ([], "missing"),
        ([""], "missing"),
        (["a@b.test", "c@d.test"], "several_headers"),
        (["a@b.test, c@d.test"], "several_addresses"),
        (["<a@b.test> <c@d.test>"], "several_addresses"),
        (["friends: a@b.test, c@d.test;"], "group"),
        (["x:a@b.test"], "group"),
        (["Liaison\r\n <a@b.test>"], "folded"),
        (["a@b.test <c@d.test>"], "malformed"),
        (["a@b.test(c@d.test)"], "malformed"),
        (['"a" b" <a@b.test>'], "malformed"),
        (["a@b@c.test"], "malformed"),
        (["<a@b.test"], "malformed"),
        (["Liaison"], "malformed"),
        (["한글 <a@b.test>"], "malformed"),
        (['"' * 3000 + "<a@b.test>"], "malformed"),
    ],
)
def test_only_one_sound_sender_is_believed(from_lines: list[str], defect: str) -> None:
    data = "".join(f"From: {line}\r\n" for line in from_lines).encode() + b"To: x@y\r\n\r\nhi"
    result = found(data)
    assert result["sender_defect"] == defect
    assert result["sender"] == ("a@b.test" if not defect else "")


def test_flowed_text_is_joined_at_its_depth() -> None:
    body = "> 7. https://t.me/ \r\n> portal_demo_room/107\r\n삭제 \r\n불가\r\n-- \r\nsig\r\n".encode()
    kept = found(mail(Content_Type="text/plain; charset=utf-8; format=flowed", body=body))["text"]
    assert kept == "> 7. https://t.me/ portal_demo_room/107\n삭제 불가\n-- \nsig\n"
    joined = found(mail(Content_Type="text/plain; charset=utf-8; format=flowed; delsp=yes", body=body))["text"]
    assert joined == "> 7. https://t.me/portal_demo_room/107\n삭제불가\n-- \nsig\n"


def test_html_keeps_rows_lists_and_quotations() -> None:
    page = """<html><head><title>no</title><style>p{}</style></head><body><p>Hello&nbsp;there,</p>
    <table><tr><th>No</th><th>Status</th></tr><tr><td><p>7</p></td><td><p>removed<br>today</p></td></tr>
    <tr><td>8<td>not found</table><ol start="24"><li>gone<li><p>refused</p></ol><ul><li>one</ul>
    <div style="display:none">All removed</div><span hidden>All removed</span><script>alert(1)</script>
    <a href="https://t.me/portal_demo_room/101">this one</a> <a href="javascript:alert(1)">click</a>
    <blockquote>7. https://t.me/x/1<blockquote>deep</blockquote></blockquote>bye</body></html>"""
    text = text_of(page)
    for line in (
        "No\tStatus",
        "7\tremoved today",
        "8\tnot found",
        "24. gone",
        "- one",
        "> 7. https://t.me/x/1",
        "> > deep",
    ):
        assert line in text.split("\n")
    assert "this one <https://t.me/portal_demo_room/101> click" in text
    for never in ("All removed", "alert", "no\n", "p{}", "javascript"):
        assert never not in text


def test_a_table_that_only_arranges_the_page_is_read_line_by_line() -> None:
    lines = [f"{n}. https://t.me/portal_demo_room/{100 + n}" for n in range(1, 9)]
    page = f"<table><tr><td><p>Dear sirs,</p>{'<br>'.join(lines)}</td></tr></table>"
    assert [line for line in text_of(page).split("\n") if line] == ["Dear sirs,", *lines]


def test_attachments_are_listed_under_harmless_names() -> None:
    names = ["../../etc/x.csv", "..\\..\\x.exe", "a\u202efdp.exe", "ok.csv", "<script>.svg", "회신.csv"]
    parts = b"".join(
        b'--B\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="'
        + name.encode()
        + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n'
        for name in names
    )
    result = found(mail(Content_Type="multipart/mixed; boundary=B", body=b"--B\r\n\r\ntext\r\n" + parts + b"--B--\r\n"))
    assert [part["name"] for part in result["attachments"]] == [
        "x.csv", "x.exe", "afdp.exe", "ok.csv", "<script>.svg", "회신.csv",
    ]  # fmt: skip
    assert {part["size"] for part in result["attachments"]} == {5}
    assert result["text"] == "text"


def test_file_names_in_pieces() -> None:
    disposition = "attachment; filename*0*=utf-8''%ED%9A%8C; filename*1*=%EC%8B%A0; filename*2=.csv"
    result = found(mail(Content_Disposition=disposition, Content_Type="text/csv"))
    assert result["attachments"][0]["name"] == "회신.csv"


def test_a_head_that_ends_early_loses_no_text() -> None:
    assert "1-25 removed" in found(b"From: a@b.test\r\n1-25 removed\r\n\r\nbye\r\n")["text"]
    assert found(b"\r\nno head at all")["text"] == "no head at all"
    assert found(b"")["text"] == ""


def test_ids_dates_and_signals() -> None:
    ids = " ".join(f"<{n}@x.test>" for n in range(30))
    result = found(
        mail(
            Message_ID="<[@]>", In_Reply_To="<a@b> (was: <c@d>)", References=ids, Date="Tue, 3 Sep 2024 10:30:00 +0900",
            Auto_Submitted="auto-replied (vacation)", Precedence="bulk",
        )
    )  # fmt: skip
    assert result["message_id"] == "<[@]>"
    assert result["in_reply_to"] == "<a@b>"
    assert result["references"] == [f"<{n}@x.test>" for n in range(10, 30)]
    assert result["sent_at"] == 1725327000
    assert result["signals"]["auto-submitted"] == "auto-replied (vacation)"
    for wrong in ("", "yesterday", "Tue, 99 Foo 99999 99:99:99 +9999", "1 Jan 1900 00:00:00 +0000"):
        assert found(mail(Date=wrong))["sent_at"] is None


def nested(depth: int) -> bytes:
    body = b"Content-Type: text/plain\r\n\r\ndeep\r\n"
    for n in range(depth):
        body = (
            f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode()
            + body
            + f"\r\n--b{n}--\r\n".encode()
        )
    return b"From: a@b.test\r\n" + body


def many_parts(count: int) -> bytes:
    return mail(Content_Type="multipart/mixed; boundary=B", body=b"--B\r\n\r\nx\r\n" * count + b"--B--\r\n")


def test_twenty_levels_and_five_hundred_parts_are_read() -> None:
    assert parse(nested(20)).text.strip() == "deep"
    assert parse(many_parts(500)).text.count("x") == 500


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (nested(21), Unreadable.TOO_DEEP),
        (nested(1500), Unreadable.TOO_DEEP),
        (many_parts(501), Unreadable.TOO_MANY_PARTS),
        (many_parts(20_000), Unreadable.TOO_MANY_PARTS),
        (mail(Subject="=?utf-8?B?YQ==?= " * 20_000), Unreadable.HEADERS_TOO_LONG),
        (b"X-Long: " + b"y" * 70_000 + b"\r\n\r\nx", Unreadable.HEADERS_TOO_LONG),
        (b"X: y\r\n" * 20_000, Unreadable.HEADERS_TOO_LONG),
    ],
    ids=["21 deep", "1500 deep", "501 parts", "20000 parts", "20000 encoded words", "one long header", "20000 headers"],
)
def test_a_limit_fires(data: bytes, why: Unreadable, record_property: Any) -> None:
    started = time.monotonic()
    with pytest.raises(CannotRead) as failure:
        parse(data)
    assert failure.value.why == why
    record_property("seconds", round(time.monotonic() - started, 2))


HOSTILE = {
    "as many encoded words as fit": mail(Subject="=?utf-8?B?YQ==?= " * 3_500),
    "ids that upset the library": mail(Message_ID="<[@]>", References="<[@]> " * 5000),
    "60 KB of On": mail(body=b"On " * 20_000),
    "200,000 newlines": mail(body=b"\r\n" * 200_000),
    "quotes in From": b'From: "' + b'\\"' * 20_000 + b"<a@b>\r\n\r\nx",
    "semicolons in Content-Type": mail(Content_Type="text/plain" + ";" * 60_000),
    "quotes in Content-Type": mail(Content_Type="text/plain;" + 'a="' * 20_000),
    "a codec for a charset": mail(Content_Type="text/plain; charset=zlib_codec", Subject="=?idna?Q?xn--a?="),
    "NUL and surrogates": b"Subject: a\0b\xed\xa0\x80\r\n\r\na\0b\xed\xa0\x80",
    "open tags": mail(Content_Type="text/html", body=b"<table><tr><td>" * 50_000),
    "open comments": mail(Content_Type="text/html", body=b"<!--" * 200_000),
    "open declarations": mail(Content_Type="text/html", body=b"<![if " * 100_000),
    "open attributes": mail(Content_Type="text/html", body=b"<a " + b'x="' * 300_000),
    "lonely less-thans": mail(Content_Type="text/html", body=b"<" * 1_000_000),
    "long base64 without end": mail(Content_Transfer_Encoding="base64", body=b"QUJD" * 2_000_000),
    "equals signs": mail(Content_Transfer_Encoding="quoted-printable", body=b"=" * 1_000_000),
    "a boundary of nothing": mail(Content_Type='multipart/mixed; boundary=""', body=b"--\r\n" * 10_000),
    "one boundary in another": mail(
        Content_Type="multipart/mixed; boundary=B",
        body=b"--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_are_read_within_their_limits(name: str, record_property: Any, settings: Any) -> None:
    settings.MAIL_PARSE_SECONDS = 60.0  # the limits on work are what is tested, not this machine's load
    started = time.monotonic()
    assert isinstance(parse(HOSTILE[name]), Parsed)
    record_property("seconds", round(time.monotonic() - started, 2))


def test_the_longest_mail_that_the_door_takes_is_read(settings: Any) -> None:
    body = b"1. removed, and a line of some length to fill the mail up to its brim\r\n"
    data = mail(body=body * (settings.MAIL_MAX_BYTES // len(body) - 2))
    result = parse(data)
    assert result.truncated
    assert len(result.text) == 1_000_000


def test_the_child_stands_on_the_standard_library_alone() -> None:
    for path in Path(mailroom.parse_child.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("mailroom.parse_child"), path


@given(data=st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read(data: bytes) -> None:
    assert "\0" not in found(data)["text"]


@given(page=st.text(alphabet="<>/!-[]\"'= abtdrpliuoqkhsce", max_size=400))
@example(page="<![<")
@settings(max_examples=300, deadline=None)
def test_any_page_is_read(page: str) -> None:
    assert isinstance(text_of(page), str)


@pytest.mark.parametrize(
    "page",
    [
        "a<![if !supportLists]>b<![endif]>c",
        "a<![x[ y ]]>bc",
        "a<![<p>bc",
        "a<![>bc",
        "a<!--[if mso]>hidden<![endif]-->bc",
    ],
)
def test_a_marked_section_is_a_comment(page: str) -> None:
    assert text_of(page) == "abc"


@given(line=st.text(alphabet='ab@.<>",;:() \\=?', max_size=60))
@settings(max_examples=500, deadline=None)
def test_a_believed_sender_stands_alone_in_its_line(line: str) -> None:
    address, defect = sender({"from": [line]})
    assert bool(address) != bool(defect)
    if address:
        assert address.count("@") == 1
        assert address in line.lower()


def test_every_mail_at_hand_is_read(record_property: Any) -> None:
    """No crash, nothing endless. All in this process, for speed, and every fortieth in a child."""
    files = mails()
    times, refused = [], []
    for n, path in enumerate(files):
        started = time.monotonic()
        try:
            found(path.read_bytes())
            if n % 40 == 0:
                parse(path.read_bytes())
        except LimitExceeded as limit:
            refused.append((path.name, limit.code))
        times.append(time.monotonic() - started)
    record_property("mails", len(files))
    record_property("seconds", round(sum(times), 1))
    record_property("slowest", round(max(times), 2))
    record_property("limits", refused)
    assert len(refused) < len(files) / 100
