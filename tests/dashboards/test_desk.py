"""What waits for whom: each figure equals the rows of the list behind it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services import create_person, deactivate_person, note_failed_sign_in
from accounts.states import Role
from audit.models import AccessLog, Event
from audit.services import log_access
from cases.services import group_reports, record_outcome
from cases.states import OutcomeKind
from dashboards.queries.trail import PER_PAGE
from dashboards.queries.waiting import LISTS, Kind
from mailroom.models import OutgoingMail
from takedowns.models import TakedownRequest
from takedowns.services import accept_claims, file_next, return_with_words, set_claim
from takedowns.states import ClaimKind
from tests.cases.reporting import links, others_case, reported
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(cast):
    """Something of everything: a reply unread, a draft returned, a request to approve, an overdue one, and so on."""
    reply = stages.replied(cast, "1-2 have been removed.", case=stages.case_of(cast, items=5, first=100))
    stages.mark_left(reply.request)
    accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(reply.request, "live", numbers=[1])
    stages.found(reply.request, "gone", numbers=[3, 4])
    stages.answer(reply.request, "Thank you.")
    assert file_next()
    returned = stages.submitted(cast, case=stages.case_of(cast, items=1, first=200))
    return_with_words(request=returned, words="Name the law.", by=cast.supervisor)
    stages.submitted(cast, case=stages.case_of(cast, items=1, first=300))
    late = stages.approved(cast, case=stages.case_of(cast, items=1, first=400))
    TakedownRequest.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    soon = stages.approved(cast, case=stages.case_of(cast, items=1, first=500))
    TakedownRequest.objects.filter(pk=soon.pk).update(due_at=timezone.now() + timedelta(hours=1))
    OutgoingMail.objects.filter(letter__request=soon).update(state="uncertain", uncertain_at=timezone.now())
    reported(cast, links(2, first=600))
    others_case(cast)
    reported(cast, by=cast.outsider, team=cast.other_team)
    return cast


def test_an_item_of_two_cases_stands_once_in_the_order_of_its_case(cast):
    request = stages.approved(cast, items=12)
    stages.mark_left(request)
    group_reports(by=cast.analyst, reports=[reported(cast, links(12))], title="The same links")
    stages.answer(request, "1-12 cannot be removed: no violation was found.")
    assert file_next()
    reply = request.replies.get()
    for line in request.items.order_by("-number"):
        set_claim(reply=reply, takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst)
    rows = list(LISTS[Kind.REFUSED].list(cast.analyst))
    assert [row.line for row in rows] == list(range(1, 13))
    record_outcome(
        case=request.case, item=rows[0].item, by=cast.analyst, kind=OutcomeKind.REFUSED_ACCEPTED, reason="Right."
    )
    assert LISTS[Kind.REFUSED].list(cast.analyst).count() == 11


def rows_at(client, url: str) -> int:
    """How many rows the list behind a figure shows."""
    html = client.get(url).content.decode()
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.S)
    return body.group(1).count("<tr") if body else 0


@pytest.mark.parametrize("role", ["analyst", "supervisor", "intake"])
def test_each_figure_equals_the_rows_behind_it(busy, client, role):
    client.force_login(getattr(busy, role))
    page = client.get("/")
    figures = page.context["figures"]
    assert figures
    for figure in figures:
        assert figure.value == rows_at(client, figure.url), str(figure.label)
    assert f'href="{figures[0].url}"'.replace("&", "&amp;") in page.content.decode()


def test_the_analysts_figures(busy, client):
    client.force_login(busy.analyst)
    told = {str(figure.label): figure.value for figure in client.get("/").context["figures"]}
    assert told == {
        "Reports to triage": 1,
        "Letters that need a person": 1,
        "Replies to read": 1,
        "Still there or came back": 1,
        "Claimed removed, to be checked": 1,
        "Removals to confirm": 2,
        "Refused, to be decided": 0,
        "Requests returned for changes": 1,
        "Deadlines passed": 1,
        "Due within 6 hours": 1,
        "Contacts to test or activate": 0,
        "Mail without a request": 0,
    }


def test_the_supervisors_figures(busy, client):
    client.force_login(busy.supervisor)
    told = {str(figure.label): figure.value for figure in client.get("/").context["figures"]}
    assert told["Waiting for your approval"] == 1
    assert told["Letters that need a person"] == 1
    client.force_login(busy.outsider)
    told = {str(figure.label): figure.value for figure in client.get("/").context["figures"]}
    assert sum(told.values()) == told["Reports to triage"] == 1


def test_intake_sees_what_became_of_its_reports(cast, client):
    own = reported(cast, by=cast.intake)
    reported(cast)
    client.force_login(cast.intake)
    assert [report.pk for report in client.get("/").context["own_reports"]] == [own.pk]


@pytest.mark.parametrize("role", ["auditor", "privacy_officer"])
def test_those_who_watch_see_the_latest_acts_and_what_the_week_brought(busy, client, role):
    note_failed_sign_in(username="analyst", locked=False)
    looks = AccessLog.objects.filter(given="report.words").count()
    log_access(by=busy.analyst, obj=reported(busy), reason="work on the case", given="thread.words")
    log_access(by=busy.analyst, obj=reported(busy), reason="To see", given="report.words")
    client.force_login(getattr(busy, role))
    acts = Event.objects.count()
    page = client.get("/")
    assert [(str(figure.label), figure.value) for figure in page.context["figures"]] == [
        ("Acts", acts),
        ("Log-ins that failed", 1),
        ("Log-ins refused after too many attempts", 0),
        ("Looks at sealed words", looks + 1),
    ]
    for figure in page.context["figures"][:3]:
        listed = client.get(figure.url).context["slice"].events
        assert len(listed) == min(figure.value, PER_PAGE), str(figure.label)
    assert len(client.get(page.context["figures"][3].url).context["slice"].rows) == looks + 1
    assert len(page.context["acts"]) == 8
    assert page.content.decode().count('href="/audit/"') == 2, "in the navigation and on the desk"


def test_an_administrator_sees_whom_an_account_hinders(busy, client):
    create_person(username="fresh", name="Fresh", roles=[(Role.ANALYST, busy.team)], by=None)
    nobody, _password = create_person(username="bare", name="Bare", roles=[], by=None, password="quite long enough 7")
    for _ in range(5):
        client.post("/login/", {"username": "intake", "password": "wrong and long"})
    client.force_login(busy.administrator)
    page = client.get("/")
    told = {figure.label: figure.value for figure in page.context["figures"]}
    assert list(told.values()) == [0, 12, 1, 1, 1]
    assert {person.username: person.locked for person in page.context["stuck"]} == {
        "intake": True,
        "bare": False,
        "fresh": False,
    }
    deactivate_person(person=nobody, by=None)
    assert {person.username for person in client.get("/").context["stuck"]} == {"fresh", "intake"}


def test_ones_own_open_cases_stand_on_the_desk_the_nearest_deadline_first(busy, client):
    client.force_login(busy.analyst)
    shown = list(client.get("/").context["own_cases"])
    assert {case.owner for case in shown} == {busy.analyst}
    due = [case.next_due for case in shown if case.next_due]
    assert due == sorted(due)
    assert shown[-1].next_due is None
    client.force_login(busy.outsider)
    assert [case.owner for case in client.get("/").context["own_cases"]] == [busy.outsider]


def test_an_empty_desk_says_so(cast, client):
    client.force_login(cast.analyst)
    assert "Nothing waits for you" in client.get("/").content.decode()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_list_opens_empty_and_full(busy, client, kind):
    client.force_login(busy.second_analyst)
    page = client.get(f"/waiting/{kind.value}/")
    assert page.status_code == 200
    client.force_login(busy.outsider)
    assert str(LISTS[kind].empty) in client.get(f"/waiting/{kind.value}/").content.decode()


def test_there_is_no_other_list(cast, client):
    client.force_login(cast.analyst)
    assert client.get("/waiting/nonsense/").status_code == 404


def test_a_desk_takes_few_queries(busy, client, django_assert_max_num_queries):
    for role in ("analyst", "supervisor", "intake", "auditor", "administrator"):
        client.force_login(getattr(busy, role))
        with django_assert_max_num_queries(12):
            client.get("/")
