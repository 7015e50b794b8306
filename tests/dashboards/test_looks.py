"""The page of looks at what is sealed: who, when, what, why; never what they read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import create_person
from accounts.states import Role
from audit.services import log_access
from cases.services.reports import read_sealed_report
from dashboards.queries import looks
from tests.cases.reporting import case_with, others_case, reported

pytestmark = pytest.mark.django_db(transaction=True)


def shown(client, **query: str) -> list[looks.Look]:
    return client.get("/audit/looks/", query).context["slice"].rows


@pytest.fixture
def looked(cast):
    report = reported(cast, words="A pupil told us.")
    read_sealed_report(report=report, by=cast.analyst, reason="The link was unreadable")
    case = case_with(cast, 1)
    log_access(by=cast.supervisor, obj=case, reason="work on the case", given="thread.words", case_id=case.pk)
    return report


@pytest.mark.parametrize("role", ["auditor", "privacy_officer"])
def test_a_look_is_told_with_its_reason_and_without_the_words(looked, cast, client, role):
    client.force_login(getattr(cast, role))
    page = client.get("/audit/looks/")
    [look] = page.context["slice"].rows
    assert (look.row.who, look.name, look.reason) == (cast.analyst.name, looked.number, "The link was unreadable")
    assert client.get(look.url).status_code == 200
    assert "A pupil" not in page.content.decode()


def test_filters(looked, cast, client):
    client.force_login(cast.privacy_officer)
    assert [look.row.given for look in shown(client, given="mail")] == ["thread.words"]
    assert {look.row.given for look in shown(client, given="all")} == {"thread.words", "report.words"}
    assert [look.row.actor for look in shown(client, given="all", person="SUPERVISOR")] == [cast.supervisor.pk]
    hour = (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert shown(client, since=hour) == []
    assert len(shown(client, until=hour)) == 1


def test_older_pages_lose_and_repeat_nothing(looked, cast, client, monkeypatch):
    monkeypatch.setattr(looks, "PER_PAGE", 2)
    for n in range(4):
        read_sealed_report(report=looked, by=cast.analyst, reason=f"Look {n}")
    client.force_login(cast.auditor)
    seen: list[str] = []
    mark = ""
    while True:
        found = client.get("/audit/looks/", {"before": mark}).context["slice"]
        seen += [look.reason for look in found.rows]
        if not found.older:
            break
        mark = found.older
    assert seen == [f"Look {n}" for n in (3, 2, 1, 0)] + ["The link was unreadable"]


def test_an_auditor_of_one_team_sees_the_looks_of_its_cases_only(cast, client):
    case, other = case_with(cast, 1), others_case(cast)
    for one in (case, other):
        report = one.case_reports.get().report
        log_access(by=cast.supervisor, obj=report, reason=one.number, given="report.words")
    person, _password = create_person(username="narrow", name="N", roles=[(Role.AUDITOR, cast.team)], by=None)
    person.password_is_temporary = False
    person.save()
    client.force_login(person)
    assert [look.reason for look in shown(client)] == [case.number]


def test_the_page_takes_few_queries_however_many_looks_there_are(looked, cast, client):
    for n in range(30):
        read_sealed_report(report=looked, by=cast.analyst, reason=f"Look {n}")
    client.force_login(cast.privacy_officer)
    client.get("/audit/looks/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/audit/looks/", {"given": "all"})
    assert len(queries) <= 12, [query["sql"] for query in queries]
