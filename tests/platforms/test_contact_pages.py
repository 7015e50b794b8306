"""The pages of organisations: who opens them, what they show and refuse, how many queries they take."""

from uuid import uuid4

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.permissions import GRANTS, Permission
from accounts.states import Role
from audit.models import Event
from audit.states import Action
from platforms.models import Contact, Organisation, RecordingSwitch
from platforms.services import activate_contact, ensure_platform, propose_contact, record_contact_test, retire_contact
from platforms.states import ContactStatus, OrganisationKind
from tests.takedowns import stages

pytestmark = pytest.mark.django_db

P = Permission
ADDRESSES = {
    "organisations": ("get", P.SEE_CASES),
    "organisation": ("get", P.SEE_CASES),
    "propose": ("post", P.MANAGE_CONTACTS),
    "terms": ("post", P.MANAGE_CONTACTS),
    "recording": ("post", P.APPROVE),
    "activate": ("post", P.MANAGE_CONTACTS),
    "retire": ("post", P.MANAGE_CONTACTS),
}


@pytest.fixture
def at(client):
    """`at(person)` is a browser with that person logged in."""

    def log_in(person):
        client.force_login(person)
        return client

    return log_in


@pytest.fixture
def telegram(cast) -> Organisation:
    return stages.telegram(cast)


@pytest.fixture
def proposed(cast, telegram) -> Contact:
    return propose_contact(
        organisation=telegram,
        email="korea@telegram.test",
        language="ko",
        roles=["removal", "legal"],
        note="Named on their help page.",
        by=cast.analyst,
    )


def address(name: str, telegram: Organisation, contact: Contact) -> str:
    if name == "organisations":
        return reverse("platforms:organisations")
    return reverse(f"platforms:{name}", args=[contact.pk if name in ("activate", "retire") else telegram.pk])


