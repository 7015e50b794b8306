"""`make faults`: break the way of letters in every way that is known, and print what became of them.

Lost: neither in the platform's mailbox nor waiting, uncertain, or refused with a task for a person. Doubled: twice in
the platform's mailbox. Exit code 1 when any letter is either. Times are scaled down (tests/faults/post.py).
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import redis
from django.db import connections

from sandbox.postgres import Postgres
from tests import servers
from tests.conftest import _parsed
from tests.faults import scenarios
from tests.faults.post import Nursery, Row
from tests.mailroom.processes import ROOT, environment

Scenario = Callable[[Nursery], Row]


@contextmanager
def databases() -> Iterator[Postgres]:
    """Servers of this run's own; PostgreSQL keeps its promises, since it will be killed."""
    run = servers.Servers()
    run.postgres.durable = True
    try:
        run.start()
        for alias, name in servers.ALIASES.items():
            connections[alias].settings_dict.update(_parsed(os.environ[name]))
        for alias, name in servers.make_databases("faults").items():
            connections[alias].settings_dict["NAME"] = name
        yield run.postgres
    finally:
        connections.close_all()
        run.stop()


class Program:
    """Another process beside the nursery's."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def two_beats(folder: str) -> Sequence[Program]:
    worker = Program("celery", "--app", "kcsc_portal", "worker", "--pool", "solo", "--without-mingle")
    beats = [
        Program("celery", "--app", "kcsc_portal", "beat", "--pidfile", "", "--schedule", f"{folder}/beat-{n}")
        for n in range(2)
    ]
    return [worker, *beats]


def plan(postgres: Postgres, folder: str) -> list[Scenario]:
    def restart(end: Callable[[], None]) -> None:
        end()
        postgres.start()

    restarts = [partial(restart, end) for end in (postgres.stop, postgres.kill, postgres.stop)]
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    return [
        *(partial(scenarios.killed_at, step=step) for step in scenarios.STEPS),
        scenarios.killed_with_the_answer_on_its_way,
        scenarios.killed_at_random,
        scenarios.cut_after_data,
        scenarios.archive_away,
        scenarios.archive_refused,
        partial(scenarios.archive_late, most=1.5, says="within the wait"),
        partial(scenarios.archive_late, most=12.0, says="beyond the wait"),
        partial(scenarios.broker_flushed, flush=broker.flushall),
        partial(scenarios.database_restarted, restarts=restarts),
        scenarios.clocks_of_processes,
        scenarios.clock_of_database,
        partial(scenarios.two_of_each, beats=partial(two_beats, folder)),
        partial(scenarios.slow_relay, seconds=1.0, says="30 s (of 60; scaled to 1 of 2)"),
        partial(scenarios.slow_relay, seconds=4.0, says="120 s (of 60; scaled to 4 of 2)"),
        scenarios.not_now,
        scenarios.never,
    ]


HEAD = ("scenario", "letters", "lost", "doubled", "uncertain, told", "sent again", "refused, told", "seconds")
WIDTHS = (58, 7, 4, 7, 15, 10, 13, 7)


def tell(row: Row) -> None:
    cells = (
        row.scenario,
        row.letters,
        row.lost,
        row.doubled,
        row.uncertain,
        row.again,
        row.refused,
        f"{row.seconds:.1f}",
    )
    line(cells, "" if row.sound else "  <-- FAULT")


def line(cells: tuple[object, ...], end: str = "") -> None:
    first, *others = (str(cell) for cell in cells)
    rest = "  ".join(cell.rjust(width) for cell, width in zip(others, WIDTHS[1:], strict=True))
    print(f"{first.ljust(WIDTHS[0])}  {rest}{end}", flush=True)


def main(chosen: list[str]) -> int:
    began = time.monotonic()
    rows: list[Row] = []
    with databases() as postgres, tempfile.TemporaryDirectory() as folder:
        nursery = Nursery()
        line(HEAD)
        try:
            for scenario in plan(postgres, folder):
                name = getattr(scenario, "func", scenario).__name__
                if not chosen or name in chosen:
                    rows.append(scenario(nursery))
                    tell(rows[-1])
        finally:
            unsound = not all(row.sound for row in rows)
            nursery.close(keep_log=unsound)
        letters = sum(row.letters for row in rows)
        print(
            f"{letters} letters in {time.monotonic() - began:.0f} s" + (f"; log: {nursery.log.name}" if unsound else "")
        )
    return 1 if unsound else 0
