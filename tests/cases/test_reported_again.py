"""What was found gone and comes in again: it is checked before anything is closed, and asked for again."""

import pytest

from audit.models import Event
from cases.models import CheckOrder
from cases.queries.known import what_is_known
from cases.services import group_reports, set_aside
from cases.states import ReportStatus
from takedowns import services as takedowns
from tests.cases.reporting import links, reported
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def confirmed(cast):
    """A request whose two items were answered, found gone and confirmed."""
    request = stages.approved(cast, items=2)
    stages.mark_left(request)
    stages.answer(request, "1-2 have been removed.")
    assert takedowns.file_next()
    reply = request.replies.get()
    takedowns.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    CheckOrder.objects.all().delete()
    stages.found(request, "gone")
    takedowns.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    return request


def test_items_that_are_gone_are_checked_when_a_new_report_names_them(cast, client):
    client.force_login(cast.analyst)
    request = confirmed(cast)
    url = f"/cases/{request.case_id}/"
    assert client.get(url).context["next"].step == "close"
    again = reported(cast, links(3))  # two that are gone, and a third that nobody has looked for
    group_reports(by=cast.analyst, reports=[again], case=request.case)
    orders = CheckOrder.objects.filter(done_at=None)
    assert {order.item.standing for order in orders} == {"removed"}
    assert [order.why for order in orders] == ["reported_again"] * 2
    assert Event.objects.filter(action="check.ordered", detail__why="reported_again").count() == 2
    page = client.get(url)
    assert (page.context["next"].step, page.context["next"].count) == ("checking", 2)


def test_items_that_came_back_are_asked_for_again_not_for_the_first_time(cast, client):
    client.force_login(cast.analyst)
    request = confirmed(cast)
    url = f"/cases/{request.case_id}/"
    stages.found(request, "live", numbers=[1])
    words = client.get(url).content.decode()
    assert f'/requests/{request.pk}/">{request.number}</a>' in words.replace("\n", "")
    page = client.get(url)
    if page.context["next"].step == "follow":
        request.refresh_from_db()
        assert request.open
        takedowns.close_request(request=request, by=cast.analyst)
        page = client.get(url)
    found = page.context["next"]
    assert (found.step, found.count, found.again, found.new) == ("ask", 1, 1, 0)


def test_the_outcome_page_counts_a_removal_that_came_back_apart(cast, client):
    client.force_login(cast.analyst)
    request = confirmed(cast)
    stages.found(request, "live", numbers=[1])
    page = client.get(f"/cases/{request.case_id}/outcome/")
    assert (page.context["sums"]["claim_and_check"], page.context["sums"]["overtaken"]) == (1, 1)
    (back, _note), (gone, _same) = page.context["lines"]
    assert back.overtaken
    assert back.confirmed is None
    assert gone.confirmed


def test_the_outcome_page_tells_that_it_was_claimed_removed_while_still_there(cast, client):
    client.force_login(cast.analyst)
    request = stages.approved(cast, items=2)
    stages.mark_left(request)
    stages.answer(request, "1-2 have been removed.")
    assert takedowns.file_next()
    reply = request.replies.get()
    takedowns.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(request, "live", numbers=[2])
    stages.found(request, "gone")
    rows = [row for row, _note in client.get(f"/cases/{request.case_id}/outcome/").context["lines"]]
    assert rows[0].early is None
    assert rows[1].early.said_at < rows[1].early.at < rows[1].check.at


def test_the_history_puts_an_effect_above_its_cause(cast, client):
    client.force_login(cast.analyst)
    request = stages.approved(cast, items=1)
    stages.found(request, "gone")
    titles = [entry.title for entry in client.get(f"/cases/{request.case_id}/").context["history"]]
    assert titles.index("Now: Removed") < titles.index("Check: Gone")
    assert titles.index("Letter put into the outbox") < titles.index("Request approved")


def test_a_case_without_a_title_is_called_by_the_institution_or_the_room(cast):
    first = group_reports(by=cast.analyst, reports=[reported(cast, institution="Portal Demo School")])
    second = group_reports(by=cast.analyst, reports=[reported(cast, links(1, first=700))])
    third = group_reports(by=cast.analyst, reports=[reported(cast, "https://example.com/somebody/1")])
    assert (first.title, second.title) == ("Portal Demo School", "t.me/portal_demo_room")
    assert "somebody" not in third.title


def test_a_report_that_was_set_aside_is_not_counted_as_a_report(cast):
    set_aside(report=reported(cast, links(1)), by=cast.analyst, status=ReportStatus.OUT_OF_SCOPE, reason="A test.")
    (line,) = what_is_known(cast.analyst, links(1))
    assert (line.is_known, line.reports, line.set_aside) == (True, 0, 1)
    assert not what_is_known(cast.outsider, links(1))[0].is_known