def test_every_address_is_decided() -> None:
    names = get_resolver().namespace_dict["platforms"][1].reverse_dict
    assert {name for name in names if isinstance(name, str)} == set(ADDRESSES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_its_permissions_say(cast, at, telegram, proposed, role) -> None:
    browser = at(getattr(cast, role.value))
    for name, (method, permission) in ADDRESSES.items():
        status = getattr(browser, method)(address(name, telegram, proposed)).status_code
        if permission in GRANTS[role]:
            assert status in {200, 302, 422}, (name, role)
        else:
            assert status == 403, (name, role)


@pytest.mark.parametrize("name", ADDRESSES)
def test_nobody_enters_without_signing_in(client, cast, telegram, proposed, name) -> None:
    answer = getattr(client, ADDRESSES[name][0])(address(name, telegram, proposed))
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


@pytest.mark.parametrize("name", [name for name, (method, _p) in ADDRESSES.items() if method == "post"])
def test_a_deed_is_no_get(cast, at, telegram, proposed, name) -> None:
    assert at(cast.analyst).get(address(name, telegram, proposed)).status_code == 405


def test_those_who_only_read_see_no_buttons(cast, at, telegram, proposed) -> None:
    page = at(cast.auditor).get(address("organisation", telegram, proposed)).content.decode()
    assert "korea@telegram.test" in page
    assert "Named on their help page." in page
    for name in ("propose", "terms", "recording", "activate", "retire"):
        assert address(name, telegram, proposed) not in page


def test_the_list_is_searched_and_filtered(cast, at, telegram, proposed) -> None:
    ensure_platform(code="example", domain="example.org", name="Example Host", kind=OrganisationKind.HOST)
    browser = at(cast.analyst)

    def listed(query: str) -> set[str]:
        page = browser.get(f"/organisations/?{query}")
        assert page.status_code == 200
        return {row.code for row in page.context["page"]}

    assert listed("") == {"telegram", "example"}
    assert listed("q=korea@") == listed("q=텔레") == listed("q=t.me") == {"telegram"}
    assert listed("kind=host") == listed("contacts=none") == listed("q=example") == {"example"}
    assert listed("contacts=proposed") == {"telegram"}
    assert listed("q=nobody") == set()
    assert listed("kind=elsewhere") == {"telegram", "example"}
    assert "1 proposed" in browser.get("/organisations/").content.decode()


def test_proposing(cast, at, telegram) -> None:
    browser, to = at(cast.analyst), reverse("platforms:propose", args=[telegram.pk])
    typed: dict[str, object] = {
        "email": "law@telegram.test",
        "language": "en",
        "roles": ["legal", "general"],
        "note": "Rang them.",
    }
    assert browser.post(to, typed).status_code == 302
    made = Contact.objects.get(email="law@telegram.test")
    assert (made.status, made.proposed_by, made.roles) == (ContactStatus.PROPOSED, cast.analyst, ["legal", "general"])
    for field, value in (("email", "nobody"), ("roles", []), ("language", "fr"), ("email", " LAW@telegram.test")):
        page = browser.post(to, {**typed, field: value})
        assert page.status_code == 422
        assert "Rang them." in page.content.decode()
    assert Contact.objects.filter(organisation=telegram).count() == 2


def test_the_terms_of_letters(cast, at, telegram) -> None:
    browser, to = at(cast.supervisor), reverse("platforms:terms", args=[telegram.pk])
    assert browser.post(to, {"language": "ko", "deadline_hours": "0", "deadline_source": "x"}).status_code == 422
    typed = {"language": "ko", "deadline_hours": "12", "deadline_source": "Agreement of 2024-09-03"}
    assert browser.post(to, typed).status_code == 302
    telegram.refresh_from_db()
    assert (telegram.language, telegram.deadline_hours) == ("ko", 12)
    assert telegram.deadline_source == "Agreement of 2024-09-03"
    event = Event.objects.for_object(telegram).order_by("at").last()
    assert (event.action, event.actor, event.detail["deadline_hours"]) == (
        Action.ORGANISATION_SET,
        cast.supervisor.pk,
        12,
    )


def test_a_supervisor_switches_recording_with_a_reason(cast, at, telegram) -> None:
    to, page = (reverse(f"platforms:{name}", args=[telegram.pk]) for name in ("recording", "organisation"))

    def told(person, **typed) -> str:
        return at(person).post(to, typed, follow=True).content.decode()

    shown = at(cast.analyst).get(page).content.decode()
    assert "A person reads every reply of Telegram" in shown
    assert to not in shown
    assert "Say why this is switched." in told(cast.supervisor, on="yes", reason=" ")
    assert "Say why this is switched." in told(cast.supervisor, on="perhaps", reason="Agreed.")
    assert not RecordingSwitch.objects.exists()
    shown = told(cast.supervisor, on="yes", reason="Agreed on 2024-09-10; <b>reviewed</b> monthly.")
    assert "is recorded as it comes in" in shown
    assert "&lt;b&gt;reviewed&lt;/b&gt; monthly." in shown
    assert cast.supervisor.name in shown
    assert "switched on already" in told(cast.second_supervisor, on="yes", reason="Again.")
    assert "A person reads every reply" in told(cast.second_supervisor, on="no", reason="Their domain was misused.")
    telegram.refresh_from_db()
    assert not telegram.records_without_person
    events = Event.objects.for_object(telegram).filter(action=Action.RECORDING_SET).order_by("at")
    assert [(event.actor, event.detail) for event in events] == [
        (cast.supervisor.pk, {"on": True}),
        (cast.second_supervisor.pk, {"on": False}),
    ]


def test_from_proposed_to_retired_by_two_people(cast, at, telegram, proposed) -> None:
    shown = reverse("platforms:organisation", args=[telegram.pk])
    activate, retire = (address(name, telegram, proposed) for name in ("activate", "retire"))
    assert "First a test mail has to go there" in at(cast.supervisor).get(shown).content.decode()
    assert "test mail" in at(cast.supervisor).post(activate, follow=True).content.decode()
    record_contact_test(contact=proposed, by=cast.analyst)
    page = at(cast.analyst).get(shown).content.decode()
    assert activate not in page
    assert "Another person has to activate it." in page
    assert activate in at(cast.supervisor).get(shown).content.decode()
    assert at(cast.supervisor).post(activate).status_code == 302
    proposed.refresh_from_db()
    assert (proposed.status, proposed.activated_by) == (ContactStatus.ACTIVE, cast.supervisor)
    assert "Say why" in at(cast.analyst).post(retire, {"reason": " "}, follow=True).content.decode()
    at(cast.analyst).post(retire, {"reason": "The box is full."})
    page = at(cast.analyst).get(shown).content.decode()
    for words in ("Proposed", "went there and back", "Activated", "Retired", "The box is full.", "Supervisor"):
        assert words in page
    assert retire not in page
    assert at(cast.supervisor).post(activate, follow=True).context["messages"]


def test_an_offered_address_says_where_it_is_from(cast, at, telegram) -> None:
    propose_contact(
        organisation=telegram,
        email="korea@telegram.test",
        language="en",
        by=None,
        offered_in=uuid4(),
        offered_at=timezone.now(),
    )
    page = at(cast.analyst).get(reverse("platforms:organisation", args=[telegram.pk])).content.decode()
    assert "Offered by the organisation in a mail" in page


def test_markup_stays_words(cast, at, telegram) -> None:
    propose_contact(
        organisation=telegram, email="a@telegram.test", language="en", note="<script>alert(1)</script>", by=cast.analyst
    )
    page = at(cast.analyst).get(reverse("platforms:organisation", args=[telegram.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("many", [2, 40])
def test_queries_do_not_grow(cast, at, telegram, django_assert_max_num_queries, many) -> None:
    for n in range(many):
        made = propose_contact(organisation=telegram, email=f"a{n}@telegram.test", language="en", by=cast.analyst)
        made = record_contact_test(contact=made, by=cast.analyst)
        if n % 2:
            activate_contact(contact=made, by=cast.supervisor)
            retire_contact(contact=made, reason="Out of date.", by=cast.analyst)
        ensure_platform(code=f"o{n}", domain=f"o{n}.test", name=f"O {n}")
    browser = at(cast.supervisor)
    with django_assert_max_num_queries(12):
        assert browser.get("/organisations/").status_code == 200
    with django_assert_max_num_queries(12):
        assert browser.get(reverse("platforms:organisation", args=[telegram.pk])).status_code == 200


def test_the_navigation_leads_there(cast, at) -> None:
    assert b'href="/organisations/"' in at(cast.analyst).get("/").content
    assert b'href="/organisations/"' not in at(cast.intake).get("/").content
