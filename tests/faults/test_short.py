"""The short ones of `make faults`: whatever breaks, no letter is lost and none leaves twice."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.faults import scenarios
from tests.faults.post import Nursery, Row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def nursery(django_db_setup: None) -> Iterator[Nursery]:
    one = Nursery()
    yield one
    one.close()


@pytest.mark.parametrize(
    "scenario",
    [
        partial(scenarios.killed_at, step="data", times=3),
        partial(scenarios.killed_at_random, letters=40),
        partial(scenarios.cut_after_data, letters=30),
        partial(scenarios.archive_late, letters=15, most=6.0, says="beyond the wait"),
    ],
    ids=["killed at DATA", "killed at random", "cut after DATA", "archive late"],
)
def test_nothing_lost_nothing_doubled(nursery: Nursery, scenario: Callable[[Nursery], Row]) -> None:
    row = scenario(nursery)
    assert (row.lost, row.doubled) == (0, 0), row
    assert row.letters >= 3
