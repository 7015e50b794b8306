"""How long the story takes on a house that is up: from the first report to a closed case with 25 removals."""

import time

from tests.benchmarks.report import report
from tests.house import House
from tests.test_story import test_the_25_videos as tell


def test_story_time(house: House) -> None:
    began = time.perf_counter()
    tell(house)
    report("story", {"from the first report to the closed case": time.perf_counter() - began}, "s")
