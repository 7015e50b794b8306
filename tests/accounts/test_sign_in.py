"""Signing in and out, the language, one's own password."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts import services
from accounts.models import Team, User
from accounts.states import Role
from audit.models import Event
from audit.states import Action
from sandbox.urls import urlpatterns as house_urls
from tests.accounts.conftest import PASSWORD

Make = Callable[..., User]


def plain_desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse("desk")


urlpatterns = [*house_urls, path("plain-desk/", plain_desk, name="plain_desk")]


@pytest.fixture(autouse=True)
def _desk(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.LOGIN_REDIRECT_URL = "/plain-desk/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login/", {"username": username, "password": password, **more})


def acts() -> list[str]:
    return list(Event.objects.order_by("at").values_list("action", flat=True))


def test_the_right_password_opens_and_gives_a_new_session(client: Client, make: Make):
    minji = make("minji", Role.ANALYST)
    client.post("/language/", {"language": "en"})
    session = client.session
    session["before"] = "1"
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    answer = sign_in(client, "MinJi ")
    assert (answer.status_code, answer["Location"]) == (302, "/plain-desk/")
    assert client.session.session_key != session.session_key
    assert client.get("/plain-desk/").content == b"desk"
    event = Event.objects.get(action=Action.SIGNED_IN)
    assert (event.actor, event.object_id) == (minji.pk, minji.pk)


@pytest.mark.parametrize(("username", "known"), [("minji", True), ("nobody", False)])
def test_a_wrong_password_is_refused_and_recorded_without_what_was_typed(
    client: Client, make: Make, username: str, known: bool
):
    minji = make("minji", Role.ANALYST)
    answer = sign_in(client, username, "wrong and long")
    assert answer.status_code == 200
    event = Event.objects.get(action=Action.SIGN_IN_FAILED)
    assert event.detail == {"known": known, "active": known}
    assert (event.object_id == minji.pk) is known
    assert event.actor is None
    assert client.get("/plain-desk/").status_code == 302


def test_after_a_wrong_password_only_the_password_has_to_be_typed(client: Client, make: Make):
    make("minji", Role.ANALYST)
    fresh = client.get("/login/").context["form"]
    assert ("autofocus" in str(fresh["username"]), "autofocus" in str(fresh["password"])) == (True, False)
    again = sign_in(client, "minji", "wrong and long").context["form"]
    assert ("autofocus" in str(again["username"]), "autofocus" in str(again["password"])) == (False, True)
    assert 'value="minji"' in str(again["username"])


def test_a_closed_account_gets_the_same_answer_as_a_wrong_password(client: Client, make: Make):
    minji = make("minji", Role.ANALYST)
    wrong = sign_in(client, "minji", "wrong and long").context["form"].non_field_errors()
    services.deactivate_person(person=minji, by=None)
    closed = sign_in(client, "minji")
    assert closed.status_code == 200
    assert closed.context["form"].non_field_errors() == wrong
    assert Event.objects.filter(action=Action.SIGN_IN_FAILED, detail__active=False).count() == 1


def test_closing_an_account_ends_its_open_session(client: Client, make: Make):
    minji = make("minji", Role.ANALYST)
    sign_in(client, "minji")
    services.deactivate_person(person=minji, by=None)
    assert client.get("/plain-desk/").status_code == 302


def test_an_empty_form_is_no_attempt(client: Client, db: None):
    assert sign_in(client, "", "").status_code == 200
    assert acts() == []


def test_a_partner_signs_in_with_a_token_only(client: Client, make: Make, seoul: Team):
    make("ngo", (Role.PARTNER, seoul))
    assert sign_in(client, "ngo").status_code == 200
    assert acts()[-1] == Action.SIGN_IN_FAILED


def test_signing_out_is_a_post_and_is_recorded(client: Client, make: Make):
    make("minji", Role.ANALYST)
    sign_in(client, "minji")
    assert client.get("/logout/").status_code == 405
    assert client.get("/plain-desk/").status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/plain-desk/").status_code == 302
    assert acts()[-2:] == [Action.SIGNED_IN, Action.SIGNED_OUT]
    client.post("/logout/")
    assert acts()[-1] == Action.SIGNED_OUT
    assert acts().count(Action.SIGNED_OUT) == 1


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client: Client, make: Make, target: str):
    make("minji", Role.ANALYST)
    assert sign_in(client, "minji", next=target)["Location"] == "/plain-desk/"
    assert client.post("/language/", {"language": "en", "next": target})["Location"] == "/"


@pytest.mark.parametrize("address", ["/account/", "/account/password/", "/people/", "/plain-desk/"])
def test_every_page_asks_for_a_sign_in_first(client: Client, db: None, address: str):
    assert client.get(address)["Location"] == f"/login/?next={address}"
    swapped = client.get(address, headers={"HX-Request": "true"})
    assert (swapped.status_code, swapped["HX-Redirect"]) == (204, "/login/")


PAGE = "/account/?from=here"
BACK = "/login/?next=%2Faccount%2F%3Ffrom%3Dhere"


@pytest.mark.parametrize(
    ("page", "way"),
    [
        (f"http://testserver{PAGE}", BACK),
        ("https://evil.example/account/", "/login/"),
        ("http://testserver//evil.example/", "/login/"),
        ("", "/login/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client: Client, db: None, page: str, way: str):
    client.post("/language/", {"language": "en"})
    assert client.post("/account/name/", headers={"Referer": page})["Location"] == way
    assert "was not saved" in client.get(way).content.decode()
    assert "was not saved" not in client.get(way).content.decode()


def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_back_to_the_page(client: Client, db: None):
    here = f"http://testserver{PAGE}"
    headers = {"HX-Request": "true", "HX-Current-URL": here, "Referer": here}
    assert client.post("/account/name/", headers=headers)["HX-Redirect"] == BACK
    assert client.get("/account/", headers=headers)["HX-Redirect"] == BACK


def test_nothing_is_said_of_saving_where_nothing_was_sent(client: Client, db: None):
    client.post("/language/", {"language": "en"})
    assert "was not saved" not in client.get("/account/", follow=True).content.decode()


def test_an_address_that_only_takes_forms_says_so_to_people(client: Client, make: Make):
    make("minji", Role.ANALYST)
    sign_in(client, "minji")
    page = client.get("/account/name/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "mishap" in page.content.decode()
    program = client.get("/account/name/", headers={"Accept": "application/json"})
    assert (program.status_code, program["Allow"], program.content) == (405, "POST", b"")


class TestLanguage:
    def said(self, client: Client, **headers: str) -> str:
        return str(client.get("/login/", headers=headers)["Content-Language"])

    def test_korean_unless_chosen_whatever_the_browser_wishes(self, client: Client, db: None):
        assert self.said(client, accept_language="en-US") == "ko"

    def test_the_choice_is_remembered_in_the_browser(self, client: Client, db: None):
        assert client.post("/language/", {"language": "en", "next": "/login/"})["Location"] == "/login/"
        assert self.said(client) == "en"

    def test_the_persons_own_wins_over_the_browsers_and_is_remembered(self, client: Client, make: Make):
        minji = make("minji", Role.ANALYST, language="ko")
        client.post("/language/", {"language": "en"})
        sign_in(client, "minji")
        assert client.get("/account/")["Content-Language"] == "ko"
        client.post("/language/", {"language": "en"})
        minji.refresh_from_db()
        assert minji.language == "en"
        assert acts()[-1] == Action.LANGUAGE_SET
        client.post("/language/", {"language": "en"})
        assert acts().count(Action.LANGUAGE_SET) == 1

    @pytest.mark.parametrize("code", ["", "fr", "../ko", "KO"])
    def test_another_language_is_refused(self, client: Client, db: None, code: str):
        assert client.post("/language/", {"language": code}).status_code == 400

    def test_a_forged_cookie_is_ignored(self, client: Client, db: None):
        client.cookies["django_language"] = "xx"
        assert self.said(client) == "ko"

    def test_a_get_changes_nothing(self, client: Client, db: None):
        assert client.get("/language/?language=en").status_code == 405


class TestOneTimePassword:
    @pytest.fixture
    def password(self, make: Make) -> str:
        return services.reset_password(person=make("minji", Role.ANALYST), by=None)

    def test_nothing_opens_before_a_new_one_is_set(self, client: Client, password: str):
        sign_in(client, "minji", password)
        for address in ("/plain-desk/", "/account/", "/people/"):
            assert client.get(address)["Location"] == "/account/password/"
        assert client.get("/account/password/").status_code == 200
        new = "quite another long one"
        answer = client.post("/account/password/", {"old": password, "new": new, "again": new})
        assert answer["Location"] == "/plain-desk/"
        assert client.get("/plain-desk/").status_code == 200  # the session lives on
        assert acts()[-1] == Action.PASSWORD_CHANGED

    @pytest.mark.parametrize(
        ("new", "again"),
        [("short", "short"), ("quite another long one", "quite another lost one"), ("", ""), ("minji-minji-minji", "")],
    )
    def test_a_poor_or_mistyped_one_changes_nothing(self, client: Client, password: str, new: str, again: str):
        sign_in(client, "minji", password)
        answer = client.post("/account/password/", {"old": password, "new": new, "again": again})
        assert answer.status_code == 200
        assert answer.context["form"].errors
        assert User.objects.get(username="minji").password_is_temporary

    def test_the_same_again_and_a_wrong_present_one_are_refused(self, client: Client, password: str):
        sign_in(client, "minji", password)
        same = {"old": password, "new": password, "again": password}
        wrong = {"old": "not it at all", "new": "quite another long one", "again": "quite another long one"}
        for given in (same, wrong):
            assert client.post("/account/password/", given).status_code == 200
        assert User.objects.get(username="minji").password_is_temporary

    def test_other_sessions_end_with_a_new_password(self, client: Client, make: Make):
        minji = make("minji", Role.ANALYST)
        sign_in(client, "minji")
        services.reset_password(person=minji, by=None)
        assert client.get("/plain-desk/")["Location"].startswith("/login/")
