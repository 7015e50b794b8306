"""The administrator's pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.context_processors import house
from accounts.models import Team, User
from accounts.services import create_person
from accounts.states import Role
from accounts.urls import urlpatterns

pytestmark = pytest.mark.django_db
Make = Callable[..., User]


@pytest.fixture
def at_desk(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


ACTIONS = {"person_password", "person_release", "person_close", "person_reopen"}


def pages(pk: object) -> list[tuple[str, str]]:
    """(method, address) of every page about people."""
    own = [reverse(f"accounts:{name}", args=[pk]) for name in sorted(ACTIONS)]
    listed = [reverse("accounts:people"), reverse("accounts:person_add"), reverse("accounts:team_add")]
    listed += [reverse("accounts:person", args=[pk])]
    return [("post", url) for url in own] + [("get", url) for url in listed] + [("post", url) for url in listed[1:]]


def test_that_list_leaves_no_page_out():
    named = {str(pattern.name) for pattern in urlpatterns if str(pattern.pattern).startswith("people/")}
    assert named == {"people", "person_add", "team_add", "person"} | ACTIONS


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_the_administrator_opens_them(client: Client, make: Make, role: Role):
    someone = make("jisoo", Role.ANALYST)
    client.force_login(make("minji", role))
    for method, url in pages(someone.pk):
        assert getattr(client, method)(url).status_code == 403
    someone.refresh_from_db()
    assert someone.is_active


def test_the_403_page_says_why(client: Client, make: Make):
    client.force_login(make("minji", Role.ANALYST, language="en"))
    assert "Your role does not allow this: manage accounts." in client.get(reverse("accounts:people")).content.decode()


def test_a_person_is_added_and_the_password_shown_once(at_desk: Client, seoul: Team):
    given = {"username": "minji", "name": "민지", "language": "ko", "roles": [f"analyst:{seoul.pk}", "intake:*"]}
    answer = at_desk.post(reverse("accounts:person_add"), given)
    minji = User.objects.get(username="minji")
    password = answer.context["password"]
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert password in answer.content.decode()
    assert minji.check_password(password)
    assert {(held.role, held.team) for held in minji.held_roles} == {(Role.ANALYST, seoul), (Role.INTAKE, None)}
    assert password not in at_desk.get(reverse("accounts:person", args=[minji.pk])).content.decode()


def test_a_partner_gets_no_password_and_is_told_about_the_token(at_desk: Client, seoul: Team):
    given = {"username": "ngo", "name": "NGO", "language": "en", "roles": [f"partner:{seoul.pk}"]}
    answer = at_desk.post(reverse("accounts:person_add"), given, follow=True)
    ngo = User.objects.get(username="ngo")
    assert answer.redirect_chain == [(reverse("accounts:person", args=[ngo.pk]), 302)]
    assert "manage.py make_token ngo" in answer.content.decode()
    assert reverse("accounts:person_password", args=[ngo.pk]) not in answer.content.decode()
    assert not ngo.has_usable_password()
    at_desk.post(reverse("accounts:person_password", args=[ngo.pk]))
    assert not User.objects.get(pk=ngo.pk).has_usable_password()


def test_a_box_names_the_role_below_its_team_once(at_desk: Client, seoul: Team):
    page = at_desk.get(reverse("accounts:person_add")).content.decode()
    assert page.count(seoul.name) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "dana"},
        {"username": "Two Words"},
        {"name": ""},
        {"email": "no address"},
        {"language": "fr"},
        {"roles": ["auditor:*", "analyst:*"]},
        {"roles": [f"analyst:{uuid4()}"]},
        {"roles": ["king:*"]},
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_nothing_is_added(at_desk: Client, wrong: dict[str, Any]):
    before = User.objects.count()
    answer = at_desk.post(reverse("accounts:person_add"), {"username": "new", "name": "New", "language": "ko"} | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert User.objects.count() == before


def test_a_team_is_added_once(at_desk: Client):
    given = {"name": "대전팀", "name_en": "Daejeon team"}
    assert at_desk.post(reverse("accounts:team_add"), given)["Location"] == reverse("accounts:people")
    for again in (given, given | {"name": "다른 팀"}, {"name": "", "name_en": "x"}):
        answer = at_desk.post(reverse("accounts:team_add"), again)
        assert answer.context["form"].errors
    assert Team.objects.get().name_en == "Daejeon team"


def test_roles_are_changed_and_shown_as_they_are(at_desk: Client, make: Make, seoul: Team):
    minji = make("minji", (Role.ANALYST, seoul))
    url = reverse("accounts:person", args=[minji.pk])
    assert f'value="analyst:{seoul.pk}" id="id_roles_' in at_desk.get(url).content.decode()
    assert at_desk.get(url).context["form"]["roles"].value() == [f"analyst:{seoul.pk}"]
    assert at_desk.post(url, {"roles": ["supervisor:*"]})["Location"] == url
    assert [held.role for held in User.objects.get(pk=minji.pk).held_roles] == [Role.SUPERVISOR]
    assert at_desk.post(url, {})["Location"] == url
    assert User.objects.get(pk=minji.pk).held_roles == []


def test_an_account_is_closed_opened_and_given_a_one_time_password(at_desk: Client, make: Make):
    minji = make("minji", Role.ANALYST)
    at_desk.post(reverse("accounts:person_close", args=[minji.pk]))
    assert not User.objects.get(pk=minji.pk).is_active
    at_desk.post(reverse("accounts:person_reopen", args=[minji.pk]))
    assert User.objects.get(pk=minji.pk).is_active
    answer = at_desk.post(reverse("accounts:person_password", args=[minji.pk]))
    minji.refresh_from_db()
    assert minji.check_password(answer.context["password"])
    assert minji.password_is_temporary


def test_an_administrator_changes_nothing_about_themselves(at_desk: Client, admin: User):
    page = at_desk.get(reverse("accounts:person", args=[admin.pk]))
    assert page.context["why_not_roles"]
    assert page.context["why_not_manage"]
    for method, url in pages(admin.pk):
        getattr(at_desk, method)(url, {"roles": ["supervisor:*"]})
    again = User.objects.get(pk=admin.pk)
    assert again.is_active
    assert [held.role for held in again.held_roles] == [Role.ADMINISTRATOR]
    assert again.password == admin.password


def test_an_unknown_person_is_not_found(at_desk: Client):
    for method, url in pages(UUID(int=0)):
        if "0000" in url:
            assert getattr(at_desk, method)(url).status_code == 404


def test_the_list_costs_the_same_for_ten_and_for_sixty_people(
    at_desk: Client, seoul: Team, django_assert_max_num_queries: Any
):
    def add(start: int, end: int) -> None:
        for n in range(start, end):
            roles = [(Role.ANALYST, seoul), (Role.INTAKE, None)]
            create_person(username=f"p{n}", name=f"P {n}", roles=roles, by=None, password="x")

    add(0, 10)
    with django_assert_max_num_queries(6):
        at_desk.get(reverse("accounts:people"))
    add(10, 60)
    with django_assert_max_num_queries(6):
        assert "P 59" in at_desk.get(reverse("accounts:people")).content.decode()


def test_the_header_shows_the_entries_and_roles_of_this_person(client: Client, make: Make, admin: User, seoul: Team):
    client.force_login(admin)
    shown = client.get(reverse("accounts:people")).context
    assert [(entry.url, entry.active) for entry in shown["nav"]][-1] == ("/people/", True)
    client.force_login(make("minji", (Role.ANALYST, seoul), language="en"))
    shown = client.get(reverse("accounts:account")).context
    assert "/people/" not in [entry.url for entry in shown["nav"]]
    assert [(held.role, held.team) for held in shown["roles"]] == [("Analyst", "Seoul team")]


@pytest.mark.parametrize(
    "path", ["/requests/x/", "/replies/x/", "/letters/x/uncertain/", "/lines/x/void/", "/cases/x/"]
)
def test_pages_below_a_case_keep_its_entry_active(make: Make, rf: RequestFactory, path: str):
    asked = rf.get(path)
    asked.user = make("minji", Role.ANALYST)
    assert [entry.url for entry in house(asked)["nav"] if entry.active] == ["/cases/"]
