"""The sandbox's relay keeps a relay's promises: what it took is delivered or returned, whatever happens meanwhile."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import Message
from pathlib import Path

import pytest

from sandbox.relay.spool import Envelope, Spool, SpoolInUse
from tests.sandbox.processes import ROOT, Mailbox, Program, free_port, mailbox, program, send
from tests.waiting import until

LETTER = b"From: takedown@portal.test\r\nTo: dmca@telegram.test\r\nSubject: 25 links\r\n\r\nPlease remove.\r\n"
SENDER = "bounce+v.abc@portal.test"


class House:
    """A relay with two destinations on fixed ports: the platform by SMTP, the portal's door by LMTP."""

    def __init__(self, spool: Path, stack: ExitStack) -> None:
        self.spool = spool
        self.stack = stack
        self.platform = Mailbox(free_port())
        self.door = Mailbox(free_port(), lmtp=True)

    def start(self, *options: str) -> Program:
        routes = [
            f"portal.test=lmtp://127.0.0.1:{self.door.port}",
            f"telegram.test=smtp://127.0.0.1:{self.platform.port}",
        ]
        named = [word for route in routes for word in ("--route", route)]
        fast = ["--retry-first", "0.05", "--retry-most", "0.2"]
        return self.stack.enter_context(
            program("sandbox.relay", "--listen", "127.0.0.1:0", "--spool", self.spool, *named, *fast, *options)
        )

    def open(self, box: Mailbox) -> Mailbox:
        return self.stack.enter_context(mailbox(box))

    def empty(self) -> bool:
        return not list(self.spool.glob("*.msg"))

    def wait_until_empty(self) -> None:
        until(self.empty, what="an empty queue")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(tmp_path / "spool", stack)


def test_a_letter_waits_for_a_destination_that_is_down_and_arrives_once(house: House) -> None:
    relay = house.start()
    send(relay.port("smtp"), SENDER, ["dmca@telegram.test", "archive@portal.test"], LETTER)
    (at_the_door,) = house.open(house.door).wait_for(1)
    assert not house.platform.taken
    (at_the_platform,) = house.open(house.platform).wait_for(1)
    house.wait_until_empty()

    assert at_the_platform.recipients == ("dmca@telegram.test",)
    assert at_the_door.recipients == ("archive@portal.test",)
    assert at_the_platform.sender == at_the_door.sender == SENDER
    assert at_the_platform.content.endswith(LETTER)
    assert at_the_platform.message["Received"].startswith("from client.test ([127.0.0.1])")
    assert at_the_platform.message["Return-Path"] is None  # another relay's last hop, not ours
    assert at_the_door.message["Return-Path"] == f"<{SENDER}>"
    assert len(house.platform.taken) == len(house.door.taken) == 1


def test_a_sender_cannot_make_up_its_return_path(house: House) -> None:
    house.open(house.door)
    send(house.start().port("smtp"), SENDER, ["archive@portal.test"], b"Return-Path: <x@y.test>\r\n" + LETTER)
    (taken,) = house.door.wait_for(1)
    assert taken.message.get_all("Return-Path") == [f"<{SENDER}>"]
    assert taken.content.endswith(LETTER)


def test_killed_between_accepting_and_delivering_it_loses_nothing(house: House) -> None:
    relay = house.start()
    for n in range(5):
        send(relay.port("smtp"), SENDER, ["dmca@telegram.test"], LETTER + b"%d\r\n" % n)
    relay.kill()
    house.open(house.platform)
    house.start()
    bodies = {taken.content[-3:] for taken in house.platform.wait_for(5)}
    house.wait_until_empty()
    assert bodies == {b"%d\r\n" % n for n in range(5)}
    assert len(house.platform.taken) == 5


