"""The administrator's view of the post office."""

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.dialogue import Relay
from mailroom.models import OutgoingMail
from mailroom.queries import post_office
from mailroom.sender import send_canary, send_next
from mailroom.services import domains, inbox, pulses
from mailroom.services.reconciling import resend_lost
from mailroom.states import AlarmKind, Breaker, Part
from tests.fakes.relay import DROP, FakeRelay
from tests.mailroom.clock import set_clock

pytestmark = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]


def send(times: int) -> None:
    for _ in range(times):
        assert send_next()


def test_an_empty_house() -> None:
    shown = post_office()
    assert (shown.domains, shown.doors, shown.processes, shown.alarms) == ([], [], [], [])
    assert (shown.last_canary, shown.figures.queued) == (None, 0)


def test_everything_that_an_administrator_needs_to_see(
    letter: Letter, relay: FakeRelay, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.MAIL_BREAKER_TROUBLES, settings.MAIL_RETRY_SECONDS = 2, [3600.0]
    settings.MAIL_CANARY_SECONDS, settings.MAIL_RESEND_SECONDS = 900.0, 1.0
    pulses.begin(part=Part.READER, place="gone:1")
    set_clock(3600)
    pulses.begin(part=Part.SENDER, place="here:1")
    # a.test takes one letter and loses the connection in the next one; b.test refuses.
    letter(to="x@a.test")
    letter(to="x@a.test")
    send(1)
    relay.answers = {"content": DROP}
    send(1)
    relay.answers = {"rcpt platform": "550 5.1.1 no"}
    mails = [letter(to="x@b.test") for _ in range(2)]
    send(2)
    domains.note_bounce(mail=mails[0])
    relay.answers = {}
    letter(to="x@b.test")
    with Relay() as line:
        assert send_canary(line)
    inbox.receive(door="lmtp", envelope_from="", envelope_to=["takedown@portal.test"], data=b"From: a@b.test\r\n\r\nhi")
    set_clock(2)
    resend_lost()

    with django_assert_max_num_queries(10):
        shown = post_office()
    b, a = shown.domains
    assert (b.domain, b.stopped, b.waiting, b.refused, b.bounced, b.accepted) == ("b.test", True, 1, 2, 1, 0)
    assert b.state.state == Breaker.OPEN
    assert b.oldest_queued_at == shown.figures.oldest_queued_at
    assert (a.domain, a.stopped, a.waiting, a.accepted, a.broken_off) == ("a.test", False, 0, 1, 1)
    (uncertain,) = shown.uncertain
    assert uncertain.get_not_resent_display() == "Our own mail door is closed or was closed a short time ago."
    assert [(door.door, door.within_a_day) for door in shown.doors] == [("lmtp", 1)]
    assert [(one.pulse.part, one.alive) for one in shown.processes] == [("sender", True), ("reader", False)]
    kinds = sorted(alarm.kind for alarm in shown.alarms)
    assert kinds == [AlarmKind.DOMAIN_STOPPED, AlarmKind.LETTER_REFUSED, AlarmKind.LETTER_REFUSED]
    assert shown.last_canary is not None
    assert shown.last_canary_home is None


def test_what_is_long_past_is_not_shown(letter: Letter, relay: FakeRelay) -> None:
    letter()
    send(1)
    set_clock(3601)
    assert post_office().domains == []
