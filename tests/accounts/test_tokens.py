"""Programs of partners at the API."""

from collections.abc import Callable

import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts import services
from accounts.authentication import TokenAuthentication
from accounts.models import ApiToken, Team, User
from accounts.states import Role

pytestmark = pytest.mark.django_db
Make = Callable[..., User]


@pytest.fixture
def partner(make: Make, seoul: Team) -> User:
    return make("ngo", (Role.PARTNER, seoul))


@pytest.fixture
def token(partner: User) -> str:
    return services.issue_token(user=partner, name="desk", by=None)


def ask(header: str | None) -> tuple[User, ApiToken] | None:
    asked = APIRequestFactory().get("/api/v1/reports/")
    if header is not None:
        asked.META["HTTP_AUTHORIZATION"] = header
    return TokenAuthentication().authenticate(Request(asked))


@pytest.mark.parametrize("word", ["Token", "token"])
def test_a_token_names_its_partner(partner: User, token: str, word: str):
    found = ask(f"{word} {token}")
    assert found is not None
    assert (found[0], found[1].name) == (partner, "desk")


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer abc"])
def test_other_ways_are_left_to_others(token: str, header: str | None):
    assert ask(header) is None


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token wrong", "Token ÿ", "Token \x00"])
def test_a_malformed_or_unknown_token_is_refused(token: str, header: str):
    with pytest.raises(AuthenticationFailed):
        ask(header)


def test_the_digest_itself_opens_nothing(token: str):
    with pytest.raises(AuthenticationFailed):
        ask(f"Token {ApiToken.digest_of(token)}")


def test_a_revoked_token_a_closed_account_and_a_lost_role_are_refused(partner: User, token: str):
    services.set_roles(person=partner, roles=[], by=None)
    with pytest.raises(AuthenticationFailed):
        ask(f"Token {token}")
    services.set_roles(person=partner, roles=[(Role.PARTNER, None)], by=None)
    assert ask(f"Token {token}")
    services.revoke_token(token=ApiToken.objects.get(), by=None)
    with pytest.raises(AuthenticationFailed):
        ask(f"Token {token}")
    other = services.issue_token(user=partner, name="second", by=None)
    services.deactivate_person(person=partner, by=None)
    with pytest.raises(AuthenticationFailed):
        ask(f"Token {other}")
