"""The simulated platform: public pages that say what t.me's say, a mailbox and a desk that work by real mail."""

import re
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.sandbox.liaison import LETTER_ID, REPLY_TO, House, body_of, letter, subject_of
from tests.sandbox.processes import ROOT, Mailbox, free_port, mailbox, program

SCRIPTS = re.compile(r"<script.*?</script>", re.DOTALL)
OUR_SCRIPT = '<script src="/_platform/desk.js" defer></script>'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        relay = stack.enter_context(mailbox(Mailbox(free_port())))
        addresses = ["--web", "127.0.0.1:0", "--mail", "127.0.0.1:0", "--relay", f"127.0.0.1:{relay.port}"]
        platform = program("sandbox.platform", *addresses, "--data", tmp_path / "platform", "--seed")
        yield House(stack.enter_context(platform), relay)


# The public pages.


def test_a_message_is_there_then_gone_then_there_again(house: House) -> None:
    def widget() -> str:
        return house.get("/portal_demo_room/101?embed=1&single=1", host="t.me").text

    assert re.search(r'class="tgme_widget_message [^"]*" data-post="portal_demo_room/101"', widget())
    assert "tgme_widget_message_error" not in widget()

    assert house.call("remove", {"room": "portal_demo_room", "ids": [101]}).json == {"changed": [101]}
    answered = house.get("/portal_demo_room/101?embed=1", host="t.me")
    assert answered.status == 200
    assert '<div class="tgme_widget_message_error">Post not found</div>' in answered.text
    assert "data-post" not in answered.text
    assert house.get("/_platform/media/portal_demo_room/101.png").status == 404

    assert house.call("restore", {"room": "portal_demo_room", "ids": [101, 102]}).json == {"changed": [101]}
    assert 'data-post="portal_demo_room/101"' in widget()


def test_what_never_existed_answers_200_as_well(house: House) -> None:
    missing = house.get("/portal_demo_room/9999?embed=1", host="t.me")
    assert (missing.status, "Post not found" in missing.text, "data-post" in missing.text) == (200, True, False)
    unknown = house.get("/no_such_room/1?embed=1", host="t.me")
    assert unknown.status == 200
    assert "Channel with username <b>@no_such_room</b> not found" in unknown.text


@pytest.mark.parametrize("path", ["/c/1234567/8?embed=1", "/c/1234567/8", "/+AbCdEf", "/joinchat/AbCdEf", "/"])
def test_strangers_see_nothing_of_private_rooms(house: House, path: str) -> None:
    answered = house.get(path, host="t.me")
    assert answered.status == 200
    assert "tgme_widget_message" not in answered.text


def test_a_message_page_describes_the_message_until_it_is_removed(house: House) -> None:
    def described() -> str:
        page = house.get("/Portal_Demo_Room/103", host="t.me").text
        return re.findall(r'og:description" content="([^"]*)"', page)[0]

    assert described() != "Sample videos of abstract shapes."
    house.call("remove", {"room": "portal_demo_room", "ids": [103]})
    assert described() == "Sample videos of abstract shapes."


def test_a_room_page_lists_what_is_live(house: House) -> None:
    house.call("remove", {"room": "hillside_library_room", "ids": [205]})
    page = house.get("/s/hillside_library_room", host="t.me").text
    assert set(re.findall(r'data-post="hillside_library_room/(\d+)"', page)) == {str(n) for n in range(201, 221)} - {
        "205"
    }


def test_pictures_are_real_and_stay_the_same(house: House) -> None:
    first = house.get("/_platform/media/portal_demo_room/101.png")
    assert first.headers["Content-Type"] == "image/png"
    assert Image.open(BytesIO(first.body)).size == (640, 360)
    assert house.get("/_platform/media/portal_demo_room/101.png").body == first.body
    assert house.get("/_platform/media/portal_demo_room/102.png").body != first.body


def test_head_has_no_body_and_other_methods_are_refused(house: House) -> None:
    assert house.get("/portal_demo_room/101", method="HEAD").body == b""
    assert house.submit("/portal_demo_room/101", {}).status == 405


# Letters in, videos away, answer out.


