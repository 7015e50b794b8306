"""What a program meets at the API before it has a report to speak of: the index, errors, languages, the schema."""

import re

import pytest
from django.test import Client

from accounts.services import create_person, create_team, issue_token
from accounts.states import Role

pytestmark = pytest.mark.django_db
HANGUL = re.compile("[가-힣]")
NO_REPORT = "/api/v1/reports/00000000-0000-0000-0000-000000000000/"


@pytest.fixture
def partner(client: Client) -> Client:
    team = create_team(name="팀", name_en="Team", by=None)
    user, _none = create_person(username="ngo", name="NGO", roles=[(Role.PARTNER, team)], by=None)
    client.defaults["HTTP_AUTHORIZATION"] = f"Token {issue_token(user=user, name='x', by=None)}"
    return client


def test_the_index_names_what_there_is(client: Client) -> None:
    told = client.get("/api/v1/").json()
    assert set(told) == {"reports", "schema", "docs"}
    assert told["reports"].endswith("/api/v1/reports/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_address_answers_json(client: Client, method: str) -> None:
    answer = getattr(client, method)("/api/v1/nothing/here")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no such address in this API."


@pytest.mark.parametrize(
    ("wanted", "korean"),
    [(None, False), ("en-GB,ko;q=0.5", False), ("ko-KR,en;q=0.5", True), ("fr", False), ("fr,ko;q=0.2", True)],
)
def test_errors_follow_accept_language(partner: Client, wanted: str | None, korean: bool) -> None:
    headers = {"Accept-Language": wanted} if wanted else {}
    answers = [
        partner.get(NO_REPORT, headers=headers),
        partner.get("/api/v1/nothing/", headers=headers),
        partner.post("/api/v1/reports/", {"links": ["no link"]}, content_type="application/json", headers=headers),
        Client().get("/api/v1/reports/", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 400, 401]
    for answer in answers:
        assert bool(HANGUL.search(answer.content.decode())) is korean, answer.content
        assert answer["Content-Language"] == ("ko" if korean else "en")
    assert "query" not in answers[0].json()["detail"]


def test_the_schema_is_english_whoever_asks(client: Client) -> None:
    plain, wished = (client.get("/api/v1/schema/", headers={"Accept-Language": code}).content for code in ("en", "ko"))
    assert plain == wished
    assert not HANGUL.search(plain.decode())
