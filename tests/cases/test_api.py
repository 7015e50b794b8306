"""The partners' door, by token, through its addresses."""

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.services import create_person, issue_token, revoke_token
from accounts.states import Role
from audit.models import Event
from cases.models import ContentItem, Report
from cases.serializers import NewReportSerializer
from tests.cases.reporting import ROOM, case_with, links, reported

pytestmark = pytest.mark.django_db

URL = "/api/v1/reports/"
KEY = "00000000-0000-4000-8000-000000000004"


def with_token(person) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user=person, name='test', by=None)}")
    return client


@pytest.fixture
def partner(cast) -> APIClient:
    return with_token(cast.partner)


def test_a_report_is_recorded_line_by_line(cast, partner):
    answer = partner.post(
        URL,
        {
            "links": [f"hxxps://t[.]me/{ROOM}/101", "http://127.0.0.1/", f"https://t.me/{ROOM}/102"],
            "source_reference": "2024-118",
            "occurred_at": "2024-09-03T09:00:00+09:00",
            "severity": "urgent",
            "words": "A pupil told us.",
            "institution": "Portal Demo School",
            "submission_key": KEY,
        },
        format="json",
    )
    assert answer.status_code == 201, answer.json()
    told, report = answer.json(), Report.objects.get()
    assert [line["locator"] and line["locator"]["url"] for line in told["lines"]] == [
        f"https://t.me/{ROOM}/101",
        None,
        f"https://t.me/{ROOM}/102",
    ]
    assert told["lines"][1]["error"]["code"] == "private_address"
    assert told["lines"][0]["locator"]["platform"] == "telegram"
    assert (told["number"], told["status"], told["severity"]) == (report.number, "received", "urgent")
    assert (report.team, report.source, report.recorded_by, report.victim) == (cast.team, "partner", cast.partner, None)
    assert "A pupil" not in answer.content.decode()
    assert Event.objects.filter(action="report.recorded", actor=cast.partner.pk).exists()


def test_text_instead_of_links(partner):
    answer = partner.post(URL, {"text": links(3)}, format="json")
    assert [line["n"] for line in answer.json()["lines"]] == [1, 2, 3]


def test_the_same_key_again_is_the_same_report(partner):
    first = partner.post(URL, {"text": links(2), "submission_key": KEY}, format="json")
    again = partner.post(URL, {"text": links(2), "submission_key": KEY}, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "links"),
        ({"links": []}, "links"),
        ({"links": ["no link", "ftp://x.example/1"]}, "links"),
        ({"text": " "}, "text"),
        ({"links": [f"https://t.me/{ROOM}/{n}" for n in range(10_000)]}, "links"),
        ({"links": ["https://t.me/room_one/1"], "severity": "huge"}, "severity"),
        ({"links": ["https://t.me/room_one/1"], "occurred_at": "2999-01-01T00:00:00Z"}, "occurred_at"),
        ({"links": ["https://t.me/room_one/1"], "received_at": "2999-01-01T00:00:00Z"}, "received_at"),
        ({"links": ["https://t.me/room_one/1"], "submission_key": "x"}, "submission_key"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_saved(partner, sent, field):
    answer = partner.post(URL, sent, format="json")
    assert answer.status_code == 400
    assert field in answer.json()
    assert not Report.objects.exists()
    assert not ContentItem.objects.exists()


def test_too_large_a_body_is_refused_unread(partner, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert partner.post(URL, {"text": links(100)}, format="json").status_code == 413
    assert not Report.objects.exists()


def test_one_sees_ones_own_reports_only(cast, partner):
    own = partner.post(URL, {"text": links(1)}, format="json").json()
    others = [reported(cast)]
    other, _password = create_person(username="ngo", name="NGO", roles=[(Role.PARTNER, cast.team)], by=None)
    others.append(Report.objects.get(pk=with_token(other).post(URL, {"text": links(1)}, format="json").json()["id"]))
    listed = partner.get(URL).json()["results"]
    assert [row["id"] for row in listed] == [own["id"]]
    assert partner.get(f"{URL}{own['id']}/").json() == own
    assert [partner.get(f"{URL}{report.pk}/").status_code for report in others] == [404, 404]


def test_no_hint_whether_a_link_is_known(cast, partner):
    """Asked before and after others work on the same links, the answer is the same but for its own identity."""

    def told(text: str) -> dict:
        answer = partner.post(URL, {"text": text}, format="json").json()
        return {name: answer[name] for name in ("status", "lines")}

    known = case_with(cast, 2)
    one, two = told(links(2)), told(links(2, first=900))
    shape = [{**line, "locator": set(line["locator"])} for line in one["lines"]]
    assert shape == [{**line, "locator": set(line["locator"])} for line in two["lines"]]
    assert known.number not in partner.get(URL).content.decode()
    assert str(known.items.first().pk) not in partner.get(URL).content.decode()


def test_a_list_of_reports_takes_the_same_number_of_queries(partner, django_assert_max_num_queries):
    for _ in range(5):
        partner.post(URL, {"text": links(50)}, format="json")
    with django_assert_max_num_queries(7):
        assert len(partner.get(URL).json()["results"]) == 5


def test_only_a_partner_with_a_standing_token_comes_in(cast, client):
    assert client.post(URL, {"text": links(1)}, content_type="application/json").status_code == 401
    client.force_login(cast.analyst)
    assert client.get(URL).status_code == 401, "a session of the pages is no key to the API"
    partner = with_token(cast.partner)
    assert partner.get(URL).status_code == 200
    revoke_token(token=cast.partner.api_tokens.get(), by=None)
    assert partner.get(URL).status_code == 401


def test_a_partner_of_no_single_team_is_told(cast):
    everywhere, _password = create_person(username="all", name="All", roles=[(Role.PARTNER, None)], by=None)
    answer = with_token(everywhere).post(URL, {"text": links(1)}, format="json")
    assert answer.status_code == 403
    assert not Report.objects.exists()


def test_the_schema_is_valid_and_served(client, tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    assert "/api/v1/reports/" in answer.content.decode()


def test_the_page_about_the_api_tells_every_call_and_field_of_the_document(client):
    client.cookies["django_language"] = "en"
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    calls = {call.id: call for call in page.context["calls"]}
    assert set(calls) == {"list_reports", "create_report", "read_report"}
    create = calls["create_report"]
    assert (create.method, create.path) == ("POST", "/api/v1/reports/")
    sent = {field.name: field for field in create.body}
    assert set(sent) == set(NewReportSerializer().fields)
    assert sent["links"].kind == "list of text"
    assert sent["severity"].kind == "one of: normal, serious, urgent"
    answered = {field.name: field.kind for field in create.answered}
    assert answered["lines[].locator.platform"] == "text"
    assert answered["lines[].error.code"].startswith("one of: ")
    assert {answer.code for answer in create.answers} == {"200", "201", "400", "409", "413"}
    assert all(field.name in html for call in calls.values() for field in call.body)
    assert [field.name for field in calls["read_report"].parameters] == ["id"]


def test_that_page_is_in_the_readers_language_while_programs_are_answered_in_english(client, cast):
    client.force_login(cast.analyst)
    cast.analyst.language = "ko"
    cast.analyst.save()
    assert client.get("/api/v1/docs/").headers["Content-Language"] == "ko"
    assert client.get("/api/v1/reports/").headers["Content-Language"] == "en"
