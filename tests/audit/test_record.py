"""What may be written, and when."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import User
from audit.models import Event
from audit.services import record
from audit.states import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return User.objects.create_user("minji", "Minji")


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake(person: User):
    with pytest.raises(transaction.TransactionManagementError):
        record(action=Action.LANGUAGE_SET, by=None, obj=person)


@pytest.mark.parametrize(
    "value",
    [
        "Kim Minji",
        "minji@portal.test",
        "https://t.me/portal_demo_room/101",
        "삭제 요청",
        "x" * 129,
        "line\nbreak",
        {"deep": ["a sentence is here"]},
        {"a key with blanks": 1},
    ],
)
def test_a_detail_takes_no_words(person: User, value: object):
    with pytest.raises(ValueError, match="codes and numbers"), transaction.atomic():
        record(action=Action.LANGUAGE_SET, by=None, obj=person, detail={"value": value})
    assert not Event.objects.exists()


def test_a_detail_takes_codes_numbers_times_and_ids(person: User):
    team = uuid.uuid4()
    at = dt.datetime(2024, 9, 1, tzinfo=dt.UTC)
    given = {"n": 25, "ok": True, "none": None, "team": team, "at": at, "codes": ("removed", "live"), "no": "2024-3"}
    event = record(action=Action.LANGUAGE_SET, by=person, obj=person, detail=given)
    event.refresh_from_db()
    assert event.detail == given | {"team": str(team), "at": at.isoformat(), "codes": ["removed", "live"]}
    assert (event.actor, event.object_type, event.object_id) == (person.pk, "accounts.user", person.pk)


def test_the_system_acts_without_an_actor(person: User):
    assert record(action=Action.LANGUAGE_SET, by=None, obj=person).actor is None


def test_events_are_found_by_case_and_by_object(person: User):
    case = uuid.uuid4()
    other = User.objects.create_user("jisoo", "Jisoo")
    mine = record(action=Action.LANGUAGE_SET, by=None, obj=person, case_id=case)
    record(action=Action.LANGUAGE_SET, by=None, obj=other)
    assert list(Event.objects.for_case(case)) == [mine]
    assert list(Event.objects.for_object(person)) == [mine]


def test_an_act_is_said_in_words_and_an_unknown_one_as_its_code(person: User):
    with translation.override("en"):
        assert Event(action=Action.SIGNED_IN).label == "Signed in"
    assert Event(action="gone.for_good").label == "gone.for_good"


def test_an_unknown_act_cannot_be_recorded(person: User):
    with pytest.raises(ValueError, match="made up"):
        record(action="made up", by=None, obj=person)  # type: ignore[arg-type]


def test_the_database_refuses_a_code_with_a_line_break(person: User):
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(action="a\nb", object_type="a.b", object_id=person.pk)


def test_every_act_is_named_noun_dot_verb():
    assert all(value.count(".") == 1 and len(value) <= 64 for value in Action.values)
