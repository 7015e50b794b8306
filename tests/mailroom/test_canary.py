"""Mails to ourselves: when one leaves, what its return shows, and that it touches nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.dialogue import Relay
from mailroom.models import Alarm, Canary, IncomingMail, OutgoingMail
from mailroom.sender import send_canary, send_next
from mailroom.services import canaries, inbox
from mailroom.states import AlarmKind, IncomingState, Kind
from tests.at_once import at_once
from tests.fakes.relay import DROP, FakeRelay, Taken
from tests.mailroom.clock import set_clock

pytestmark = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]


@pytest.fixture(autouse=True)
def _now_and_then(settings: Any) -> None:
    settings.MAIL_CANARY_SECONDS, settings.MAIL_CANARY_LATE_SECONDS = 900.0, 600.0


def send() -> bool:
    with Relay() as relay:
        return send_canary(relay)


def come_home(taken: Taken, to: str = "archive@portal.test") -> IncomingMail:
    mail = inbox.receive(
        door="lmtp", envelope_from=taken.sender, envelope_to=[to], data=b"Received: from a by b\r\n" + taken.data
    )
    while inbox.parse_next():
        pass
    mail.refresh_from_db()
    return mail


def test_out_and_home_again(relay: FakeRelay) -> None:
    assert send()
    canary = Canary.objects.get()
    assert canary.left_at is not None
    assert (canary.smtp_code, canary.arrived_at) == (250, None)
    taken = relay.taken[0]
    assert taken.recipients == ("archive@portal.test",)
    assert taken.sender == f"bounce+v.{canary.token}@portal.test"
    assert b"Auto-Submitted: auto-generated" in taken.data
    mail = come_home(taken)
    assert (mail.state, mail.kind) == (IncomingState.PARSED, Kind.CANARY)
    assert Canary.objects.filter(arrived_at__gt=canary.left_at).exists()


def test_it_touches_nothing_else(letter: Letter, relay: FakeRelay) -> None:
    letter()
    send()
    come_home(relay.taken[0])
    assert not IncomingMail.objects.from_outside().exists()
    assert not IncomingMail.objects.for_a_person().exists()
    assert not IncomingMail.objects.get().matches.exists()
    assert not Alarm.objects.exists()


def test_one_now_and_then(relay: FakeRelay) -> None:
    assert send()
    assert not send()
    set_clock(899)
    assert not send()
    set_clock(2)
    assert send()
    assert len({taken.data for taken in relay.taken}) == 2


def test_none_when_only_wanted_and_no_letter_wants_one(relay: FakeRelay, settings: Any) -> None:
    settings.MAIL_CANARY_SECONDS = 0.0
    assert not send()


def test_of_many_senders_one_sends_it(relay: FakeRelay) -> None:
    assert sum(at_once([send] * 8)) == 1
    assert len(relay.taken) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Subject: ", b"Subject: [external] "), (b"\r\n\r\n", b"\r\n\r\n\r\n"), (b"base64", b"8bit")],
)
def test_a_changed_one_did_not_come_home(relay: FakeRelay, old: bytes, new: bytes) -> None:
    send()
    taken = relay.taken[0]
    assert old in taken.data
    mail = come_home(Taken(taken.sender, taken.recipients, taken.data.replace(old, new, 1)))
    assert mail.kind == Kind.OWN_LOOP
    assert Canary.objects.get().arrived_at is None


def test_one_that_did_not_come_to_the_archive_did_not_come_home(relay: FakeRelay) -> None:
    send()
    assert come_home(relay.taken[0], to="takedown@portal.test").kind == Kind.OWN_LOOP
    assert Canary.objects.get().arrived_at is None


@pytest.mark.parametrize(
    ("answers", "code", "taken"),
    [({"content": DROP}, None, 1), ({"content": "451 later"}, 451, 0), ({"connect": "421 busy"}, 421, 0)],
)
def test_one_that_broke_off_is_not_sent_again(
    relay: FakeRelay, answers: dict[str, str], code: int | None, taken: int
) -> None:
    relay.answers = answers
    assert send()
    relay.answers = {}
    assert not send()
    assert (Canary.objects.get().smtp_code, len(relay.taken)) == (code, taken)


def test_a_refused_archive_is_an_alarm_at_once(relay: FakeRelay) -> None:
    relay.answers = {"rcpt archive": "550 5.1.1 no such user"}
    send()
    assert Alarm.objects.open().get().kind == AlarmKind.ARCHIVE_REFUSED


def test_one_that_is_late_is_an_alarm_until_one_comes_home(relay: FakeRelay) -> None:
    send()
    canaries.watch()
    assert not Alarm.objects.exists()
    set_clock(601)
    canaries.watch()
    canaries.watch()
    assert Alarm.objects.open().get().kind == AlarmKind.ARCHIVE_SILENT
    come_home(relay.taken[0])
    canaries.watch()
    assert not Alarm.objects.open().exists()


def test_one_that_was_lost_is_no_alarm_when_a_later_one_came_home(relay: FakeRelay) -> None:
    send()
    set_clock(901)
    send()
    come_home(relay.taken[1])
    canaries.watch()
    assert not Alarm.objects.exists()


def test_a_report_that_the_archive_does_not_exist_is_no_mail_for_a_person(relay: FakeRelay) -> None:
    send()
    canary = Canary.objects.get()
    data = (
        "From: MAILER-DAEMON@relay.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nNot delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; relay.test\r\n\r\nFinal-Recipient: rfc822; archive@portal.test\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    mail = come_home(Taken("", (), data.encode()), to=f"bounce+v.{canary.token}@portal.test")
    assert mail.kind == Kind.CANARY
    assert not IncomingMail.objects.for_a_person().exists()


def test_the_sender_sends_letters_and_canaries_on_one_connection(letter: Letter, relay: FakeRelay) -> None:
    letter()
    with Relay() as line:
        assert send_canary(line)
        assert send_next(line)
    assert (relay.seen.count("connect"), len(relay.taken)) == (1, 2)
