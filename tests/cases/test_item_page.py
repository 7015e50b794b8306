"""One item's page: what was said, proposed and turned down, and forms that are there when they are wanted."""

import pytest

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
