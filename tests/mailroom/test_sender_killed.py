"""kill -9 of the real sender in each of its phases: nothing is lost, nothing is doubled, what is uncertain is shown.

The relay holds the dialogue at one word; the sender's process is killed there; a second sender takes over.
"""

import signal
import subprocess
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from mailroom.models import OutgoingMail
from mailroom.services import inbox, outbox
from mailroom.states import Ending, OutgoingState
from tests.fakes.relay import FakeRelay
from tests.mailroom.processes import manage
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]

BEFORE_DATA = ["connect", "ehlo", "mail", "rcpt platform", "rcpt archive"]


def state_of(mail: OutgoingMail) -> str:
    return OutgoingMail.objects.get(pk=mail.pk).state


def kill_at(relay: FakeRelay, step: str, mail: OutgoingMail) -> None:
    """Start a sender and kill it when the relay has heard `step` and not answered yet."""
    heard, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        heard.set()
        go_on.wait(20)

    relay.before = {step: hold}
    with manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=relay.port, MAIL_LEASE=2) as sender:
        assert heard.wait(20), f"the sender never came to {step}"
        kill(sender)
    relay.before = {}
    go_on.set()
    assert state_of(mail) == OutgoingState.SENDING


def kill(sender: subprocess.Popen[bytes]) -> None:
    sender.send_signal(signal.SIGKILL)
    sender.wait(10)


def let_another_sender_work(relay: FakeRelay, mail: OutgoingMail, state: OutgoingState) -> None:
    with manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=relay.port):
        until(lambda: state_of(mail) == state, what=f"the letter is {state}")


def bring_archive_copy(relay: FakeRelay) -> None:
    """As the relay would hand it to our own door: with marks of its way, to the archive."""
    copy = b"Received: from portal.test by relay.test; Tue, 3 Sep 2024 10:30:00 +0900\r\n" + relay.taken[0].data
    inbox.receive(door="lmtp", envelope_from=relay.taken[0].sender, envelope_to=["archive@portal.test"], data=copy)
    assert inbox.parse_next()


@pytest.mark.parametrize("step", BEFORE_DATA)
def test_killed_before_data_the_letter_leaves_once_with_the_next_sender(
    letter: Letter, relay: FakeRelay, step: str
) -> None:
    mail = letter()
    kill_at(relay, step, mail)
    let_another_sender_work(relay, mail, OutgoingState.ACCEPTED)
    assert [taken.data for taken in relay.taken] == [outbox.read_bytes(mail)]
    assert [attempt.ending for attempt in mail.tries.all()] == [Ending.LAPSED, Ending.ACCEPTED]


def test_killed_at_data_nothing_leaves_and_the_letter_is_shown_as_uncertain(letter: Letter, relay: FakeRelay) -> None:
    mail = letter()
    kill_at(relay, "data", mail)
    let_another_sender_work(relay, mail, OutgoingState.UNCERTAIN)
    assert relay.taken == []
    assert outbox.queue_figures().uncertain == 1


def test_killed_after_the_letter_was_spoken_the_archive_copy_decides(letter: Letter, relay: FakeRelay) -> None:
    mail = letter()
    kill_at(relay, "content", mail)
    let_another_sender_work(relay, mail, OutgoingState.UNCERTAIN)
    assert len(relay.taken) == 1
    bring_archive_copy(relay)
    assert state_of(mail) == OutgoingState.ACCEPTED


def test_killed_with_the_answer_on_its_way_the_archive_copy_decides(letter: Letter, relay: FakeRelay) -> None:
    mail = letter()
    with manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=relay.port, MAIL_LEASE=2) as sender:
        relay.before = {"content": lambda: sender.send_signal(signal.SIGSTOP)}
        relay.after = {"content": lambda: kill(sender)}
        until(lambda: sender.returncode is not None, what="the sender is dead")
    relay.before = relay.after = {}
    let_another_sender_work(relay, mail, OutgoingState.UNCERTAIN)
    assert len(relay.taken) == 1
    bring_archive_copy(relay)
    assert state_of(mail) == OutgoingState.ACCEPTED


def test_the_archive_copy_is_in_before_the_lease_runs_out(letter: Letter, relay: FakeRelay) -> None:
    mail = letter()
    kill_at(relay, "content", mail)
    until(lambda: relay.taken)
    bring_archive_copy(relay)
    assert state_of(mail) == OutgoingState.SENDING
    let_another_sender_work(relay, mail, OutgoingState.ACCEPTED)
    assert len(relay.taken) == 1


def test_two_senders_and_a_kill_leave_each_letter_once(letter: Letter, relay: FakeRelay) -> None:
    mails = [letter() for _ in range(12)]
    fourth = threading.Event()

    def count() -> None:
        if len(relay.taken) >= 4:
            fourth.set()

    relay.before = {"rcpt archive": count}
    at_relay = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": relay.port}
    with manage("send_letters", **at_relay, MAIL_LEASE=2) as doomed, manage("send_letters", **at_relay):
        assert fourth.wait(20)
        kill(doomed)
        done = {OutgoingState.ACCEPTED, OutgoingState.UNCERTAIN}
        until(lambda: OutgoingMail.objects.filter(state__in=done).count() == 12, what="all letters at rest")
    uncertain = OutgoingMail.objects.uncertain().count()
    assert uncertain <= 1
    sent = [taken.data for taken in relay.taken]
    assert len(sent) == len(set(sent)) >= 12 - uncertain
    assert set(sent) <= {outbox.read_bytes(mail) for mail in mails}


def test_with_the_server_down_the_letter_waits_and_leaves_when_it_is_back(letter: Letter) -> None:
    with FakeRelay() as gone:
        port = gone.port
    mail = letter()
    with manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
        until(lambda: mail.tries.filter(ending=Ending.UNREACHABLE).count() >= 2, what="two tries")
        waiting = OutgoingMail.objects.get(pk=mail.pk)
        assert waiting.state in (OutgoingState.QUEUED, OutgoingState.SENDING)
        assert waiting.last_ending == Ending.UNREACHABLE
        with FakeRelay(port=port) as back:
            until(lambda: state_of(mail) == OutgoingState.ACCEPTED, what="the letter has left")
            assert len(back.taken) == 1


def test_a_database_that_breaks_off_before_data_costs_a_try_and_no_letter(letter: Letter, relay: FakeRelay) -> None:
    mail = letter()
    cut: list[int] = []

    def break_off() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            cut.append(cursor.fetchone()[0])
        connection.close()
        relay.before = {}

    relay.before = {"rcpt archive": break_off}
    with manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=relay.port):
        until(lambda: cut)
        connection.close()
        until(lambda: state_of(mail) == OutgoingState.ACCEPTED, what="the letter has left")
    assert len(relay.taken) == 1
    assert [attempt.ending for attempt in mail.tries.all()] == [Ending.LOST, Ending.ACCEPTED]


def test_a_letter_leaves_at_once_when_the_bell_rings(letter: Letter, relay: FakeRelay) -> None:
    first = letter()
    settings = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": relay.port, "MAIL_POLL_SECONDS": 60}
    with manage("send_letters", **settings):
        until(lambda: state_of(first) == OutgoingState.ACCEPTED)
        # The sender now waits a minute unless it is rung.
        second = letter()
        until(lambda: state_of(second) == OutgoingState.ACCEPTED, timeout=10)
