"""No letter leaves for an address that was not tested, or that one person alone let in."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.models import User
from accounts.permissions import GRANTS, Permission
from accounts.services import create_person
from accounts.states import Role
from audit.errors import Refused
from audit.models import Event
from audit.states import Action
from platforms.models import Contact, Organisation
from platforms.services import (
    activate_contact,
    ensure_platform,
    organisations_for,
    propose_contact,
    record_contact_test,
    retire_contact,
    set_letter_terms,
)
from platforms.states import CONTACT_TRANSITIONS, ContactStatus
from tests.at_once import at_once, failures

pytestmark = pytest.mark.django_db


def person(username: str, *roles: Role) -> User:
    user, _password = create_person(
        username=username,
        name=username.title(),
        roles=[(role, None) for role in roles],
        by=None,
        password="long enough",
    )
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ana(db):
    return person("ana", Role.ANALYST)


@pytest.fixture
def sun(db):
    return person("sun", Role.SUPERVISOR)


@pytest.fixture
def telegram(db):
    return ensure_platform(
        code="telegram",
        domain="t.me",
        name="Telegram",
        name_ko="텔레그램",
        checker="telegram",
        deadline_source="test",
    )


@pytest.fixture
def proposed(telegram, ana):
    return propose_contact(organisation=telegram, email=" DMCA@telegram.test ", language="en", by=ana)


def test_proposed_tested_activated_retired(telegram, proposed, ana, sun):
    assert not telegram.contacts.active()
    record_contact_test(contact=proposed, by=ana)
    active = activate_contact(contact=proposed, by=sun)
    assert list(telegram.contacts.active()) == [active]
    assert (active.email, active.activated_by, active.proposed_by) == ("DMCA@telegram.test", sun, ana)
    retire_contact(contact=active, reason="Out of date.", by=ana)
    assert not telegram.contacts.active()
    acts = Event.objects.for_object(proposed).order_by("at", "pk").values_list("action", "actor")
    assert set(acts) == {
        (Action.CONTACT_PROPOSED, ana.pk),
        (Action.CONTACT_TESTED, ana.pk),
        (Action.CONTACT_ACTIVATED, sun.pk),
        (Action.CONTACT_RETIRED, ana.pk),
    }
    assert "telegram.test" not in str(list(Event.objects.for_object(proposed).values_list("detail", flat=True)))


def test_not_without_a_test_and_not_by_the_proposer(proposed, ana, sun):
    with pytest.raises(Refused, match="test mail"):
        activate_contact(contact=proposed, by=sun)
    record_contact_test(contact=proposed, by=sun)
    with pytest.raises(Refused, match="Another person"):
        activate_contact(contact=proposed, by=ana)
    assert Contact.objects.get().status == ContactStatus.PROPOSED


@pytest.mark.parametrize("role", [role for role in Role if Permission.MANAGE_CONTACTS not in GRANTS[role]])
def test_only_those_who_may(telegram, proposed, role):
    other = person("other", role)
    for call in (
        lambda: propose_contact(organisation=telegram, email="a@telegram.test", language="en", by=other),
        lambda: record_contact_test(contact=proposed, by=other),
        lambda: activate_contact(contact=proposed, by=other),
        lambda: retire_contact(contact=proposed, reason="Out of date.", by=other),
        lambda: set_letter_terms(organisation=telegram, language="ko", deadline_hours=1, deadline_source="", by=other),
    ):
        with pytest.raises(Refused):
            call()
    assert Contact.objects.get().status == ContactStatus.PROPOSED


ACTS: dict[ContactStatus, Callable] = {
    ContactStatus.ACTIVE: activate_contact,
    ContactStatus.RETIRED: partial(retire_contact, reason="Out of date."),
}


@pytest.mark.parametrize("to", ACTS)
@pytest.mark.parametrize("status", ContactStatus)
def test_every_state_and_target(proposed, ana, sun, status, to):
    record_contact_test(contact=proposed, by=ana)
    if status == ContactStatus.ACTIVE:
        activate_contact(contact=proposed, by=sun)
    elif status == ContactStatus.RETIRED:
        retire_contact(contact=proposed, reason="Out of date.", by=sun)
    if to in CONTACT_TRANSITIONS[status]:
        assert ACTS[to](contact=proposed, by=sun).status == to
    else:
        with pytest.raises(Refused):
            ACTS[to](contact=proposed, by=sun)
        assert Contact.objects.get().status == status


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "active"},
        {"status": "active", "activated_at": True, "activated_by": "sun"},
        {"status": "active", "tested_at": True, "tested_by": "sun"},
        {"status": "active", "tested_at": True, "tested_by": "sun", "activated_at": True, "activated_by": "ana"},
        {"activated_at": True},
        {"tested_at": True},
        {"status": "retired"},
        {"retired_at": True, "retired_by": "sun"},
        {"retired_why": "Out of date."},
        {"proposed_by": None},
        {"offered_in": uuid4(), "offered_at": True},
        {"proposed_by": None, "offered_in": uuid4()},
        {"roles": ()},
        {"roles": ("president",)},
    ],
    ids=lambda fields: " ".join(fields),
)
def test_the_database_holds_it(proposed, ana, sun, fields):
    people = {"ana": ana, "sun": sun}
    values = {name: timezone.now() if value is True else people.get(value, value) for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=proposed.pk).update(**values)
    whole = {"status": "active", "tested_at": timezone.now(), "tested_by": ana}
    Contact.objects.filter(pk=proposed.pk).update(activated_at=timezone.now(), activated_by=sun, **whole)


@pytest.fixture
def offered(telegram):
    return propose_contact(
        organisation=telegram,
        email="korea@telegram.test",
        language="en",
        by=None,
        offered_in=uuid4(),
        offered_at=timezone.now(),
    )


def test_an_offered_address_takes_two_of_ours_as_well(offered, ana, sun):
    assert offered.proposed_by is None
    record_contact_test(contact=offered, by=ana)
    with pytest.raises(Refused, match="Another person"):
        activate_contact(contact=offered, by=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=offered.pk).update(status="active", activated_at=timezone.now(), activated_by=ana)
    assert activate_contact(contact=offered, by=sun).status == ContactStatus.ACTIVE


def test_an_address_from_nowhere_is_no_contact(telegram):
    with pytest.raises(IntegrityError), transaction.atomic():
        propose_contact(organisation=telegram, email="korea@telegram.test", language="en", by=None)


def test_an_offered_address_once(telegram, offered, ana):
    with pytest.raises(Refused, match="already"):
        propose_contact(organisation=telegram, email="KOREA@telegram.test", language="en", by=ana)


def test_nothing_is_retired_without_a_reason(proposed, ana):
    with pytest.raises(Refused, match="Say why"):
        retire_contact(contact=proposed, reason=" ", by=ana)
    assert retire_contact(contact=proposed, reason=" Bounced. ", by=ana).retired_why == "Bounced."


def test_what_it_is_good_for(telegram, ana):
    made = propose_contact(
        organisation=telegram, email="law@telegram.test", language="en", roles=["general", "legal"], by=ana
    )
    assert (made.roles, made.good_for) == (["legal", "general"], ["Legal questions", "General questions"])
    with pytest.raises(Refused, match="good for"):
        propose_contact(organisation=telegram, email="x@telegram.test", language="en", roles=[], by=ana)


def test_one_address_once_whatever_its_case(telegram, proposed, ana, sun):
    with pytest.raises(Refused, match="already"):
        propose_contact(organisation=telegram, email="dmca@TELEGRAM.test", language="ko", by=sun)
    retire_contact(contact=proposed, reason="Out of date.", by=ana)
    again = propose_contact(organisation=telegram, email="dmca@telegram.test", language="ko", by=sun)
    assert (again.status, again.tested_at) == (ContactStatus.PROPOSED, None)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@telegram.test, b@telegram.test", "a@telegram.test\nBcc: x@y.kr"]
)
def test_no_address(telegram, ana, email):
    with pytest.raises(Refused):
        propose_contact(organisation=telegram, email=email, language="en", by=ana)
    assert not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_activated_and_retired_at_the_same_moment(proposed, ana, sun):
    record_contact_test(contact=proposed, by=ana)
    calls = [lambda: activate_contact(contact=proposed, by=sun)] * 5 + [
        lambda: retire_contact(contact=proposed, reason="Out of date.", by=ana)
    ]
    results = at_once(calls)
    assert all(isinstance(failure, Refused) for failure in failures(results))
    contact = Contact.objects.get()
    assert contact.status == ContactStatus.RETIRED or (contact.status == ContactStatus.ACTIVE and failures(results))
    done = Event.objects.for_object(proposed).filter(action=Action.CONTACT_ACTIVATED).count()
    assert done == (contact.activated_at is not None)


def test_reference_data_can_be_entered_again(telegram):
    again = ensure_platform(code="telegram", domain="T.me", name="Telegram", deadline_hours=12, deadline_source="law")
    assert (again.pk, again.deadline_hours, again.deadline_source) == (telegram.pk, 12, "law")
    assert Organisation.objects.count() == 1


def test_deadline_is_24_hours_unless_said(telegram):
    assert organisations_for(["example.com"])["example.com"].deadline_hours == 24
    assert telegram.deadline_hours == 24


def test_label_in_the_active_language(telegram):
    with translation.override("ko"):
        assert telegram.label == "텔레그램"
    with translation.override("en"):
        assert telegram.label == "Telegram"
    with translation.override("ko"):
        assert organisations_for(["example.com"])["example.com"].label == "example.com"


def test_organisations_are_found_or_made(telegram, django_assert_num_queries):
    wanted = ["telegram", "example.com", "example.com", "8.8.8.8", "2606:4700:4700::1111", "a-b.com", "xn--3e0b707e.kr"]
    made = organisations_for(wanted)
    assert made.keys() == set(wanted)
    assert made["telegram"] == telegram
    assert made["example.com"].checker == "generic"
    assert made["telegram"].checker == "telegram"
    assert len({one.code for one in made.values()}) == len(made)
    with django_assert_num_queries(1):
        assert organisations_for(wanted) == made
    assert organisations_for([]) == {}


def test_telegram_is_known_before_it_is_entered(db):
    made = organisations_for(["telegram"])["telegram"]
    assert (made.code, made.domain, made.checker) == ("telegram", "t.me", "telegram")
    assert ensure_platform(code="telegram", domain="t.me", name="Telegram", checker="telegram").pk == made.pk


@pytest.mark.django_db(transaction=True)
def test_the_same_new_sites_from_many_at_once():
    sites = [f"site-{n}.example.com" for n in range(8)]

    def bring(order):
        def call():
            with transaction.atomic():
                return {platform: one.pk for platform, one in organisations_for(order).items()}

        return call

    results = at_once([bring(sites), bring(sites[::-1]), bring(sites[3:] + sites[:3]), bring(sites[5:])])
    assert failures(results) == []
    assert Organisation.objects.count() == 8
    assert all(found.items() <= results[0].items() for found in results)
