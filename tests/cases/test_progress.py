"""How far the checks have come, as the case page tells it while they run."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import CheckOrder
from cases.queries.progress import Progress, progress_of
from cases.services import order_case_checks, record_check
from tests.cases.reporting import case_with, others_case

pytestmark = pytest.mark.django_db


def find(order: CheckOrder) -> None:
    record_check(item=order.item, outcome="live", method="telegram_preview", at=timezone.now(), order=order)


def orders_of(case) -> list[CheckOrder]:
    return list(CheckOrder.objects.filter(item__case_items__case=case, done_at=None).order_by("pk"))


def test_checks_are_counted_from_the_oldest_that_waits(cast, client):
    case, other = case_with(cast, 5), others_case(cast, 3)
    order_case_checks(case=other, items=other.items.all(), by=cast.outsider)
    assert progress_of(case) == Progress(0, 0)
    order_case_checks(case=case, items=case.items.all(), by=cast.analyst)
    assert progress_of(case) == Progress(0, 5)
    first, second, *rest = orders_of(case)
    find(first)
    find(second)
    assert progress_of(case) == Progress(2, 5)
    client.force_login(cast.analyst)
    html = client.get(f"/cases/{case.pk}/").content.decode()
    assert "2 of 5 checked" in html
    assert '<progress id="checks-progress" value="2" max="5"' in html
    assert 'hx-trigger="every' in html
    for order in rest:
        find(order)
    assert progress_of(case) == Progress(0, 0)
    html = client.get(f"/cases/{case.pk}/").content.decode()
    assert "<progress" not in html
    assert "hx-trigger" not in html


def test_earlier_rounds_and_later_ones_are_not_waited_for(cast):
    case = case_with(cast, 3)
    order_case_checks(case=case, items=case.items.all(), by=cast.analyst)
    for order in orders_of(case):
        find(order)
    order_case_checks(case=case, items=case.items.all()[:2], by=cast.analyst)
    assert progress_of(case) == Progress(0, 2)
    CheckOrder.objects.filter(done_at=None).update(due_at=timezone.now() + timedelta(hours=1))
    assert progress_of(case) == Progress(0, 0)
