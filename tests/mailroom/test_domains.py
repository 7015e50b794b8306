"""How many letters a domain gets, and when it gets none for a while."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Membership, User
from accounts.states import Role
from audit.errors import Refused
from audit.models import Event
from mailroom.models import Alarm, DomainState, OutgoingMail
from mailroom.sender import send_next
from mailroom.services import domains, sending
from mailroom.states import BREAKER_TRANSITIONS, Breaker, Ending, OutgoingState
from tests.at_once import at_once
from tests.fakes.relay import DROP, FakeRelay
from tests.mailroom.clock import set_clock

pytestmark = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]
HOUR = 3600.0


@pytest.fixture(autouse=True)
def _quick_to_stop(settings: Any) -> None:
    settings.MAIL_BREAKER_TROUBLES, settings.MAIL_BREAKER_SHARE = 3, 0.5
    settings.MAIL_RETRY_SECONDS, settings.MAIL_RECONNECT_SECONDS = [HOUR], HOUR


@pytest.fixture
def supervisor() -> User:
    user = User.objects.create_user("sujin", "Sujin")
    Membership.objects.create(user=user, role=Role.SUPERVISOR)
    return user


def claimed() -> list[str]:
    """The domains of all letters that can leave now."""
    found = []
    while lease := sending.claim():
        found.append(lease.mail.domain)
    return found


def state(domain: str = "telegram.test") -> DomainState:
    return DomainState.objects.get(domain=domain)


def send_all() -> int:
    sent = 0
    while send_next():
        sent += 1
    return sent


def stopped(letter: Letter, relay: FakeRelay) -> DomainState:
    relay.answers = {"rcpt platform": "450 4.7.1 not now"}
    for _ in range(3):
        letter()
    assert send_all() == 3
    assert state().state == Breaker.OPEN
    relay.answers = {}
    return state()


def test_a_letter_knows_its_domain(letter: Letter) -> None:
    assert OutgoingMail.objects.get(pk=letter(to="a.b@Mail.Telegram.TEST").pk).domain == "mail.telegram.test"


def test_so_many_a_minute_and_no_more(letter: Letter, settings: Any) -> None:
    settings.MAIL_DOMAIN_PER_MINUTE, settings.MAIL_DOMAIN_BURST = 2.0, 3
    for _ in range(6):
        letter()
    letter(to="abuse@other.test")
    assert claimed() == ["telegram.test"] * 3 + ["other.test"]
    set_clock(31)
    assert claimed() == ["telegram.test"]
    set_clock(10 * HOUR)
    assert OutgoingMail.objects.filter(state=OutgoingState.QUEUED).count() == 2
    assert claimed() == ["telegram.test"] * 2


def test_a_long_rest_earns_the_burst_and_no_more(letter: Letter, settings: Any) -> None:
    settings.MAIL_DOMAIN_PER_MINUTE, settings.MAIL_DOMAIN_BURST = 1.0, 2
    letter()
    assert len(claimed()) == 1
    set_clock(24 * HOUR)
    for _ in range(5):
        letter()
    assert len(claimed()) == 2


def test_eight_senders_at_once_share_one_rate(letter: Letter, settings: Any) -> None:
    settings.MAIL_DOMAIN_PER_MINUTE, settings.MAIL_DOMAIN_BURST = 1.0, 5
    for n in range(20):
        letter(to=f"abuse@{'telegram' if n % 2 else 'other'}.test")
    found = [domain for part in at_once([claimed] * 8) for domain in part]
    assert sorted(found) == ["other.test"] * 5 + ["telegram.test"] * 5


def test_enough_refusals_stop_a_domain_and_no_other(letter: Letter, relay: FakeRelay) -> None:
    stopped(letter, relay)
    waiting, other = letter(), letter(to="abuse@other.test")
    assert send_all() == 1
    assert OutgoingMail.objects.get(pk=other.pk).state == OutgoingState.ACCEPTED
    assert OutgoingMail.objects.get(pk=waiting.pk).state == OutgoingState.QUEUED
    assert Alarm.objects.open().get().domain == "telegram.test"
    event = Event.objects.get(action="domain.stopped")
    assert (event.actor, event.detail) == (None, {"domain": "telegram.test", "why": "put_off"})


@pytest.mark.parametrize(
    ("answers", "kind"),
    [({"rcpt platform": "550 no"}, "refused"), ({"content": "451 no"}, "put_off"), ({"content": DROP}, "broken_off")],
)
def test_each_sort_of_trouble_counts(letter: Letter, relay: FakeRelay, answers: dict[str, str], kind: str) -> None:
    relay.answers = answers
    for _ in range(3):
        letter()
    send_all()
    assert state().state == Breaker.OPEN
    assert Event.objects.get(action="domain.stopped").detail["why"] == kind


@pytest.mark.parametrize("answers", [{"connect": "421 busy"}, {"mail": "450 no"}, {"mail": DROP}, {"ehlo": DROP}])
def test_trouble_with_our_own_relay_stops_nobody(letter: Letter, relay: FakeRelay, answers: dict[str, str]) -> None:
    relay.answers = answers
    for _ in range(5):
        letter()
    assert send_all() == 5
    assert state().state == Breaker.CLOSED


def test_one_letter_that_fails_again_and_again_counts_once(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    settings.MAIL_RETRY_SECONDS = [0.0]
    relay.answers = {"rcpt platform": "450 4.7.1 not now"}
    letter()
    for _ in range(6):
        assert send_next()
    assert state().state == Breaker.CLOSED


def test_a_small_share_of_refusals_stops_nobody(letter: Letter, relay: FakeRelay) -> None:
    for _ in range(4):
        letter()
    assert send_all() == 4
    relay.answers = {"rcpt platform": "550 5.1.1 no such user"}
    for _ in range(3):
        letter()
    assert send_all() == 3
    assert state().state == Breaker.CLOSED
    letter()
    assert send_all() == 1
    assert state().state == Breaker.OPEN


def test_old_trouble_is_forgotten(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"rcpt platform": "550 5.1.1 no such user"}
    for _ in range(2):
        letter()
    send_all()
    set_clock(2 * HOUR)
    letter()
    send_all()
    assert state().state == Breaker.CLOSED


def test_letters_that_come_back_stop_a_domain(letter: Letter, relay: FakeRelay) -> None:
    mails = [letter() for _ in range(5)]
    assert send_all() == 5
    for mail in mails[:3]:
        domains.note_bounce(mail=OutgoingMail.objects.get(pk=mail.pk))
    assert state().state == Breaker.OPEN
    assert Event.objects.get(action="domain.stopped").detail["why"] == "bounced"


def test_after_the_pause_one_letter_tries_and_opens_the_way(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    stopped(letter, relay)
    letter()
    letter()
    assert send_all() == 0
    set_clock(settings.MAIL_BREAKER_PAUSE + 1)
    probe = sending.claim()
    assert probe is not None
    assert (state().state, state().probe) == (Breaker.HALF_OPEN, probe.mail.pk)
    assert sending.claim() is None
    sending.end(probe, sending.Result(Ending.ACCEPTED, sending.Answer(250), "content", sending.Answer(250)))
    assert state().state == Breaker.CLOSED
    assert not Alarm.objects.open().exists()
    assert Event.objects.get(action="domain.released").actor is None
    assert send_all() >= 1


def seconds_until_trial() -> int:
    left = DomainState.objects.annotate(left=F("retry_at") - Now()).get().left
    return int(round(left.total_seconds(), -1))


def test_each_failed_trial_waits_twice_as_long_up_to_a_limit(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    settings.MAIL_BREAKER_PAUSE, settings.MAIL_BREAKER_LONGEST = 100.0, 300.0
    stopped(letter, relay)
    relay.answers = {"rcpt platform": "450 4.7.1 still not"}
    pauses = [seconds_until_trial()]
    for _ in range(3):
        letter()
        set_clock(pauses[-1] + 10)
        assert send_next()
        pauses.append(seconds_until_trial())
    assert pauses == [100, 200, 300, 300]
    assert Alarm.objects.count() == 1


def test_a_trial_that_our_own_relay_cut_short_is_made_again_soon(
    letter: Letter, relay: FakeRelay, settings: Any
) -> None:
    settings.MAIL_RECONNECT_SECONDS = 20.0
    stopped(letter, relay)
    letter()
    set_clock(settings.MAIL_BREAKER_PAUSE + 1)
    relay.answers = {"connect": "421 busy"}
    assert send_next()
    assert (state().state, state().openings, seconds_until_trial()) == (Breaker.OPEN, 1, 20)


def test_a_sender_that_dies_in_a_trial_leaves_the_next_one_to_another(
    letter: Letter, relay: FakeRelay, settings: Any
) -> None:
    stopped(letter, relay)
    letter()
    set_clock(settings.MAIL_BREAKER_PAUSE + 1)
    assert sending.claim() is not None
    set_clock(settings.MAIL_LEASE + 1)
    assert sending.end_lapsed() == 1
    assert state().state == Breaker.OPEN
    set_clock(HOUR + 1)
    assert sending.claim() is not None


def test_of_many_senders_one_makes_the_trial(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    stopped(letter, relay)
    for _ in range(8):
        letter()
    set_clock(settings.MAIL_BREAKER_PAUSE + 1)
    assert [domain for part in at_once([claimed] * 8) for domain in part] == ["telegram.test"]


def test_after_a_trial_a_single_trouble_stops_it_again(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    stopped(letter, relay)
    letter()
    set_clock(settings.MAIL_BREAKER_PAUSE + 1)
    assert send_all() == 1
    assert state().state == Breaker.CLOSED
    domains.note_bounce(mail=OutgoingMail.objects.get(state=OutgoingState.ACCEPTED))
    assert state().state == Breaker.OPEN


def test_a_person_lets_letters_leave_again(letter: Letter, relay: FakeRelay, supervisor: User) -> None:
    row = stopped(letter, relay)
    letter()
    released = domains.release_domain(domain=row, by=supervisor, reason="They have lifted the block.")
    assert released.state == Breaker.CLOSED
    alarm = Alarm.objects.get()
    assert (alarm.closed_by, alarm.reason) == (supervisor, "They have lifted the block.")
    assert Event.objects.get(action="domain.released").actor == supervisor.pk
    # What went wrong before does not count any more: it takes as much trouble as at first.
    relay.answers = {"rcpt platform": "550 5.1.1 no such user"}
    assert send_all() == 1
    assert state().state == Breaker.CLOSED


def test_releasing_needs_a_reason_a_right_and_a_stopped_domain(
    letter: Letter, relay: FakeRelay, supervisor: User
) -> None:
    row = stopped(letter, relay)
    analyst = User.objects.create_user("minji", "Minji")
    Membership.objects.create(user=analyst, role=Role.ANALYST)
    for by, reason in ((supervisor, "  "), (analyst, "because")):
        with pytest.raises(Refused):
            domains.release_domain(domain=row, by=by, reason=reason)
    domains.release_domain(domain=row, by=supervisor, reason="because")
    with pytest.raises(Refused, match="leave already"):
        domains.release_domain(domain=row, by=supervisor, reason="because")


def test_only_the_listed_moves_are_made() -> None:
    for start in Breaker:
        for to in set(Breaker) - BREAKER_TRANSITIONS[start]:
            with pytest.raises(ValueError, match="does not go"):
                domains._move(DomainState(state=start), to)


# The database's clock was three hours ahead for a while, and what was written meanwhile lies in the future.


def test_after_a_wrong_clock_nobody_waits_for_hours(letter: Letter, settings: Any) -> None:
    settings.MAIL_DOMAIN_PER_MINUTE, settings.MAIL_DOMAIN_BURST, settings.MAIL_RETRY_SECONDS = 2.0, 2, [60.0]
    for _ in range(4):
        letter()
    assert len(claimed()) == 2
    set_clock(-3 * HOUR)
    # The leases of the two run on for hours, on paper; the rate has no right to either.
    assert sending.end_lapsed() == 2
    assert len(claimed()) == 2
    assert claimed() == []


def test_after_a_wrong_clock_a_stopped_domain_tries_again(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    settings.MAIL_BREAKER_LONGEST = 1000.0
    stopped(letter, relay)
    letter()
    set_clock(-3 * HOUR)
    assert send_next()
    assert state().state == Breaker.CLOSED
