"""One connection for many letters: nothing of one dialogue reaches into the next."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from mailroom import dialogue
from mailroom.dialogue import Relay
from mailroom.models import OutgoingMail
from mailroom.sender import send_next
from mailroom.services import outbox
from mailroom.states import Ending, OutgoingState, Step
from tests.fakes.relay import DROP, FakeRelay

pytestmark = pytest.mark.django_db
Letter = Callable[..., OutgoingMail]


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def send_all() -> None:
    with Relay() as line:
        while send_next(line):
            pass


def test_many_letters_on_one_connection(letter: Letter, relay: FakeRelay) -> None:
    mails = [letter() for _ in range(5)]
    send_all()
    assert [taken.data for taken in relay.taken] == [outbox.read_bytes(mail) for mail in mails]
    # Asked before each look at the outbox but the first; the last look finds nothing.
    assert (relay.seen.count("connect"), relay.seen.count("rset"), relay.seen.count("quit")) == (1, 5, 1)


def test_a_connection_is_not_used_for_ever(letter: Letter, relay: FakeRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "MAILS_A_CONNECTION", 2)
    for _ in range(5):
        letter()
    send_all()
    assert (relay.seen.count("connect"), relay.seen.count("quit"), len(relay.taken)) == (3, 3, 5)


@pytest.mark.parametrize("step", ["rcpt platform", "data", "content"])
@pytest.mark.parametrize("answer", ["450 4.7.1 later", "550 5.7.1 no"])
def test_a_refused_letter_leaves_nothing_to_the_next(letter: Letter, relay: FakeRelay, step: str, answer: str) -> None:
    refused, next_one = letter(), letter()
    relay.answers = {step: answer}
    with Relay() as line:
        assert send_next(line)
        relay.answers = {}
        assert send_next(line)
    assert fresh(refused).state != OutgoingState.ACCEPTED
    assert fresh(refused).tries.get().step in (Step.RECIPIENT, Step.DATA, Step.CONTENT)
    assert fresh(next_one).state == OutgoingState.ACCEPTED
    (taken,) = relay.taken
    assert taken.data == outbox.read_bytes(next_one)
    assert taken.recipients == ("dmca@telegram.test", "archive@portal.test")


@pytest.mark.parametrize("step", ["mail", "rcpt platform", "data", "content"])
def test_after_a_break_the_next_letter_has_a_new_connection(letter: Letter, relay: FakeRelay, step: str) -> None:
    broken, next_one = letter(), letter()
    relay.answers = {step: DROP}
    with Relay() as line:
        assert send_next(line)
        relay.answers, relay.taken[:] = {}, []
        assert send_next(line)
    assert fresh(broken).last_ending == (Ending.UNCERTAIN if step == "content" else Ending.LOST)
    assert fresh(next_one).state == OutgoingState.ACCEPTED
    assert relay.seen.count("connect") == 2


def test_a_kept_connection_that_the_server_has_left_costs_no_try(letter: Letter, relay: FakeRelay) -> None:
    first, second = letter(), letter()
    relay.answers = {"rset": DROP}
    with Relay() as line:
        assert send_next(line)
        assert send_next(line)
    assert [fresh(mail).attempts for mail in (first, second)] == [1, 1]
    assert len(relay.taken) == 2


def test_a_server_that_wants_no_more_is_left_alone_for_a_new_one(letter: Letter, relay: FakeRelay) -> None:
    letter()
    letter()
    relay.answers = {"rset": "421 4.7.0 too many messages"}
    send_all()
    assert (relay.seen.count("connect"), len(relay.taken)) == (2, 2)


def test_each_try_says_where_it_went_and_at_which_word_it_ended(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"mail": "450 no"}
    mail = letter()
    send_all()
    attempt = mail.tries.get()
    assert (attempt.relay, attempt.step) == (f"127.0.0.1:{relay.port}", Step.SENDER)


def test_a_sender_that_was_stopped_for_longer_than_its_lease_says_nothing(
    letter: Letter, relay: FakeRelay, settings: Any
) -> None:
    """Whoever decides about the letter meanwhile has to be able to count on its silence."""
    mail = letter()
    settings.MAIL_LEASE = 5.0
    now = [100.0]
    relay.before = {"data": lambda: now.append(now[-1] + 6.0)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "clock_gettime", lambda _clock: now[-1])
        assert send_next()
    assert relay.taken == []
    assert fresh(mail).last_ending == Ending.LOST
    assert mail.tries.get().step == Step.DATA
