"""One's own account page: what it shows, the name, and signing out elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import User
from accounts.states import Role
from audit.models import Event
from audit.states import Action
from tests.accounts.conftest import PASSWORD

Make = Callable[..., User]


def sign_in(client: Client, username: str = "minji", password: str = PASSWORD) -> Any:
    return client.post("/login/", {"username": username, "password": password})


@pytest.fixture
def minji(make: Make) -> User:
    return make("minji", Role.ANALYST, language="en")


def test_the_last_log_ins_are_shown_with_those_that_failed(client: Client, minji: User, make: Make):
    make("jisoo", Role.ANALYST)
    sign_in(client, "jisoo")
    client.post("/logout/")
    sign_in(client, password="wrong and long")
    sign_in(client)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/account/")
    assert len(queries) <= 12
    shown = [(event.action, event.object_id) for event in page.context["log_ins"]]
    assert shown == [(Action.SIGNED_IN, minji.pk), (Action.SIGN_IN_FAILED, minji.pk)]


def test_a_new_name_is_shown_and_recorded_without_the_name(client: Client, minji: User):
    client.force_login(minji)
    answer = client.post("/account/name/", {"name": "  Kim   Minji "}, follow=True)
    minji.refresh_from_db()
    assert minji.name == "Kim Minji"
    assert "Kim Minji" in answer.content.decode()
    event = Event.objects.get(action=Action.NAME_SET)
    assert (event.actor, event.object_id, event.detail) == (minji.pk, minji.pk, {})


@pytest.mark.parametrize("wanted", ["Jisoo", "jisoo", "", "   ", "x" * 101])
def test_a_name_that_is_taken_or_none_is_refused_and_stays_in_the_form(
    client: Client, minji: User, make: Make, wanted: str
):
    make("jisoo", Role.ANALYST)
    client.force_login(minji)
    answer = client.post("/account/name/", {"name": wanted})
    assert answer.status_code == 422
    assert answer.context["name_form"].errors["name"]
    assert f'value="{escape(wanted)}"' in answer.content.decode() or not wanted.strip()
    assert User.objects.get(pk=minji.pk).name == "Minji"
    assert not Event.objects.filter(action=Action.NAME_SET).exists()


def test_signing_out_elsewhere_ends_all_other_sessions_and_keeps_this_one(client: Client, minji: User):
    elsewhere = [Client(), Client()]
    for one in [client, *elsewhere]:
        sign_in(one)
        assert one.get("/account/").status_code == 200
    assert client.post("/account/sessions/end/")["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    for one in elsewhere:
        assert one.get("/account/")["Location"].startswith("/login/")
    assert Event.objects.get(action=Action.SESSIONS_ENDED).actor == minji.pk
    sign_in(elsewhere[0])
    assert elsewhere[0].get("/account/").status_code == 200
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("address", ["/account/name/", "/account/sessions/end/"])
def test_deeds_are_posts_of_people_who_signed_in(client: Client, minji: User, address: str):
    assert client.post(address)["Location"].startswith("/login/")
    client.force_login(minji)
    assert client.get(address).status_code == 405