def test_a_letter_comes_in_its_videos_go_and_the_answer_leaves(house: House) -> None:
    number = house.post(letter())
    (found,) = house.get("/liaison/api/inbox").json
    assert found["subject"] == "[요청 2026-0001] 디지털성범죄정보 삭제 요청 (25건)"
    assert found["from"] == "방송통신심의위원회 <takedown@portal.test>"
    assert (found["reply_to"], found["message_id"], found["answered"]) == (REPLY_TO, LETTER_ID, False)
    assert [(link["number"], link["room"], link["id"]) for link in found["links"]] == [
        (n, "portal_demo_room", 100 + n) for n in range(1, 26)
    ]

    page = house.get(f"/liaison/letters/{number}").text
    assert page.count('type="checkbox"') == 25
    assert "문서번호: 1" in page

    moved = house.submit(f"/liaison/letters/{number}/videos", {"do": "remove_all"})
    assert moved.status == 303
    assert moved.headers["Location"] == f"/liaison/letters/{number}?did=remove&count=25"
    assert set(house.states(number).values()) == {"removed"}
    assert "25건을 삭제했습니다." in house.get(moved.headers["Location"]).text

    page = house.get(f"/liaison/letters/{number}?quick=all&in=ko").text
    text = _unescaped(re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)[0])
    assert text.startswith("안녕하세요.\n\n1-25번 모두 삭제 완료했습니다.")
    assert "> 1. https://t.me/portal_demo_room/101" in text
    once = re.findall(r'name="once" value="(\w+)"', page)[0]
    fields: dict[str, str | list[str]] = {"text": text.replace("\n", "\r\n"), "once": once}
    assert house.submit(f"/liaison/letters/{number}/answer", fields).headers["Location"].endswith("?did=send")

    (answer,) = house.relay.wait_for(1)
    assert (answer.sender, answer.recipients) == ("dmca@telegram.test", (REPLY_TO,))
    message = answer.message
    assert message["From"] == "Telegram Trust & Safety <dmca@telegram.test>"
    assert message["To"] == REPLY_TO
    assert message["In-Reply-To"] == LETTER_ID
    assert message["References"] == LETTER_ID
    assert message["Message-ID"].endswith("@telegram.test>")
    assert message.get_content_charset() == "utf-8"
    assert subject_of(message) == "Re: [요청 2026-0001] 디지털성범죄정보 삭제 요청 (25건)"
    assert body_of(message) == text.rstrip() + "\n"

    sent_again = house.submit(f"/liaison/letters/{number}/answer", fields)
    assert sent_again.headers["Location"].endswith("?did=send_before")
    assert len(house.relay.taken) == 1
    assert "Re: [요청 2026-0001]" in house.get("/liaison/sent/").text
    assert house.get("/liaison/api/inbox").json[0]["answered"] is True


def test_a_form_that_is_refused_keeps_what_was_ticked_and_typed(house: House) -> None:
    number = house.post(letter())
    wrong = house.submit(
        f"/liaison/letters/{number}/videos", {"do": "remove", "pick": ["3", "25"], "numbers": "1-2, x"}
    )
    assert wrong.status == 422
    assert re.findall(r'value="(\d+)"[^>]* checked', wrong.text) == ["3", "25"]
    assert 'name="numbers" value="1-2, x"' in wrong.text
    assert set(house.states(number).values()) == {"live"}


def test_some_are_chosen_by_box_and_number_and_put_back(house: House) -> None:
    number = house.post(letter())
    videos = f"/liaison/letters/{number}/videos"
    house.submit(videos, {"do": "remove", "pick": ["1", "2"], "numbers": "2-4, 25"})
    assert {n for n, state in house.states(number).items() if state == "removed"} == {1, 2, 3, 4, 25}
    page = house.get(f"/liaison/letters/{number}?quick=partly&in=en").text
    assert "1-4, 25 removed.\n5-24 under review." in page
    house.submit(videos, {"do": "restore", "pick": ["1"], "numbers": ""})
    assert {n for n, state in house.states(number).items() if state == "removed"} == {2, 3, 4, 25}


@pytest.mark.parametrize("typed", ["1-", "x", "26", "5-2", "1-99999999999", "0"])
def test_wrong_numbers_are_told_and_change_nothing(house: House, typed: str) -> None:
    number = house.post(letter())
    answered = house.submit(f"/liaison/letters/{number}/videos", {"do": "remove", "numbers": typed})
    assert answered.status == 422
    assert 'role="alert"' in answered.text
    assert set(house.states(number).values()) == {"live"}


def test_videos_go_by_pasted_links_without_any_letter(house: House) -> None:
    links = "https://t.me/portal_demo_room/101\r\n\r\nhttps://t.me/s/riverside_park_room/301?single\r\n"
    assert "count=2" in house.submit("/liaison/rooms/", {"do": "remove", "links": links}).headers["Location"]
    assert "Post not found" in house.get("/riverside_park_room/301?embed=1").text

    wrong = house.submit(
        "/liaison/rooms/", {"do": "remove", "links": "https://t.me/portal_demo_room/102\nhttps://e.test/<b>"}
    )
    assert wrong.status == 422
    assert "https://e.test/&lt;b&gt;" in wrong.text
    assert "data-post" in house.get("/portal_demo_room/102?embed=1").text

    assert (
        "count=1"
        in house.submit("/liaison/rooms/portal_demo_room", {"do": "restore", "pick": "101"}).headers["Location"]
    )


