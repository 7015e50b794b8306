"""Two people at once, the same click twice, a failure in the middle."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from audit.errors import Refused
from cases.models import Case, CaseReport, CheckOrder, ContentItem, Counter, Locator, Report
from cases.services import (
    close_case,
    group_reports,
    next_number,
    order_checks,
    record_check,
    record_outcome,
    record_report,
)
from cases.states import NumberKind, OutcomeKind, Source
from tests.at_once import at_once, failures
from tests.cases.reporting import case_with, links, reported

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_analysts_submit_the_same_links_in_different_order_at_the_same_moment(cast):
    text = links(200)
    backwards = "\n".join(reversed(text.splitlines()))
    for _round in range(3):
        results = at_once(
            [
                lambda: reported(cast, text, institution="Portal Demo School"),
                lambda: reported(cast, backwards, by=cast.second_analyst, institution="Portal Demo School"),
            ]
        )
        assert failures(results) == []
    assert Report.objects.count() == 6
    assert ContentItem.objects.count() == Locator.objects.count() == 200


def test_new_sites_in_different_order_at_the_same_moment(cast):
    sites = [f"https://site-{n}.example.org/{n}" if n % 2 else f"https://example-{n}.com/x" for n in range(40)]
    results = at_once(
        [
            lambda: reported(cast, "\n".join(sites)),
            lambda: reported(cast, "\n".join(reversed(sites)), by=cast.second_analyst),
        ]
    )
    assert failures(results) == []
    assert ContentItem.objects.count() == 40


def test_the_same_submission_ten_times_at_once_is_one_report(cast):
    key = "00000000-0000-4000-8000-000000000009"
    results = at_once([lambda: reported(cast, links(5), submission_key=key).pk for _ in range(10)])
    assert failures(results) == []
    assert len(set(results)) == 1
    assert Report.objects.count() == 1
    assert Counter.objects.get(kind=NumberKind.REPORT).value == 1


def test_official_numbers_have_no_gaps_though_some_fail(cast):
    def fail() -> None:
        with transaction.atomic():
            next_number(kind=NumberKind.REPORT, at=timezone.now())
            raise RuntimeError("after the number was taken")

    results = at_once([fail if n % 3 == 0 else (lambda: reported(cast, links(1)).number) for n in range(12)])
    assert len(failures(results)) == 4
    assert sorted(Report.objects.values_list("number", flat=True)) == [
        f"R{timezone.localtime().year}-{n:06d}" for n in range(1, 9)
    ]


def test_a_report_is_grouped_once_however_many_press(cast):
    report = reported(cast)
    results = at_once(
        [
            lambda: group_reports(by=cast.analyst, reports=[report], title="One"),
            lambda: group_reports(by=cast.second_analyst, reports=[report], title="Other"),
        ]
    )
    refused = failures(results)
    assert len(refused) == 1
    assert isinstance(refused[0], Refused)
    assert Case.objects.count() == CaseReport.objects.count() == 1


def test_reports_put_into_one_case_at_once_all_arrive(cast):
    case = case_with(cast, 2)
    more = [reported(cast, links(3)) for _ in range(6)]
    results = at_once([partial(group_reports, by=cast.analyst, reports=[report], case=case) for report in more])
    assert failures(results) == []
    assert case.case_reports.count() == 7
    assert case.items.count() == 3


def test_checks_ordered_by_many_at_once_are_one_an_item(cast):
    items = list(case_with(cast, 10).items.all())
    results = at_once([lambda: order_checks(items=reversed(items), why="person", by=cast.analyst) for _ in range(5)])
    assert failures(results) == []
    assert CheckOrder.objects.count() == 10


def test_a_case_is_never_closed_over_an_item_that_comes_back(cast):
    """Closing and finding it there again, at the same moment, in whichever order: the case ends up open."""
    for first in range(100, 600, 100):
        report = reported(cast, links(1, first=first))
        case = group_reports(by=cast.analyst, reports=[report], title="Demo")
        item = case.items.get()
        record_check(item=item, outcome="gone", method="http", at=timezone.now())
        record_outcome(case=case, item=item, by=cast.analyst, kind=OutcomeKind.GONE_UNASKED, reason="Gone.")
        results = at_once(
            [
                partial(close_case, case=case, by=cast.analyst),
                partial(record_check, item=item, outcome="live", method="http", at=timezone.now()),
            ]
        )
        assert all(isinstance(failure, Refused) for failure in failures(results)), results
        case.refresh_from_db()
        assert case.status == "open"


def test_nobody_records_for_another_team(cast):
    with pytest.raises(Refused):
        record_report(by=cast.outsider, team=cast.team, text=links(1), source=Source.POLICE, received_at=timezone.now())
    with pytest.raises(Refused):
        record_report(by=cast.auditor, team=cast.team, text=links(1), source=Source.POLICE, received_at=timezone.now())
    assert not Report.objects.exists()
