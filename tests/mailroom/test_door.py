"""The receiver as a process: yes only after the commit, and only for our own boxes."""

import signal
import smtplib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from audit.models import Event
from keys.services import unseal
from mailroom.models import Delivery, IncomingMail, OutgoingMail, RawMail
from mailroom.services import inbox, outbox
from tests.mailroom.processes import free_port, manage
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = (
    b"From: Liaison <dmca@telegram.test>\r\nSubject: Re: request\r\nMessage-ID: <1@telegram.test>\r\n"
    b"\r\n1-2 removed\r\n"
)
LIAISON = "dmca@telegram.test"


def open_door(protocol: str, **more: object) -> Any:
    port = free_port()
    return port, manage("receive_mail", MAIL_DOOR_PORT=port, MAIL_DOOR_PROTOCOL=protocol, **more)


def connect(port: int, protocol: str = "lmtp") -> smtplib.SMTP:
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP

    def knock() -> smtplib.SMTP | None:
        try:
            return kind("127.0.0.1", port, local_hostname="relay.test")
        except OSError:
            return None

    client = until(knock, what="the door is open")
    assert client is not None
    client.ehlo("relay.test")
    return client


@pytest.fixture
def door() -> Iterator[int]:
    port, process = open_door("lmtp")
    with process:
        yield port


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_mail_is_stored_whole_once_it_is_accepted(protocol: str) -> None:
    port, process = open_door(protocol)
    with process:
        client = connect(port, protocol)
        wanted = ["takedown@portal.test", "Takedown+r.ABCDEFGHIJKMNPQRST@Portal.Test"]
        assert client.sendmail(LIAISON, wanted, MAIL) == {}
        # No waiting: a yes that comes before the commit is what this test is about.
        raw = RawMail.objects.get()
        assert unseal(record=raw.pk, sealed=bytes(raw.sealed)) == MAIL
        assert bytes(raw.sealed).find(b"removed") == -1
        assert list(raw.deliveries.values_list("door", "envelope_from", "envelope_to")) == [
            (protocol, LIAISON, wanted[0]),
            (protocol, LIAISON, wanted[1]),
        ]
        assert raw.incoming.state == "waiting"
        assert Event.objects.get(action="mail.received").detail["sha256"] == raw.sha256
        client.quit()


OURS = [
    "takedown@portal.test",
    "takedown+r.abcdefghijkmnpqrst@portal.test",
    "takedown+r.mangled-token@portal.test",
    "bounce+v.abcdefghijkmnpqrst@portal.test",
    "bounce@portal.test",
    "archive@portal.test",
    "ARCHIVE@PORTAL.TEST",
]
NOT_OURS = [
    "takedown+x.abc@portal.test",
    "bounce+r.abcdefghijkmnpqrst@portal.test",
    "archive+x@portal.test",
    "minji@portal.test",
    "takedown@elsewhere.test",
    "takedown@portal.test.evil.test",
]


def test_only_our_own_boxes(door: int) -> None:
    client = connect(door)
    client.mail("")
    assert {address: client.rcpt(address)[0] for address in OURS} == dict.fromkeys(OURS, 250)
    assert {address: client.rcpt(address)[0] for address in NOT_OURS} == dict.fromkeys(NOT_OURS, 550)
    client.close()


def test_the_null_sender_the_largest_mail_and_long_lines() -> None:
    port, process = open_door("lmtp", MAIL_MAX_BYTES=200_000)
    with process:
        client = connect(port)
        assert client.sendmail("", ["takedown@portal.test"], MAIL) == {}
        assert Delivery.objects.get().envelope_from == ""
        long = MAIL + b"x" * 150_000 + b"\r\n"
        assert client.sendmail(LIAISON, ["takedown@portal.test"], long) == {}
        assert RawMail.objects.filter(size=len(long)).exists()
        with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as refusal:
            client.sendmail(LIAISON, ["takedown@portal.test"], MAIL + (b"y" * 900 + b"\r\n") * 300)
        assert "552" in str(refusal.value)
        assert RawMail.objects.count() == 2


def test_without_a_database_the_answer_is_later(owner_cursor: Callable[..., Any]) -> None:
    port, process = open_door("lmtp")
    with process:
        client = connect(port)
        with owner_cursor() as cursor:
            cursor.execute("REVOKE INSERT ON mailroom_delivery FROM portal_app")
            try:
                assert _answer_to_data(client) == 451
            finally:
                cursor.execute("GRANT INSERT ON mailroom_delivery TO portal_app")
        assert not RawMail.objects.exists()
        assert _answer_to_data(client) == 250
        assert RawMail.objects.count() == 1


def test_with_the_database_stopped_the_answer_is_later() -> None:
    nowhere = f"postgresql://portal_app@127.0.0.1:{free_port()}/portal"
    port, process = open_door("lmtp", DATABASE_URL=nowhere, KEYS_DATABASE_URL=nowhere)
    with process:
        assert _answer_to_data(connect(port)) == 451


def test_a_door_that_lost_its_connection_finds_the_database_again() -> None:
    port, process = open_door("lmtp", MAIL_DOOR_THREADS=1)
    with process:
        client = connect(port)
        assert _answer_to_data(client) == 250
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
        until(lambda: _answer_to_data(client) == 250, what="mails are stored again")


def _answer_to_data(client: smtplib.SMTP) -> int:
    client.rset()
    client.mail(LIAISON)
    client.rcpt("takedown@portal.test")
    return client.data(MAIL)[0]


def test_killed_before_its_yes_the_mail_comes_again_and_counts_once(door: int) -> None:
    """The relay that heard no yes brings the same bytes again: one raw mail, one mail to read, two deliveries."""
    for _ in range(2):
        assert connect(door).sendmail(LIAISON, ["takedown@portal.test"], MAIL) == {}
    assert RawMail.objects.count() == IncomingMail.objects.count() == 1
    assert Delivery.objects.count() == 2
    assert Event.objects.filter(action="mail.received").count() == 1
    assert inbox.parse_next()
    assert not inbox.parse_next()


def test_eight_at_once_bring_the_same_bytes(door: int) -> None:
    def bring(_: int) -> object:
        return connect(door).sendmail(LIAISON, ["takedown@portal.test"], MAIL)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(bring, range(8))) == [{}] * 8
    assert RawMail.objects.count() == IncomingMail.objects.count() == 1
    assert Delivery.objects.count() == 8


def test_a_stopped_door_closes_cleanly_and_a_taken_port_is_told(door: int, capfd: Any) -> None:
    connect(door).quit()
    with manage("receive_mail", MAIL_DOOR_PORT=door) as second:
        assert second.wait(20) == 1
    assert f"cannot listen on 127.0.0.1:{door}" in capfd.readouterr().err
    port, process = open_door("smtp")
    with process as one:
        connect(port, "smtp").quit()
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 0


def test_a_letter_goes_round_and_its_copy_is_recognised(letter: Callable[..., OutgoingMail], door: int) -> None:
    mail = letter()
    trace = b"Return-Path: <x@y>\r\nReceived: from here by there\r\n"
    connect(door).sendmail(mail.envelope_from, ["archive@portal.test"], trace + outbox.read_bytes(mail))
    assert inbox.parse_next()
    mail.refresh_from_db()
    assert mail.archived_at is not None
    assert IncomingMail.objects.get().kind == "archive_copy"
