"""The supervisor's figures agree with the rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import ContentItem
from cases.states import Standing
from mailroom.models import OutgoingMail
from takedowns.models import RemovalConfirmation
from takedowns.services import confirm_removals, void_confirmation
from tests.cases.reporting import case_with, others_case
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def test_the_figures_agree_with_the_rows(cast, client):
    case_with(cast, 3)
    stages.submitted(cast, case=stages.case_of(cast, items=2, first=300))
    request = stages.approved(cast, case=stages.case_of(cast, items=4, first=400))
    stages.mark_left(request)
    stages.found(request, "gone", numbers=[1, 2])
    others_case(cast)
    client.force_login(cast.supervisor)
    page = client.get("/overview/")
    told = {code: count for code, _word, count in page.context["standings"]}
    assert told == {
        code: ContentItem.objects.filter(cases__team=cast.team, standing=code).count()
        for code in (Standing.OPEN, Standing.REMOVED)
    }
    assert page.context["items"] == 9
    assert page.context["counted"]["approvals"] == len(page.context["approvals"]) == 1
    assert page.context["counted"]["RUNNING"] == len(page.context["deadlines"]) == 1
    assert page.context["counted"]["open_cases"] == 3


def test_an_item_in_two_cases_is_counted_once(cast, client):
    case_with(cast, 2)
    case_with(cast, 2)
    client.force_login(cast.supervisor)
    assert client.get("/overview/").context["items"] == 2


def test_times_run_from_the_letter_to_the_confirmation(cast, client):
    now = timezone.now()
    request = stages.approved(cast, items=3)
    OutgoingMail.objects.filter(letter__request=request).update(state="accepted", accepted_at=now - timedelta(hours=10))
    stages.found(request, "gone")
    for hours, line in zip((1, 2, 9), request.items.order_by("number"), strict=True):
        confirm_removals(request=request, items=[line], by=cast.analyst, at=now - timedelta(hours=10 - hours))
    client.force_login(cast.supervisor)
    page = client.get("/overview/")
    (row,) = page.context["times"]
    assert (row.platform, row.count) == ("Telegram", 3)
    assert (row.median, row.shortest, row.longest) == (timedelta(hours=2), timedelta(hours=1), timedelta(hours=9))
    assert page.context["in_all"].median == row.median
    assert page.context["counted"]["confirmed"] == 3
    assert "9 h" in page.content.decode()
    wrong = RemovalConfirmation.objects.get(takedown_item__number=3)
    void_confirmation(confirmation=wrong, by=cast.analyst, reason="Another video.")
    assert client.get("/overview/").context["in_all"].longest == timedelta(hours=2), "a void one does not count"


def test_an_empty_house_has_an_overview(cast, client):
    client.force_login(cast.supervisor)
    page = client.get("/overview/")
    assert page.context["times"] == []
    assert "No removal is confirmed yet." in page.content.decode()


def test_an_auditor_reads_the_overview_without_the_supervisors_links(cast, client):
    client.force_login(cast.auditor)
    page = client.get("/overview/").content.decode()
    assert 'href="/approvals/"' not in page
