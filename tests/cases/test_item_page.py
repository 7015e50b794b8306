"""One item's page: what was said, proposed and turned down, and forms that are there when they are wanted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns import services
from takedowns.services import accept_claims, reject_claims
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(cast, client):
    client.force_login(cast.analyst)
    return stages.replied(cast, "1-2 have been removed.", items=3)


def page_of(client, reply, number: int):
    item = reply.request.items.get(number=number).item
    return client.get(f"/cases/{reply.request.case_id}/items/{item.pk}/")


def test_a_proposal_that_was_rejected_leaves_its_trace(cast, client, reply):
    first, second = reply.claims.order_by("takedown_item__number")
    accept_claims(reply=reply, claims=[first], by=cast.analyst)
    reject_claims(reply=reply, claims=[second], by=cast.analyst)
    (taken,) = page_of(client, reply, 1).context["claims"]
    assert (taken["rejected"], taken["superseded"]) == (False, False)
    page = page_of(client, reply, 2)
    (turned_down,) = page.context["claims"]
    assert (turned_down["rejected"], turned_down["superseded"]) == (True, False)
    assert turned_down["quote"] in page.content.decode()
    assert f"rejected by {cast.analyst.name}" in page.content.decode()
    assert page_of(client, reply, 3).context["claims"] == []


def test_forms_are_folded_until_they_hold_an_error(client, reply):
    html = page_of(client, reply, 1).content.decode()
    assert '<details class="panel fold" id="check">' in html
    item = reply.request.items.get(number=1).item
    refused = client.post(f"/cases/{reply.request.case_id}/items/{item.pk}/check/", {"outcome": ""})
    assert '<details class="panel fold" id="check" open>' in refused.content.decode()


def test_an_item_that_is_still_there_leads_to_the_follow_up(cast, client, django_assert_max_num_queries):
    request = stages.contradicted(cast, [1])
    still, gone = (reverse("cases:item", args=[request.case_id, line.item_id]) for line in stages.lines(request, 1, 2))
    follow_up = reverse("takedowns:follow_up", args=[request.pk])
    client.force_login(cast.analyst)
    with django_assert_max_num_queries(12):
        assert follow_up.encode() in client.get(still).content
    assert follow_up.encode() not in client.get(gone).content
    client.force_login(cast.auditor)
    assert follow_up.encode() not in client.get(still).content
    services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    client.force_login(cast.analyst)
    assert follow_up.encode() not in client.get(still).content


def test_an_item_without_an_answer_leads_there_after_the_deadline(cast, client):
    request = stages.approved(cast)
    page = reverse("cases:item", args=[request.case_id, stages.lines(request, 1)[0].item_id])
    follow_up = reverse("takedowns:follow_up", args=[request.pk])
    client.force_login(cast.analyst)
    request.letters.update(due_at=timezone.now())
    assert follow_up.encode() not in client.get(page).content  # it has not left
    stages.mark_left(request)
    assert follow_up.encode() in client.get(page).content
    request.letters.update(due_at=timezone.now() + timedelta(hours=1))
    assert follow_up.encode() not in client.get(page).content
