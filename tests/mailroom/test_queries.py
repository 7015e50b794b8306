"""How the post goes: domains, what moved last, which parts live."""

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.dialogue import Relay
from mailroom.models import OutgoingMail
from mailroom.queries import activity, domains, ways
from mailroom.sender import send_canary, send_next
from mailroom.services import inbox, pulses
from mailroom.services.domains import note_bounce
from mailroom.services.reconciling import resend_lost
from mailroom.states import Breaker, Flow, OutgoingState, Part
from tests.fakes.relay import DROP, FakeRelay
from tests.mailroom.clock import set_clock

pytestmark = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]


def send(times: int) -> None:
    for _ in range(times):
        assert send_next()


def test_an_empty_house() -> None:
    assert (domains(), activity()) == ([], {})
    assert [(way.part, way.alive, way.beat_at) for way in ways()] == [
        (part, False, None) for part in (Part.SENDER, Part.DOOR, Part.READER)
    ]


def test_a_house_that_fetches_its_mail_needs_no_door() -> None:
    pulses.begin(part=Part.FETCHER, place="box")
    assert [(way.part, way.alive) for way in ways()] == [
        (Part.SENDER, False),
        (Part.FETCHER, True),
        (Part.READER, False),
    ]


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
    note_bounce(mail=mails[0])
    relay.answers = {}
    letter(to="x@b.test")
    with Relay() as line:
        assert send_canary(line)
    inbox.receive(door="lmtp", envelope_from="", envelope_to=["takedown@portal.test"], data=b"From: a@b.test\r\n\r\nhi")
    set_clock(2)
    resend_lost()

    with django_assert_max_num_queries(4):
        found, moved, paths = domains(), activity(), ways()
    b, a = found
    assert (b.domain, b.stopped, b.waiting, b.refused, b.bounced, b.accepted) == ("b.test", True, 1, 2, 1, 0)
    assert b.state is not None
    assert b.state.state == Breaker.OPEN
    assert b.oldest_queued_at == OutgoingMail.objects.get(state=OutgoingState.QUEUED).queued_at
    assert (a.domain, a.stopped, a.waiting, a.accepted, a.broken_off) == ("a.test", False, 0, 1, 1)
    assert uncertain().get_not_resent_display() == "Our own mail door is closed or was closed a short time ago."
    assert {of: one.count for of, one in moved.items()} == {
        Flow.SENT: 1,
        "lmtp": 1,
        Flow.CANARY_LEFT: 1,
        Flow.UNREAD: 1,
    }
    assert [(way.part, way.alive, way.places) for way in paths] == [
        (Part.SENDER, True, ["here:1"]),
        (Part.DOOR, False, []),
        (Part.READER, False, []),
    ]


def uncertain() -> OutgoingMail:
    return OutgoingMail.objects.uncertain().get()


def test_what_is_long_past_is_not_shown(letter: Letter, relay: FakeRelay) -> None:
    letter()
    send(1)
    set_clock(3601)
    assert domains() == []
    assert activity()[Flow.SENT].count == 1
    set_clock(7 * 24 * 3600 + 1)
    assert Flow.SENT not in activity()
