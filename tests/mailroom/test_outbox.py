"""Letters are put into the outbox once, whole, and for good."""

import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import Membership, User
from accounts.states import Role
from audit.errors import Refused
from audit.models import Event
from mailroom import addresses
from mailroom.models import OutgoingMail, SendAttempt
from mailroom.services import outbox, sending
from mailroom.states import OUTGOING_TRANSITIONS, Decision, Ending, OutgoingState
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
for_real = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]


@pytest.fixture
def analyst(db: None) -> User:
    user = User.objects.create_user("minji", "Minji")
    Membership.objects.create(user=user, role=Role.ANALYST)
    return user


def make_uncertain(mail: OutgoingMail) -> OutgoingMail:
    lease = sending.claim()
    assert lease is not None
    assert sending.reach_envelope(lease)
    assert sending.begin_data(lease, recipient=sending.Answer(250), archive=sending.Answer(250))
    sending.end(lease, sending.Result(Ending.UNCERTAIN))
    mail.refresh_from_db()
    assert mail.state == OutgoingState.UNCERTAIN
    return mail


def test_same_key_again_changes_nothing(letter: Letter) -> None:
    first = letter(idempotency_key="letter-1", subject="One")
    second = letter(idempotency_key="letter-1", subject="Another", to="other@telegram.test")
    assert first.pk == second.pk
    assert b"Subject: One" in outbox.read_bytes(second)
    assert OutgoingMail.objects.count() == 1
    assert Event.objects.filter(action="mail.enqueued").count() == 1


@for_real
def test_twenty_at_once_with_one_key_make_one_letter(letter: Letter) -> None:
    mails = at_once([lambda: letter(idempotency_key="letter-1") for _ in range(20)])
    assert len({mail.pk for mail in mails}) == 1
    assert Event.objects.filter(action="mail.enqueued").count() == 1


def test_nothing_is_queued_when_the_caller_fails(letter: Letter) -> None:
    def fail_after() -> None:
        with transaction.atomic():
            letter()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after()
    assert not OutgoingMail.objects.exists()


def test_identities_are_long_random_and_readable_aloud() -> None:
    made = [outbox.new_identity() for _ in range(200)]
    assert len({one.token for one in made}) == len({one.message_id for one in made}) == 200
    for one in made:
        assert set(one.token) <= set(addresses.ALPHABET)
        assert not set(one.token) & set("l1o0")
        assert 5 * len(one.token) >= 80
        assert one.reply_to == f"takedown+r.{one.token}@portal.test"
        assert one.envelope_from == f"bounce+v.{one.token}@portal.test"
        assert len(one.message_id.strip("<>").split("@")[0]) * 4 == 80


@for_real
def test_the_app_role_cannot_change_what_a_letter_says(letter: Letter) -> None:
    mail = letter()
    for change in ({"sealed": b"x"}, {"recipient": "x@y.test"}, {"message_id": "<a@b>"}):
        with pytest.raises(ProgrammingError, match="permission denied"):
            OutgoingMail.objects.filter(pk=mail.pk).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"):
        OutgoingMail.objects.filter(pk=mail.pk).delete()


def test_the_database_refuses_a_lease_without_sending(letter: Letter) -> None:
    mail = letter()
    with pytest.raises(IntegrityError, match="outgoing_lease_while_sending"):
        OutgoingMail.objects.filter(pk=mail.pk).update(lease_token=uuid.uuid4())


def test_only_the_listed_moves_are_made() -> None:
    for start in OutgoingState:
        for to in set(OutgoingState) - OUTGOING_TRANSITIONS[start]:
            with pytest.raises(ValueError, match="does not go"):
                outbox.move(mail=OutgoingMail(state=start), to=to)


def test_a_person_says_that_it_arrived(letter: Letter, analyst: User) -> None:
    mail = make_uncertain(letter())
    decided = outbox.decide_uncertain(mail=mail, decision="accepted", by=analyst, reason="They answered by telephone.")
    assert decided.state == OutgoingState.ACCEPTED
    assert decided.decisions.get().by == analyst
    event = Event.objects.get(action="mail.decided")
    assert (event.actor, event.detail) == (analyst.pk, {"decision": "accepted"})


def test_a_person_has_the_same_bytes_sent_again(letter: Letter, analyst: User) -> None:
    mail = make_uncertain(letter())
    before = outbox.read_bytes(mail)
    decided = outbox.decide_uncertain(mail=mail, decision=Decision.RESEND, by=analyst, reason="Nothing arrived.")
    assert decided.state == OutgoingState.QUEUED
    assert outbox.read_bytes(decided) == before
    again = sending.claim()
    assert again is not None
    assert again.mail.pk == mail.pk
    assert SendAttempt.objects.filter(mail=mail).count() == 2


def test_deciding_needs_an_uncertain_letter_a_reason_and_the_right(letter: Letter, analyst: User) -> None:
    stranger = User.objects.create_user("stranger", "Stranger")
    queued, uncertain = letter(), None
    with pytest.raises(Refused):
        outbox.decide_uncertain(mail=queued, decision="resend", by=analyst, reason="why")
    uncertain = make_uncertain(queued)
    with pytest.raises(Refused):
        outbox.decide_uncertain(mail=uncertain, decision="resend", by=analyst, reason="  ")
    with pytest.raises(Refused):
        outbox.decide_uncertain(mail=uncertain, decision="resend", by=stranger, reason="why")
    uncertain.refresh_from_db()
    assert uncertain.state == OutgoingState.UNCERTAIN


@for_real
def test_twenty_decide_at_once_and_one_counts(letter: Letter, analyst: User) -> None:
    mail = make_uncertain(letter())
    results = at_once(
        [lambda: outbox.decide_uncertain(mail=mail, decision="resend", by=analyst, reason="why") for _ in range(20)]
    )
    assert sum(isinstance(result, Refused) for result in results) == 19
    assert mail.decisions.count() == 1


def test_figures_count_each_letter_once(letter: Letter) -> None:
    make_uncertain(letter())
    letter()
    letter()
    figures = outbox.queue_figures()
    assert (figures.queued, figures.uncertain, figures.accepted, figures.put_off) == (2, 1, 0, 0)
    assert figures.oldest_queued_at is not None


def test_events_of_a_letter_carry_what_it_is_about(letter: Letter) -> None:
    case = uuid.uuid4()
    make_uncertain(letter(about=case))
    assert set(Event.objects.for_case(case).values_list("action", flat=True)) == {"mail.enqueued", "mail.uncertain"}
