"""How platforms behave, counted out of the facts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.services import record_check, record_sighting
from cases.states import SightingKind
from dashboards.queries.behaviour import behaviour
from mailroom.models import OutgoingMail
from takedowns.models import Claim, Reply, TakedownRequest
from takedowns.services import accept_claims, file_next
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_five(cast) -> TakedownRequest:
    """A letter about items 1-5 that left ten hours ago."""
    request = stages.approved(cast, case=stages.case_of(cast, items=5))
    left = timezone.now() - timedelta(hours=10)
    OutgoingMail.objects.filter(letter__request=request).update(state="accepted", accepted_at=left)
    TakedownRequest.objects.filter(pk=request.pk).update(due_at=left + timedelta(hours=24))
    return request


def answered(cast, request: TakedownRequest, text: str) -> None:
    stages.answer(request, text)
    while file_next():
        pass
    reply = Reply.objects.filter(request=request).latest("received_at")
    accept_claims(reply=reply, claims=list(Claim.objects.filter(reply=reply)), by=cast.analyst)


def look(request: TakedownRequest, number: int, outcome: str, *, later: int = 0) -> None:
    line = request.items.get(number=number)
    at = timezone.now() + timedelta(seconds=later)
    why = "error" if outcome == "cannot_verify" else ""
    record_check(item=line.item, outcome=outcome, reason=why, method="telegram_preview", at=at)


def test_without_a_letter_that_left_there_is_nothing_to_tell(cast):
    stages.submitted(cast)
    assert behaviour(cast.supervisor) == []


def test_a_request_that_waits_within_its_time_is_not_due(cast, request_of_five):
    (row,) = behaviour(cast.supervisor)
    assert (row.platform, row.requests, row.due, row.in_time, row.median) == ("Telegram", 1, 0, 0, None)
    assert (row.in_time_percent, row.median_in_words) == (None, "")


def test_answers_in_time_late_and_missing(cast, request_of_five):
    answered(cast, request_of_five, "Items 1-2 have been removed.")
    late = stages.approved(cast, case=stages.case_of(cast, items=1, first=300))
    stages.mark_left(late)
    answered(cast, late, "Item 1 has been removed.")
    TakedownRequest.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    silent = stages.approved(cast, case=stages.case_of(cast, items=1, first=400))
    stages.mark_left(silent)
    TakedownRequest.objects.filter(pk=silent.pk).update(due_at=timezone.now() - timedelta(hours=1))
    (row,) = behaviour(cast.supervisor)
    assert (row.requests, row.due, row.in_time, row.in_time_percent) == (3, 3, 1, 33)
    assert row.median is not None
    assert timedelta(hours=4, minutes=55) < row.median < timedelta(hours=5, minutes=5)  # of ten hours and a minute


def test_an_automatic_answer_is_none(cast, request_of_five):
    answered(cast, request_of_five, "Items 1-2 have been removed.")
    Reply.objects.get().incoming.__class__.objects.update(kind="auto_reply")
    (row,) = behaviour(cast.supervisor)
    assert (row.in_time, row.median) == (0, None)


def test_what_became_of_what_was_said(cast, request_of_five):
    request = request_of_five
    answered(cast, request, "Items 1-4 have been removed. Item 5 will not be removed: no violation was found.")
    look(request, 1, "gone")
    look(request, 2, "live")
    look(request, 2, "gone", later=5)  # the first look counts
    look(request, 3, "cannot_verify")
    look(request, 4, "gone")
    (row,) = behaviour(cast.supervisor)
    assert (row.said, row.kept, row.contradicted, row.unseen, row.back) == (4, 2, 1, 1, 0)
    look(request, 1, "live", later=10)
    look(request, 5, "gone", later=-600)
    minute_ago, item = timezone.now() - timedelta(minutes=1), request.items.get(number=5).item
    record_sighting(case=request.case, item=item, by=cast.analyst, kind=SightingKind.SAME_PLACE, at=minute_ago)
    (row,) = behaviour(cast.supervisor)
    assert row.back == 2


def test_other_teams_requests_are_not_counted(cast, request_of_five):
    assert behaviour(cast.outsider) == []


def test_the_overview_shows_it(cast, client, request_of_five):
    answered(cast, request_of_five, "Items 1-2 have been removed.")
    look(request_of_five, 1, "gone")
    cast.supervisor.language = "en"
    cast.supervisor.save()
    client.force_login(cast.supervisor)
    html = client.get("/overview/").content.decode()
    assert "1 gone · 0 still there · 1 not established" in html