def test_an_answer_that_the_relay_refuses_keeps_its_text(house: House) -> None:
    number = house.post(letter())
    house.relay.at_rcpt = lambda address: "451 4.3.0 not now"
    fields: dict[str, str | list[str]] = {"text": "모두 삭제했습니다 <1>", "once": "0123"}
    refused = house.submit(f"/liaison/letters/{number}/answer", fields)
    assert refused.status == 422
    assert "모두 삭제했습니다 &lt;1&gt;" in refused.text
    assert house.call("answer", {"letter": number, "text": "x"}).status == 503
    assert "보낸 회신이 없습니다" in house.get("/liaison/sent/").text

    house.relay.at_rcpt = lambda address: "250 2.1.5 ok"
    assert house.submit(f"/liaison/letters/{number}/answer", fields).status == 303
    house.relay.wait_for(1)


def test_a_script_answers_with_or_without_the_quoted_letter(house: House) -> None:
    number = house.post(letter())
    first = house.call("answer", {"letter": number, "text": "All 25 items have been removed."}).json
    house.call("answer", {"letter": number, "text": "전부 삭제", "quote": False})
    with_quote, without = house.relay.wait_for(2)
    assert first == {"message_id": with_quote.message["Message-ID"], "to": REPLY_TO}
    said, introduction = body_of(with_quote.message).split("\n\n")[:2]
    assert said == "All 25 items have been removed."
    assert introduction.startswith("On Thu, Sep 3, 2026 at 10:05 AM 방송통신심의위원회 <takedown@portal.test> wrote:")
    assert body_of(without.message) == "전부 삭제\n"


def test_a_letter_that_comes_twice_is_seen_twice(house: House) -> None:
    house.post(letter())
    house.post(letter())
    assert len(house.get("/liaison/api/inbox").json) == 2


def test_addresses_that_do_not_exist_are_refused(house: House) -> None:
    with smtplib.SMTP("127.0.0.1", house.platform.port("smtp"), "client.test", timeout=10) as client:
        client.ehlo()
        client.mail("a@portal.test")
        assert client.rcpt("nobody@telegram.test")[0] == 550
        assert client.rcpt("someone@elsewhere.test") == (550, b"5.7.1 this server takes no mail for that domain")
        assert client.rcpt("korea@telegram.test")[0] == 250


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: =?utf-8?b?!!!?=\r\nMessage-ID: <[@]>\r\nDate: never\r\n\r\nhello",
        b"From: a\r\nFrom: b@c\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n--x--",
        b"Content-Type: text/html\r\n\r\n<style>p{}</style><p>1. https://t.me/portal_demo_room/101</p><script>alert(1)</script>",
    ],
)
def test_odd_letters_are_shown_all_the_same(house: House, raw: bytes) -> None:
    number = house.post(raw)
    page = house.get(f"/liaison/letters/{number}")
    assert page.status == 200
    assert SCRIPTS.findall(page.text) == [OUR_SCRIPT]
    assert house.get("/liaison/").status == 200


# Who may come, and how.


def test_the_desk_answers_its_own_machine_only(house: House) -> None:
    assert house.get("/liaison/", host="t.me").status == 403
    assert house.get("/liaison/api/inbox", host="attacker.test").status == 403
    port = house.platform.port("web")
    assert house.get("/liaison/", host=f"localhost:{port}").status == 200


@pytest.mark.parametrize("origin", ["https://attacker.test", "null", ""])
def test_other_pages_cannot_post_to_the_desk(house: House, origin: str) -> None:
    number = house.post(letter())
    answered = house.submit(f"/liaison/letters/{number}/videos", {"do": "remove_all"}, Origin=origin)
    assert answered.status == 403
    assert set(house.states(number).values()) == {"live"}


def test_get_changes_nothing(house: House) -> None:
    number = house.post(letter())
    assert house.get(f"/liaison/letters/{number}/videos?do=remove_all").status == 404
    assert house.get("/liaison/api/remove").status == 404
    assert set(house.states(number).values()) == {"live"}


