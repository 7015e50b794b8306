"""The auditor's page: every act, filtered, in pages, with the end of the chain."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services import create_person
from accounts.states import Role
from audit.models import ChainLink, Event
from dashboards.queries import trail
from tests.cases.reporting import case_with, others_case, reported

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
    case = case_with(cast, 1)
    assert {event.case_id for event in shown(auditor, case=case.number)} == {case.pk}
    assert {event.action for event in shown(auditor, action="case.opened")} == {"case.opened"}
    assert {event.actor for event in shown(auditor, person="outsider")} == {cast.outsider.pk}
    hour = timezone.localtime() + timedelta(hours=1)
    assert shown(auditor, since=hour.strftime("%Y-%m-%dT%H:%M")) == []
    assert len(shown(auditor, until=hour.strftime("%Y-%m-%dT%H:%M"))) == Event.objects.count()
    assert shown(auditor, case="C1999-000001") == []


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
    cases = {event.case_id for event, _details in page.context["slice"].events}
    assert cases == {case.pk}
    assert other.number not in page.content.decode()


def test_nothing_personal_stands_there(cast, auditor):
    reported(cast, words="A pupil told us.", institution="Portal Demo School", source_reference="2024-118")
    page = auditor.get("/audit/").content.decode()
    for hidden in ("A pupil", "Portal Demo School", "2024-118", "portal_demo_room"):
        assert hidden not in page
