"""How long a newcomer waits: first and second start of everything, beside a bare PostgreSQL of the same wheel."""

import time
from collections.abc import Callable
from pathlib import Path

from sandbox.postgres import Postgres
from sandbox.secret_values import load_or_make
from sandbox.stack import Stack
from tests.benchmarks.report import report
from tests.servers import without_servers


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def test_start_and_stop(tmp_path: Path):
    tmp_path.chmod(0o755)
    bare = Postgres(tmp_path / "bare", load_or_make(tmp_path))
    stack = Stack(var=tmp_path / "var", given=without_servers())
    figures: dict[str, float] = {}
    try:
        figures["bare PostgreSQL, empty folder"] = seconds(bare.start)
        figures["everything, empty folder"] = seconds(stack.start_all)
        figures["clean stop"] = seconds(stack.stop_all)
        figures["everything, data kept"] = seconds(stack.start_all)
    finally:
        stack.stop_all()
        bare.stop()
    report("start", figures, "s")