@pytest.mark.parametrize(
    ("call", "asked", "status", "error"),
    [
        ("remove", {"room": "portal_demo_room", "ids": [101, 7]}, 404, "no such messages in portal_demo_room: 7"),
        ("remove", {"room": "nowhere", "ids": [1]}, 404, "there is no room nowhere"),
        ("remove", {"room": "portal_demo_room", "ids": []}, 400, "ids is a list of whole numbers that is not empty"),
        ("remove", {"room": "portal_demo_room", "ids": ["101"]}, 400, "each of ids is a whole number from 1"),
        ("answer", {"letter": 99, "text": "x"}, 404, "there is no letter 99"),
        ("answer", {"letter": 1, "text": " "}, 404, "there is no letter 1"),
        ("answer", {"letter": True, "text": "x"}, 400, "letter is a whole number from 1"),
        ("remove", ["x"], 400, "send one JSON object"),
        ("explode", {}, 404, "there is no call POST explode"),
    ],
)
def test_scripts_are_told_what_is_wrong(house: House, call: str, asked: object, status: int, error: str) -> None:
    answered = house.call(call, asked)
    assert (answered.status, answered.json) == (status, {"error": error})
    assert "data-post" in house.get("/portal_demo_room/101?embed=1").text


def test_scripts_must_say_json(house: House) -> None:
    answered = house.submit("/liaison/api/remove", {"room": "portal_demo_room", "ids": "101"})
    assert answered.status == 400
    assert "Content-Type: application/json" in answered.json["error"]


def test_scripts_publish_rooms_and_messages(house: House) -> None:
    assert house.call("publish", {"room": "new_room", "ids": [1, 2]}).json == {"changed": [1, 2]}
    assert house.call("publish", {"room": "New_Room", "ids": [2, 3]}).json == {"changed": [3]}
    assert 'data-post="new_room/3"' in house.get("/new_room/3?embed=1").text


def test_pages_are_whole_in_both_languages_and_run_nothing_inline(house: House) -> None:
    number = house.post(letter(["https://t.me/portal_demo_room/101", "https://other.test/x"]))
    house.call("answer", {"letter": number, "text": "x"})
    paths = [
        "",
        f"letters/{number}",
        f"letters/{number}?did=send",
        "rooms/",
        "rooms/portal_demo_room",
        "sent/",
        "sent/1",
    ]
    for language, other in (("ko", "Inbox"), ("en", "받은 메일함")):
        for path in paths:
            page = house.get(f"/liaison/{path}", Cookie=f"liaison_language={language}")
            assert page.status == 200
            assert f'<html lang="{language}">' in page.text
            assert f">{other}<" not in page.text
            assert SCRIPTS.findall(page.text) == [OUR_SCRIPT]
            assert not re.search(r'\sstyle="|\son\w+="', page.text)
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy


def test_the_language_is_remembered_and_leads_back(house: House) -> None:
    moved = house.submit("/liaison/language", {"to": "en", "back": "/liaison/rooms/"})
    assert moved.headers["Location"] == "/liaison/rooms/"
    assert moved.headers["Set-Cookie"].startswith("liaison_language=en;")
    away = house.submit("/liaison/language", {"to": "xx", "back": "//attacker.test/"})
    assert away.headers["Location"] == "/liaison/"
    assert away.headers["Set-Cookie"].startswith("liaison_language=ko;")


def test_everything_is_kept_between_two_runs(tmp_path: Path) -> None:
    addresses = [
        "--web",
        "127.0.0.1:0",
        "--mail",
        "127.0.0.1:0",
        "--relay",
        "127.0.0.1:1",
        "--data",
        str(tmp_path),
        "--seed",
    ]
    nowhere = Mailbox(0)
    with program("sandbox.platform", *addresses) as first:
        house = House(first, nowhere)
        number = house.post(letter())
        house.submit(f"/liaison/letters/{number}/videos", {"do": "remove_all"})
        first.kill()
    with program("sandbox.platform", *addresses) as second:
        assert set(House(second, nowhere).states(number).values()) == {"removed"}
        assert second.stop() == 0


def test_a_taken_port_is_told_in_one_line(house: House, tmp_path: Path) -> None:
    addresses = [
        "--web",
        house.host,
        "--mail",
        "127.0.0.1:0",
        "--relay",
        "127.0.0.1:1",
        "--data",
        str(tmp_path / "other"),
    ]
    command = [sys.executable, "-m", "sandbox.platform", *addresses]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 1
    assert second.stderr.startswith("sandbox.platform: ")
    assert len(second.stderr.splitlines()) == 1


def _unescaped(text: str) -> str:
    for escaped, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(escaped, plain)
    return text
