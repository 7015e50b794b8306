"""At most twelve queries a page, the same with ten items and with a thousand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from takedowns.models import TakedownRequest
from takedowns.rules import askable
from takedowns.services import accept_claims, approve, draft_request, file_next, submit
from takedowns.states import Measure
from tests.cases.reporting import case_with
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def full_case(cast, count: int) -> Case:
    """A case with a request whose letter left and was answered, one reply unread."""
    case = case_with(cast, count)
    request = asked_for(cast, case)
    stages.mark_left(request)
    stages.answer(request, "Items 1-8 have been removed.")
    stages.answer(request, "We have also removed item 9.")
    while file_next():
        pass
    reply = request.replies.order_by("received_at")[0]
    accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(request, "gone", numbers=range(1, 5))
    return case


def asked_for(cast, case: Case) -> TakedownRequest:
    """An approved request for as many of the items as one letter takes."""
    telegram = stages.telegram(cast)
    request = draft_request(
        case=case,
        contact=telegram.contacts.get(),
        items=askable(case, telegram, Measure.DELETE)[:200],
        by=cast.analyst,
        language="en",
        deadline_hours=24,
    )
    submit(request=request, by=cast.analyst)
    approve(request=request, digest=request.revisions.get().body_sha256, by=cast.supervisor)
    request.refresh_from_db()
    return request


def counted(client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def pages_of(case: Case) -> dict[str, str]:
    item = case.items.filter(standing="removed").first()
    return {
        "desk": "/",
        "reports": "/reports/",
        "report": f"/reports/{case.reports.first().pk}/",
        "form": "/reports/new/",
        "cases": "/cases/",
        "case": f"/cases/{case.pk}/",
        "items at one standing": f"/cases/{case.pk}/?standing=removed",
        "outcome": f"/cases/{case.pk}/outcome/",
        "item": f"/cases/{case.pk}/items/{item.pk}/",
        "waiting": "/waiting/to-confirm/",
        "overview": "/overview/",
        "audit": "/audit/",
    }


def all_counts(cast, client, case: Case) -> dict[str, int]:
    found = {}
    for name, url in pages_of(case).items():
        client.force_login(cast.auditor if name == "audit" else cast.supervisor)
        found[name] = counted(client, url)
    return found


def test_pages_ask_the_same_few_queries_with_ten_items_and_with_a_thousand(cast, client):
    few = all_counts(cast, client, full_case(cast, 10))
    many = all_counts(cast, client, full_case(cast, 1000))
    assert few == many
    assert max(few.values()) <= 12, few
    print(few)  # noqa: T201  # the figures for a note: pytest -s


def test_a_page_of_a_thousand_items_shows_a_hundred_and_the_sums_of_all(cast, client):
    case = case_with(cast, 1000)
    client.force_login(cast.analyst)
    page = client.get(f"/cases/{case.pk}/?page=2")
    assert page.context["tally"].items == 1000
    assert len(page.context["rows"]) == 100
    assert page.context["page"].paginator.num_pages == 10
    assert len(client.get(f"/cases/{case.pk}/outcome/").context["lines"]) == 1000
