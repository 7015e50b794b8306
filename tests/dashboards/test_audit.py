"""The auditor's page: every act, filtered, in pages, with the end of the chain."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import create_person
from accounts.states import Role
from audit.models import ChainLink, Event
from cases.services import order_checks, record_check, set_aside
from cases.states import ReportStatus
from dashboards.queries import trail
from dashboards.words import DETAILS, NOT_SHOWN, OBJECTS
from tests.cases.reporting import case_with, links, others_case, reported

pytestmark = pytest.mark.django_db(transaction=True)  # the chain is written at commit


def shown(client, **query: str) -> list[Event]:
    return [event for event, _details in client.get("/audit/", query).context["slice"].events]


@pytest.fixture
def auditor(cast, client):
    case_with(cast, 2)
    others_case(cast)
    client.force_login(cast.auditor)
    return client


def test_the_newest_acts_and_the_end_of_the_chain(auditor):
    page = auditor.get("/audit/")
    end = page.context["end"]
    assert end.seq == ChainLink.objects.count()
    assert end.hash in page.content.decode()
    assert [event.link.seq for event in shown(auditor)] == sorted(
        Event.objects.values_list("link__seq", flat=True), reverse=True
    )


def test_filters(cast, auditor):
    assert {event.action for event in shown(auditor, action="case.opened")} == {"case.opened"}
    assert {event.actor for event in shown(auditor, person="outsider")} == {cast.outsider.pk}
    hour = timezone.localtime() + timedelta(hours=1)
    assert shown(auditor, since=hour.strftime("%Y-%m-%dT%H:%M")) == []
    assert len(shown(auditor, until=hour.strftime("%Y-%m-%dT%H:%M"))) == Event.objects.count()
    assert shown(auditor, case="C1999-000001") == []


def test_the_acts_of_a_case_are_its_own_and_those_on_its_items_and_reports(cast, auditor):
    case = case_with(cast, 2)
    item = case.case_items.first().item
    record_check(item=item, outcome="live", reason="", method="telegram_preview", at=timezone.now())
    found = shown(auditor, case=case.number.lower())
    assert {event.action for event in found} == {"case.opened", "report.recorded", "check.recorded"}
    assert {event.case_id for event in found} == {case.pk, None}
    assert {event.object_id for event in found if event.case_id is None} == {
        item.pk,
        case.case_reports.get().report_id,
    }
    told_of = auditor.get("/audit/", {"case": case.number}).context["slice"].events
    assert {words.case_number for _event, words in told_of} == {case.number}


def test_older_pages_lose_and_repeat_nothing(cast, auditor, monkeypatch):
    monkeypatch.setattr(trail, "PER_PAGE", 4)
    for _ in range(3):
        reported(cast)
    seen: list[Event] = []
    mark = ""
    while True:
        found = auditor.get("/audit/", {"before": mark}).context["slice"]
        seen += [event for event, _details in found.events]
        if not found.older:
            break
        mark = found.older
    assert len(seen) == len({event.pk for event in seen}) == Event.objects.count()


def test_a_mark_that_is_none_shows_the_newest(auditor):
    assert shown(auditor, before="nonsense") == shown(auditor)


def test_an_auditor_of_one_team_sees_the_acts_of_its_cases_only(cast, client):
    case, other = case_with(cast, 1), others_case(cast)
    person, _password = create_person(username="narrow", name="N", roles=[(Role.AUDITOR, cast.team)], by=None)
    person.password_is_temporary = False
    person.save()
    client.force_login(person)
    page = client.get("/audit/")
    cases = {words.case_id for _event, words in page.context["slice"].events}
    assert cases == {case.pk}
    assert "report.recorded" in {event.action for event, _details in page.context["slice"].events}
    assert other.number not in page.content.decode()


def test_nothing_personal_stands_there(cast, auditor):
    reported(cast, words="A pupil told us.", institution="Portal Demo School", source_reference="2024-118")
    page = auditor.get("/audit/").content.decode()
    for hidden in ("A pupil", "Portal Demo School", "2024-118", "portal_demo_room"):
        assert hidden not in page


def told(client, **query: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for event, words in client.get("/audit/", query).context["slice"].events:
        found.setdefault(event.action, []).append(words)
    return found


def test_acts_are_told_in_words_with_the_numbers_and_pages_of_what_they_speak_of(cast, auditor):
    report = reported(cast, links(1, first=131))
    set_aside(report=report, by=cast.analyst, status=ReportStatus.OUT_OF_SCOPE, reason="x")
    set_aside(report=report, by=cast.analyst, status=ReportStatus.RECEIVED)
    case = case_with(cast, 1, title="Second")
    item = case.case_items.get().item
    order_checks(items=[item], why="person", by=cast.analyst)
    cast.auditor.language = "en"
    cast.auditor.save()
    acts = told(auditor)
    back, aside = acts["report.set_aside"]
    assert (back.act, aside.act) == ("Report taken back for triage", "Report set aside")
    assert aside.details == "now: Out of scope"
    assert (aside.object, aside.name, aside.url) == ("Report", report.number, f"/reports/{report.pk}/")
    (ordered,) = acts["check.ordered"]
    assert ordered.details == "why: a person asked for it"
    assert (ordered.case_number, ordered.case_id) == (case.number, case.pk)
    assert ordered.url == f"/cases/{case.pk}/items/{item.pk}/"
    cast.auditor.language = "ko"
    cast.auditor.save()
    assert told(auditor)["check.ordered"][0].details == "사유: 담당자 요청"


def test_every_kind_of_act_that_is_recorded_has_words_for_its_details(cast, auditor):
    for event in Event.objects.all():
        assert set(event.detail) <= set(DETAILS) | NOT_SHOWN, event.action
        assert event.object_type in OBJECTS


def test_a_page_takes_the_same_queries_however_many_acts(cast, auditor, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as few:
        auditor.get("/audit/")
    before = len(few)
    for n in range(6):
        case = case_with(cast, 2, title=f"Case {n}")
        order_checks(items=[row.item for row in case.case_items.all()], why="person", by=cast.analyst)
    auditor.get("/audit/")
    with django_assert_max_num_queries(before + 1):  # one more: the cases of items, which no act spoke of before
        auditor.get("/audit/")
