"""An uncertain letter whose copy never came: sent once more only where a copy would have come, and never twice."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.states import Role
from audit.models import Event
from mailroom import archive
from mailroom.dialogue import Relay
from mailroom.models import Alarm, Canary, OutgoingMail, Pulse
from mailroom.sender import send_canary, send_next
from mailroom.services import inbox, outbox, pulses, sending
from mailroom.services.alarms import close_alarm, raise_alarm
from mailroom.services.reconciling import resend_lost
from mailroom.states import AlarmKind, Ending, NotResent, OutgoingState, Part
from tests.at_once import at_once
from tests.fakes.relay import DROP, FakeRelay, Taken
from tests.mailroom.clock import set_clock

pytestmark = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]
GRACE = 7200.0
DOOR: Any = {"part": Part.DOOR, "place": "here:2424"}


@pytest.fixture(autouse=True)
def _open_door(settings: Any) -> None:
    settings.MAIL_RESEND_SECONDS, settings.MAIL_BEAT_SECONDS = GRACE, 10.0
    pulses.begin(**DOOR)


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def broken_off(letter: Letter, relay: FakeRelay) -> OutgoingMail:
    """A letter whose connection broke after DATA; what the relay took of it is forgotten: it has lost the letter."""
    relay.answers = {"content": DROP}
    mail = letter()
    assert send_next()
    relay.answers = {}
    relay.taken.clear()
    assert fresh(mail).state == OutgoingState.UNCERTAIN
    return fresh(mail)


def let_pass(seconds: float) -> None:
    """With the door open all the time."""
    set_clock(seconds)
    Pulse.objects.filter(**DOOR).update(beat_at=archive._database_now())


def canary(relay: FakeRelay, *, home: bool = True) -> bool:
    """As the sender does it: look at the letters first; whether one was due."""
    assert resend_lost() == 0
    with Relay() as line:
        sent = send_canary(line)
    if sent and home:
        come_home(relay.taken.pop())
    return sent


def come_home(taken: Taken) -> None:
    data = b"Received: from a by b\r\n" + taken.data
    inbox.receive(door="lmtp", envelope_from=taken.sender, envelope_to=["archive@portal.test"], data=data)
    while inbox.parse_next():
        pass
    pulses.beat(**DOOR, steady=True)


def why(mail: OutgoingMail) -> NotResent | None:
    return archive.why_not_resend(fresh(mail))


def ready(letter: Letter, relay: FakeRelay) -> OutgoingMail:
    """Everything is there that it takes."""
    mail = broken_off(letter, relay)
    let_pass(GRACE + 1)
    assert canary(relay)
    assert why(mail) is None
    return mail


def test_the_same_bytes_once_more_in_sight_of_a_person(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    assert why(mail) == NotResent.TOO_EARLY
    assert not canary(relay)
    let_pass(GRACE + 1)
    assert why(mail) == NotResent.NO_CANARY
    assert resend_lost() == 0
    assert canary(relay)
    assert resend_lost() == 1
    assert fresh(mail).state == OutgoingState.QUEUED
    assert fresh(mail).resent_at is not None
    assert send_next()
    assert relay.taken[0].data == outbox.read_bytes(mail)
    assert fresh(mail).state == OutgoingState.ACCEPTED
    assert Alarm.objects.open().get(mail=mail).kind == AlarmKind.LETTER_RESENT
    assert Event.objects.for_object(mail).get(action="mail.resent").actor is None


def test_once_and_not_again(letter: Letter, relay: FakeRelay) -> None:
    mail = ready(letter, relay)
    assert resend_lost() == 1
    relay.answers = {"content": DROP}
    assert send_next()
    relay.answers = {}
    let_pass(GRACE + 1)
    canary(relay)
    assert resend_lost() == 0
    assert why(mail) == NotResent.RESENT_BEFORE


def test_what_a_person_had_sent_again_is_theirs(letter: Letter, relay: FakeRelay) -> None:
    analyst = User.objects.create_user("minji", "Minji")
    Membership.objects.create(user=analyst, role=Role.ANALYST)
    mail = broken_off(letter, relay)
    outbox.decide_uncertain(mail=mail, decision="resend", by=analyst, reason="Nothing arrived.")
    relay.answers = {"content": DROP}
    assert send_next()
    relay.answers = {}
    let_pass(GRACE + 1)
    canary(relay)
    assert why(mail) == NotResent.RESENT_BEFORE


def test_of_many_senders_one_sends_it_again(letter: Letter, relay: FakeRelay) -> None:
    mail = ready(letter, relay)
    assert sum(at_once([resend_lost] * 8)) == 1
    assert sum(at_once([send_next] * 8)) == 1
    assert [taken.data for taken in relay.taken] == [outbox.read_bytes(mail)]


def test_switched_off(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    mail = ready(letter, relay)
    settings.MAIL_RESEND_SECONDS = 0.0
    assert why(mail) == NotResent.SWITCHED_OFF
    assert resend_lost() == 0
    assert fresh(mail).get_not_resent_display() == "Sending again by itself is switched off."


def test_a_canary_that_left_too_early_shows_nothing(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    settings.MAIL_CANARY_SECONDS = 900.0
    mail = broken_off(letter, relay)
    assert canary(relay)
    let_pass(GRACE + 1)
    assert why(mail) == NotResent.NO_CANARY


def test_a_canary_by_another_relay_shows_nothing(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    mail = broken_off(letter, relay)
    let_pass(GRACE + 1)
    with FakeRelay() as other:
        settings.EMAIL_PORT = other.port
        assert canary(other)
    assert why(mail) == NotResent.NO_CANARY


def test_a_canary_that_has_not_come_home_shows_nothing(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    let_pass(GRACE + 1)
    assert canary(relay, home=False)
    assert why(mail) == NotResent.NO_CANARY
    assert resend_lost() == 0


def test_without_an_archive_copy_to_come_nothing_is_shown(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"content": DROP, "rcpt archive": "550 5.1.1 no such user"}
    mail = letter()
    assert send_next()
    relay.answers = {}
    let_pass(GRACE + 1)
    canary(relay)
    assert why(mail) == NotResent.ARCHIVE_REFUSED


def test_a_copy_that_was_changed_on_the_way_is_a_copy(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    let_pass(GRACE + 1)
    canary(relay)
    come_home(Taken(mail.envelope_from, (), outbox.read_bytes(mail) + b"-- \r\nchecked for viruses\r\n"))
    assert fresh(mail).state == OutgoingState.UNCERTAIN
    assert why(mail) == NotResent.COPY_DIFFERS


def test_an_answer_shows_that_it_arrived(letter: Letter, relay: FakeRelay) -> None:
    mail = ready(letter, relay)
    data = b"From: dmca@telegram.test\r\nSubject: Re\r\n\r\nDone.\r\n"
    to = [f"takedown+r.{mail.token}@portal.test"]
    inbox.receive(door="lmtp", envelope_from="dmca@telegram.test", envelope_to=to, data=data)
    assert inbox.parse_next()
    assert why(mail) == NotResent.ANSWERED


def test_mail_for_the_archive_that_nobody_has_read_may_be_the_copy(letter: Letter, relay: FakeRelay) -> None:
    mail = ready(letter, relay)
    copy = b"Received: from a by b\r\n" + outbox.read_bytes(mail)
    inbox.receive(door="lmtp", envelope_from="", envelope_to=["Archive@portal.test"], data=copy)
    assert why(mail) == NotResent.MAIL_UNREAD
    assert inbox.parse_next()
    assert fresh(mail).state == OutgoingState.ACCEPTED


def test_a_copy_that_comes_in_while_it_waits_to_leave_again_stops_it(letter: Letter, relay: FakeRelay) -> None:
    mail = ready(letter, relay)
    assert resend_lost() == 1
    come_home(Taken(mail.envelope_from, (), outbox.read_bytes(mail)))
    assert fresh(mail).state == OutgoingState.ACCEPTED
    assert not send_next()


# Our own door: what the relay could not bring while it was closed comes later than a canary.


def test_a_door_that_was_closed_for_a_moment_begins_the_wait_anew(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    let_pass(GRACE - 10)
    pulses.begin(**DOOR)
    let_pass(20)
    assert not canary(relay)
    assert why(mail) == NotResent.DOOR_CLOSED
    let_pass(GRACE)
    assert canary(relay)
    assert why(mail) is None


def test_a_door_that_is_closed_says_nothing(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    set_clock(GRACE + 1)
    assert why(mail) == NotResent.DOOR_CLOSED
    Pulse.objects.all().delete()
    assert why(mail) == NotResent.DOOR_CLOSED


def test_a_second_door_that_is_gone_counts_until_it_was_seen_last(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    let_pass(100)
    pulses.begin(part=Part.FETCHER, place="other")
    let_pass(GRACE - 50)
    assert why(mail) == NotResent.DOOR_CLOSED
    let_pass(51)
    canary(relay)
    assert why(mail) is None


def test_the_door_has_to_show_that_it_took_everything_since(letter: Letter, relay: FakeRelay) -> None:
    """What it could not store is told with the next sign of life only."""
    mail = broken_off(letter, relay)
    let_pass(GRACE + 1)
    assert canary(relay)
    Pulse.objects.filter(**DOOR).update(beat_at=Canary.objects.get().arrived_at)
    assert why(mail) == NotResent.DOOR_CLOSED
    pulses.beat(**DOOR, steady=False)
    assert why(mail) == NotResent.DOOR_CLOSED
    assert resend_lost() == 0


# Others as witnesses: an archive that lost or delays their copies proves nothing about this one.


def test_another_letter_without_its_copy_speaks_against_the_archive(letter: Letter, relay: FakeRelay) -> None:
    mail = broken_off(letter, relay)
    other = letter()
    assert send_next()
    copy = relay.taken.pop()
    let_pass(GRACE + 1)
    canary(relay)
    assert why(mail) == NotResent.COPIES_MISSING
    come_home(copy)
    assert fresh(other).archived_at is not None
    assert why(mail) is None


def test_a_letter_that_left_after_the_witness_need_not_be_home(letter: Letter, relay: FakeRelay) -> None:
    mail = ready(letter, relay)
    letter()
    assert send_next()
    assert why(mail) is None


def test_an_earlier_canary_that_is_missing_speaks_against_the_archive(
    letter: Letter, relay: FakeRelay, settings: Any
) -> None:
    settings.MAIL_CANARY_SECONDS = 900.0
    mail = broken_off(letter, relay)
    assert canary(relay, home=False)
    late = relay.taken.pop()
    let_pass(GRACE + 1)
    assert canary(relay)
    assert why(mail) == NotResent.COPIES_MISSING
    come_home(late)
    assert why(mail) is None


def test_a_letter_that_left_twice_is_an_alarm_and_ends_all_that(letter: Letter, relay: FakeRelay) -> None:
    supervisor = User.objects.create_user("sujin", "Sujin")
    Membership.objects.create(user=supervisor, role=Role.SUPERVISOR)
    mail = ready(letter, relay)
    assert resend_lost() == 1
    assert send_next()
    again = relay.taken.pop()
    come_home(again)
    come_home(Taken(again.sender, (), b"Received: another way\r\n" + again.data))
    alarm = Alarm.objects.open().get(kind=AlarmKind.LETTER_DOUBLED)
    assert alarm.mail == mail
    assert Event.objects.for_object(mail).filter(action="mail.doubled").count() == 1
    other = broken_off(letter, relay)
    let_pass(GRACE + 1)
    assert why(other) == NotResent.DISTRUST
    close_alarm(alarm=alarm, by=supervisor, reason="The relay's operator found the cause.")
    assert canary(relay)
    assert why(other) is None


# The database's clock.


@pytest.mark.parametrize("ahead", [3 * 3600, -3600])
def test_a_clock_that_is_set_proves_nothing(letter: Letter, relay: FakeRelay, ahead: float) -> None:
    mail = broken_off(letter, relay)
    set_clock(ahead)
    pulses.beat(**DOOR, steady=True)
    canary(relay)
    assert why(mail) in (NotResent.DOOR_CLOSED, NotResent.TOO_EARLY)
    assert resend_lost() == 0


def test_an_uncertain_end_by_lease_is_treated_alike(letter: Letter, relay: FakeRelay, settings: Any) -> None:
    letter()
    lease = sending.claim()
    assert lease is not None
    assert sending.begin_data(lease, recipient=sending.Answer(250), archive=sending.Answer(250))
    let_pass(settings.MAIL_LEASE + 1)
    assert sending.end_lapsed() == 1
    assert fresh(lease.mail).last_ending == Ending.UNCERTAIN
    # An open alarm of another kind changes nothing.
    raise_alarm(kind=AlarmKind.OWN_LOOP)
    let_pass(GRACE + 1)
    assert canary(relay)
    assert resend_lost() == 1
