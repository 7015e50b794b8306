"""Tasks for a person: raised once, closed with words, or by what comes right."""

from collections.abc import Callable

import pytest
from django.db import ProgrammingError

from accounts.models import Membership, User
from accounts.states import Role
from audit.errors import Refused
from audit.models import Event
from mailroom.models import Alarm, OutgoingMail
from mailroom.sender import send_next
from mailroom.services.alarms import close_alarm, raise_alarm, settle_alarms
from mailroom.states import AlarmKind
from tests.at_once import at_once
from tests.fakes.relay import FakeRelay

pytestmark = pytest.mark.django_db
for_real = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]


@pytest.fixture
def administrator(db: None) -> User:
    user = User.objects.create_user("root", "Root")
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
    return user


@pytest.mark.parametrize("step", ["rcpt platform", "data", "content"])
def test_a_letter_refused_for_good_is_a_task(letter: Letter, relay: FakeRelay, step: str) -> None:
    relay.answers = {step: "554 5.7.1 refused"}
    mail = letter()
    send_next()
    alarm = Alarm.objects.open().get()
    assert (alarm.kind, alarm.mail) == (AlarmKind.LETTER_REFUSED, mail)


def test_an_archive_that_is_refused_is_one_task_until_it_is_taken_again(letter: Letter, relay: FakeRelay) -> None:
    relay.answers = {"rcpt archive": "550 5.1.1 no such user"}
    for _ in range(2):
        letter()
        send_next()
    assert [alarm.kind for alarm in Alarm.objects.open()] == [AlarmKind.ARCHIVE_REFUSED]
    relay.answers = {}
    letter()
    send_next()
    assert not Alarm.objects.open().exists()


def test_each_letter_and_each_domain_has_its_own(letter: Letter) -> None:
    first, second = letter(), letter()
    for _ in range(3):
        raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=first)
        raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=second)
        raise_alarm(kind=AlarmKind.DOMAIN_STOPPED, domain="a.test")
        raise_alarm(kind=AlarmKind.DOMAIN_STOPPED, domain="b.test")
        raise_alarm(kind=AlarmKind.OWN_LOOP)
    assert Alarm.objects.open().count() == 5
    assert settle_alarms(kind=AlarmKind.DOMAIN_STOPPED, domain="a.test") == 1
    assert Alarm.objects.open().count() == 4


def test_a_person_closes_it_with_words_and_it_can_come_again(letter: Letter, administrator: User) -> None:
    mail = letter()
    raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=mail)
    closed = close_alarm(alarm=Alarm.objects.get(), by=administrator, reason=" Asked for another address. ")
    assert (closed.closed_by, closed.reason) == (administrator, "Asked for another address.")
    event = Event.objects.get(action="alarm.closed")
    assert (event.actor, event.detail) == (administrator.pk, {"kind": "letter_refused"})
    raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=mail)
    assert Alarm.objects.open().count() == 1


def test_closing_needs_words_the_right_and_an_open_alarm(letter: Letter, administrator: User) -> None:
    raise_alarm(kind=AlarmKind.OWN_LOOP)
    alarm, stranger = Alarm.objects.get(), User.objects.create_user("stranger", "Stranger")
    for by, reason in ((administrator, " "), (stranger, "because")):
        with pytest.raises(Refused):
            close_alarm(alarm=alarm, by=by, reason=reason)
    close_alarm(alarm=alarm, by=administrator, reason="because")
    with pytest.raises(Refused, match="closed already"):
        close_alarm(alarm=alarm, by=administrator, reason="because")


@for_real
def test_twenty_at_once_raise_one(letter: Letter) -> None:
    mail = letter()
    at_once([lambda: raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=mail) for _ in range(20)])
    assert Alarm.objects.open().count() == 1


@for_real
def test_the_app_role_cannot_make_one_say_something_else(letter: Letter) -> None:
    raise_alarm(kind=AlarmKind.OWN_LOOP)
    with pytest.raises(ProgrammingError, match="permission denied"):
        Alarm.objects.update(kind=AlarmKind.LETTER_RESENT)
    with pytest.raises(ProgrammingError, match="permission denied"):
        Alarm.objects.all()._raw_delete("default")
