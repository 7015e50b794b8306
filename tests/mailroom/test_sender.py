"""The dialogue with the mail server, word by word, and what each answer does to the letter."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from keys.services import shred
from mailroom.models import OutgoingMail
from mailroom.sender import send_next
from mailroom.services import outbox, sending
from mailroom.states import Ending, OutgoingState, Phase
from tests.at_once import at_once
from tests.fakes.relay import DROP, FakeRelay
from tests.waiting import until

pytestmark = pytest.mark.django_db
Letter = Callable[..., OutgoingMail]


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def test_a_letter_leaves_byte_for_byte_for_the_platform_and_the_archive(letter: Letter, relay: FakeRelay) -> None:
    mail = letter(body="first\n.\n..dots at the start\nlast\n")
    assert send_next()
    assert not send_next()
    taken = relay.taken[0]
    assert taken.data == outbox.read_bytes(mail)
    assert taken.recipients == ("dmca@telegram.test", "archive@portal.test")
    assert taken.sender == f"bounce+v.{mail.token}@portal.test"
    mail = fresh(mail)
    assert (mail.state, mail.smtp_code, mail.smtp_text) == (OutgoingState.ACCEPTED, 250, "2.0.0 queued")
    attempt = mail.tries.get()
    assert (attempt.ending, attempt.phase) == (Ending.ACCEPTED, Phase.DATA)
    times = [attempt.started_at, attempt.envelope_at, attempt.data_at, attempt.ended_at]
    assert times == sorted(filter(None, times))
    assert Event.objects.for_object(mail).filter(action="mail.accepted", actor=None).count() == 1


def test_the_platform_refused_and_the_archive_willing_is_not_sent(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"rcpt platform": "550 5.1.1 no such user", "rcpt archive": "250 ok"}
    mail = letter()
    send_next()
    assert relay.taken == []
    assert "data" not in relay.seen
    assert "rset" in relay.seen
    mail = fresh(mail)
    assert (mail.state, mail.smtp_code) == (OutgoingState.REJECTED, 550)
    assert mail.tries.get().recipient_code == 550


def test_the_archive_refused_is_noted_and_the_letter_goes(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"rcpt archive": "550 5.1.1 no such user"}
    mail = letter()
    send_next()
    assert relay.taken[0].recipients == ("dmca@telegram.test",)
    mail = fresh(mail)
    assert mail.state == OutgoingState.ACCEPTED
    assert (mail.tries.get().recipient_code, mail.tries.get().archive_code) == (250, 550)


@pytest.mark.parametrize("step", ["connect", "mail", "rcpt platform", "data", "content"])
def test_not_now_means_later(letter: Letter, relay: FakeRelay, step: str) -> None:
    relay.answers = {step: "451 4.3.0 busy"}
    mail = letter()
    send_next()
    mail = fresh(mail)
    assert mail.state == OutgoingState.QUEUED
    assert mail.next_attempt_at > mail.queued_at
    assert (mail.smtp_code, mail.smtp_text) == (451, "4.3.0 busy")
    assert relay.taken == []
    relay.answers = {}
    until(send_next)
    assert fresh(mail).state == OutgoingState.ACCEPTED
    assert [one.ending for one in mail.tries.all()][1:] == [Ending.ACCEPTED]


@pytest.mark.parametrize("step", ["rcpt platform", "data", "content"])
def test_never_means_a_person(letter: Letter, relay: FakeRelay, step: str) -> None:
    relay.answers = {step: "554 5.7.1 refused"}
    mail = letter()
    send_next()
    mail = fresh(mail)
    assert (mail.state, mail.smtp_code, mail.smtp_text) == (OutgoingState.REJECTED, 554, "5.7.1 refused")
    assert Event.objects.for_object(mail).filter(action="mail.rejected").count() == 1
    assert not send_next()


@pytest.mark.parametrize("step", ["connect", "mail"])
def test_a_refusal_of_this_house_rejects_no_letter(letter: Letter, relay: FakeRelay, step: str) -> None:
    relay.answers = {step: "550 5.7.1 log in first"}
    mail = letter()
    send_next()
    mail = fresh(mail)
    assert (mail.state, mail.smtp_code) == (OutgoingState.QUEUED, 550)


def test_a_letter_too_large_for_the_server_is_rejected(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"mail": "552 5.3.4 too big"}
    mail = letter()
    send_next()
    assert fresh(mail).state == OutgoingState.REJECTED


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt platform", "rcpt archive", "data"])
def test_a_connection_lost_before_the_letter_was_spoken_is_tried_again(
    letter: Letter, relay: FakeRelay, step: str
) -> None:
    relay.answers = {step: DROP}
    mail = letter()
    send_next()
    mail = fresh(mail)
    assert mail.state == OutgoingState.QUEUED
    assert mail.last_ending in (Ending.UNREACHABLE, Ending.LOST)
    assert mail.smtp_text
    relay.answers = {}
    until(send_next)
    assert len(relay.taken) == 1


def test_a_connection_lost_after_the_letter_was_spoken_is_uncertain(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"content": DROP}
    mail = letter()
    send_next()
    assert fresh(mail).state == OutgoingState.UNCERTAIN
    assert not send_next()
    assert len(relay.taken) == 1
    assert Event.objects.for_object(mail).filter(action="mail.uncertain").count() == 1


def test_a_server_that_falls_silent_after_the_letter_is_uncertain(
    letter: Letter, relay: FakeRelay, settings: Any
) -> None:
    settings.MAIL_SMTP_TIMEOUT = 0.3
    given_up = threading.Event()

    def say_nothing() -> None:
        given_up.wait(20)

    relay.before = {"content": say_nothing}
    mail = letter()
    send_next()
    given_up.set()
    assert fresh(mail).state == OutgoingState.UNCERTAIN


def test_a_nonsense_answer_after_the_letter_is_uncertain(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"content": "what?"}
    mail = letter()
    send_next()
    assert fresh(mail).state == OutgoingState.UNCERTAIN


def test_no_server_at_all_waits_visibly(letter: Letter, settings: Any) -> None:
    with FakeRelay() as gone:
        port = gone.port
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    mail = letter()
    send_next()
    mail = fresh(mail)
    assert (mail.state, mail.last_ending) == (OutgoingState.QUEUED, Ending.UNREACHABLE)
    assert "refused" in mail.smtp_text.lower()
    assert outbox.queue_figures().put_off == 1
    with FakeRelay(port=port) as back:
        until(send_next)
        assert len(back.taken) == 1
    assert fresh(mail).state == OutgoingState.ACCEPTED


def test_waits_grow_and_a_missing_server_is_asked_again_soon(settings: Any) -> None:
    settings.MAIL_RETRY_SECONDS, settings.MAIL_RECONNECT_SECONDS = [5, 60, 900], 15
    assert [sending.seconds_to_wait(Ending.DEFERRED, n) for n in (1, 2, 3, 4)] == [5, 60, 900, 900]
    assert [sending.seconds_to_wait(Ending.UNREACHABLE, n) for n in (1, 2, 9)] == [5, 15, 15]


def test_a_sender_whose_lease_ran_out_does_not_begin_data(letter: Letter, settings: Any) -> None:
    settings.MAIL_LEASE = 0.0
    letter()
    lease = sending.claim()
    assert lease is not None
    assert not sending.reach_envelope(lease)
    assert not sending.begin_data(lease, recipient=sending.Answer(250), archive=sending.Answer(250))


def test_the_first_of_two_holders_is_fenced_off(letter: Letter, settings: Any) -> None:
    settings.MAIL_LEASE = 0.0
    letter()
    slow = sending.claim()
    assert sending.end_lapsed() == 1
    settings.MAIL_LEASE = 60.0
    quick = until(sending.claim)
    assert slow is not None
    assert quick is not None
    assert slow.mail.pk == quick.mail.pk
    assert not sending.begin_data(slow, recipient=sending.Answer(250), archive=sending.Answer(250))
    assert sending.begin_data(quick, recipient=sending.Answer(250), archive=sending.Answer(250))
    sending.end(slow, sending.Result(Ending.LOST))
    assert fresh(quick.mail).state == OutgoingState.SENDING


def uncertain_by_lapse(letter: Letter, settings: Any) -> sending.Lease:
    letter()
    lease = sending.claim()
    assert lease is not None
    settings.MAIL_LEASE = 0.0
    assert sending.begin_data(lease, recipient=sending.Answer(250), archive=sending.Answer(250))
    assert sending.end_lapsed() == 1
    assert fresh(lease.mail).state == OutgoingState.UNCERTAIN
    return lease


def test_a_yes_after_the_lease_still_counts(letter: Letter, settings: Any) -> None:
    lease = uncertain_by_lapse(letter, settings)
    sending.end(lease, sending.Result(Ending.ACCEPTED, sending.Answer(250, "ok")))
    mail = fresh(lease.mail)
    assert (mail.state, mail.smtp_code) == (OutgoingState.ACCEPTED, 250)


def test_a_no_after_the_lease_is_kept_for_the_person(letter: Letter, settings: Any) -> None:
    lease = uncertain_by_lapse(letter, settings)
    sending.end(lease, sending.Result(Ending.REJECTED, sending.Answer(554, "spam")))
    mail = fresh(lease.mail)
    assert mail.state == OutgoingState.UNCERTAIN
    assert mail.tries.get().smtp_text == "spam"


def test_the_archive_copy_decides(letter: Letter, settings: Any) -> None:
    lease = uncertain_by_lapse(letter, settings)
    outbox.note_archive_copy(mail_id=lease.mail.pk)
    mail = fresh(lease.mail)
    assert mail.state == OutgoingState.ACCEPTED
    assert mail.archived_at is not None
    assert Event.objects.for_object(mail).get(action="mail.accepted").detail["because"] == "archive_copy"


def test_a_copy_that_came_in_first_stops_the_next_try(letter: Letter, relay: FakeRelay) -> None:
    relay.before = {"rcpt archive": lambda: None}
    mail = letter()
    lease = sending.claim()
    assert lease is not None
    outbox.note_archive_copy(mail_id=mail.pk)
    assert not sending.begin_data(lease, recipient=sending.Answer(250), archive=sending.Answer(250))
    sending.end(lease, sending.Result(Ending.LAPSED))
    assert fresh(mail).state == OutgoingState.ACCEPTED
    assert relay.taken == []


def test_a_letter_whose_key_is_gone_does_not_stop_the_others(letter: Letter, relay: FakeRelay) -> None:
    gone, next_one = letter(), letter()
    shred(record=gone.pk, by=None)
    assert send_next()
    assert send_next()
    assert (fresh(gone).state, fresh(gone).last_ending) == (OutgoingState.REJECTED, Ending.UNREADABLE)
    assert fresh(next_one).state == OutgoingState.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_letter_once(letter: Letter, relay: FakeRelay) -> None:
    mails = [letter(idempotency_key=str(uuid.uuid4())) for _ in range(24)]

    def work() -> int:
        sent = 0
        while send_next():
            sent += 1
        return sent

    counts = at_once([work] * 4)
    assert sum(counts) == 24
    assert sorted(taken.data for taken in relay.taken) == sorted(outbox.read_bytes(mail) for mail in mails)
    assert OutgoingMail.objects.filter(state=OutgoingState.ACCEPTED).count() == 24
    assert not OutgoingMail.objects.filter(accepted_at__gt=timezone.now()).exists()