def test_killed_in_the_middle_it_tries_only_what_is_not_finished(house: House) -> None:
    house.open(house.door)
    relay = house.start()
    send(relay.port("smtp"), SENDER, ["archive@portal.test", "dmca@telegram.test"], LETTER)
    until(lambda: list(house.spool.glob("*.done")), what="a recipient noted as finished")
    relay.kill()
    house.open(house.platform)
    house.start()
    house.platform.wait_for(1)
    house.wait_until_empty()
    assert len(house.door.taken) == 1


def test_killed_while_the_destination_thinks_it_delivers_after_the_restart(house: House) -> None:
    killed = threading.Event()
    thinking = threading.Event()

    def think() -> str:
        thinking.set()
        killed.wait(20)
        return "451 4.3.0 not now" if len(house.platform.asked) == 1 else "250 2.0.0 taken"

    house.platform.at_data = think
    house.open(house.platform)
    relay = house.start()
    send(relay.port("smtp"), SENDER, ["dmca@telegram.test"], LETTER)
    assert thinking.wait(20)
    relay.kill()
    killed.set()
    house.start()
    house.platform.wait_for(1)
    house.wait_until_empty()


def test_a_temporary_refusal_is_tried_again(house: House) -> None:
    house.platform.at_rcpt = lambda address: "450 4.7.1 greylisted" if len(house.platform.asked) < 3 else "250 2.1.5 ok"
    house.open(house.platform)
    send(house.start().port("smtp"), SENDER, ["dmca@telegram.test"], LETTER)
    house.platform.wait_for(1)
    house.wait_until_empty()
    assert len(house.platform.asked) == 3


def test_a_refusal_comes_back_to_the_sender_as_a_delivery_status(house: House) -> None:
    house.platform.at_rcpt = lambda address: "550 5.1.1 no such user here"
    house.open(house.platform)
    house.open(house.door)
    send(house.start().port("smtp"), SENDER, ["nobody@telegram.test", "archive@portal.test"], LETTER)
    house.door.wait_for(2)
    house.wait_until_empty()
    (bounce,) = [taken for taken in house.door.taken if taken.recipients == (SENDER,)]

    assert bounce.sender == ""
    assert bounce.message["Return-Path"] == "<>"
    assert bounce.message["Auto-Submitted"] == "auto-replied"
    assert bounce.message["To"] == SENDER
    assert bounce.message.get_content_type() == "multipart/report"
    assert bounce.message.get_param("report-type") == "delivery-status"
    words, status, headers = _parts(bounce.message)
    assert "nobody@telegram.test" in words.as_string()
    about_message, about_recipient = _parts(status)
    assert about_message["Reporting-MTA"] == "dns; relay.test"
    assert about_recipient["Final-Recipient"] == "rfc822; nobody@telegram.test"
    assert about_recipient["Action"] == "failed"
    assert about_recipient["Status"] == "5.1.1"
    assert about_recipient["Diagnostic-Code"] == "smtp; 550 5.1.1 no such user here"
    assert headers.get_content_type() == "text/rfc822-headers"
    assert "Subject: 25 links" in headers.get_payload()


def test_a_domain_without_a_route_comes_back(house: House) -> None:
    house.open(house.door)
    send(house.start().port("smtp"), SENDER, ["someone@elsewhere.test"], LETTER)
    (bounce,) = house.door.wait_for(1)
    about_recipient = _parts(_parts(bounce.message)[1])[1]
    assert about_recipient["Status"] == "5.1.2"
    assert about_recipient["Remote-MTA"] is None


def test_a_bounce_never_bounces(house: House) -> None:
    house.platform.at_rcpt = lambda address: "550 5.1.1 no such user here"
    house.open(house.platform)
    house.open(house.door)
    relay = house.start()
    send(relay.port("smtp"), "", ["nobody@telegram.test"], LETTER)
    until(lambda: house.platform.asked and house.empty(), what="the refusal")
    assert relay.stop() == 0
    assert not house.door.taken


def test_what_waits_for_too_long_comes_back(house: House) -> None:
    house.open(house.door)
    send(house.start("--give-up-after", "0.3").port("smtp"), SENDER, ["dmca@telegram.test"], LETTER)
    (bounce,) = house.door.wait_for(1)
    assert _parts(_parts(bounce.message)[1])[1]["Status"] == "4.4.7"


def test_mail_that_goes_round_in_a_circle_comes_back(house: House) -> None:
    house.open(house.platform)
    house.open(house.door)
    send(house.start().port("smtp"), SENDER, ["dmca@telegram.test"], b"Received: from a by b\r\n" * 40 + LETTER)
    (bounce,) = house.door.wait_for(1)
    assert _parts(_parts(bounce.message)[1])[1]["Status"] == "5.4.6"
    assert not house.platform.taken


def test_a_message_over_the_limit_is_refused_at_once(house: House) -> None:
    relay = house.start("--size-limit", "1000")
    code, _ = send(relay.port("smtp"), SENDER, ["dmca@telegram.test"], LETTER + b"x" * 60 + b"\r\n" * 1000)
    assert code == 552
    assert house.empty()


def test_the_message_arrives_byte_for_byte(house: House) -> None:
    body = b"\r\n.\r\n..two dots\r\n\xec\x82\xad\xec\xa0\x9c \xff\r\nno line end"
    house.open(house.platform)
    send(house.start().port("smtp"), SENDER, ["dmca@telegram.test"], LETTER + body)
    (taken,) = house.platform.wait_for(1)
    assert taken.content.endswith(LETTER + body + b"\r\n")


def test_one_that_hangs_keeps_nobody_waiting_and_stopping_is_clean(house: House) -> None:
    released = threading.Event()
    thinking = threading.Event()

    def hang() -> str:
        thinking.set()
        released.wait(20)
        return "250 2.0.0 taken"

    house.platform.at_data = hang
    house.open(house.platform)
    house.open(house.door)
    relay = house.start()
    try:
        for _ in range(10):
            send(relay.port("smtp"), SENDER, ["dmca@telegram.test"], LETTER)
        assert thinking.wait(20)
        send(relay.port("smtp"), SENDER, ["archive@portal.test"], LETTER)
        house.door.wait_for(1)
        assert relay.stop() == 0
    finally:
        released.set()
    assert len(list(house.spool.glob("*.msg"))) == 10


def test_a_second_relay_on_the_same_queue_is_told_in_one_line(house: House) -> None:
    house.start()
    command = [sys.executable, "-m", "sandbox.relay", "--listen", "127.0.0.1:0", "--spool", str(house.spool)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 1
    assert second.stderr.strip() == f"sandbox.relay: another relay works on {house.spool}"


def test_a_taken_port_is_told_in_one_line(house: House, tmp_path: Path) -> None:
    taken = house.start().ready["smtp"]
    command = [sys.executable, "-m", "sandbox.relay", "--listen", taken, "--spool", str(tmp_path / "other")]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 1
    assert "address already in use" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_a_torn_line_in_the_journal_means_once_more(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    queued = spool.add(envelope=Envelope("", ("a@x.test", "b@x.test"), 1.0), message=LETTER)
    spool.finish(key=queued.key, index=0, fate="delivered")
    with (tmp_path / f"{queued.key}.done").open("ab") as journal:
        journal.write(b'{"index": 1, "fa')
    (tmp_path / "half.tmp").write_bytes(b"never answered with 250")
    with pytest.raises(SpoolInUse):
        Spool(tmp_path)
    spool.close()

    again = Spool(tmp_path)
    (found,) = again.waiting()
    assert found.finished == {0}
    assert again.message(found.key) == LETTER
    again.finish(key=found.key, index=1, fate="delivered")
    assert again.waiting()[0].finished == {0, 1}
    again.remove(found.key)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
    again.close()


def _parts(message: Message) -> list[Message]:
    parts = message.get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]
