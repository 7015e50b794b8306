"""What it costs to read a mail in a child: warm, with a fork for each mail, beside a process started for each mail."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from django.conf import settings

from mailroom.children import CannotRead
from mailroom.parsing import parse, parse_measured
from tests.benchmarks.report import report
from tests.mailroom.shared_mail import mails

# The same code, the same limits, a process from nothing: what it was before the child was warm.
COLD = (
    "import sys; sys.path.append(sys.argv[1]); from mailroom.parse_child.main import work;"
    "sys.stdout.buffer.write(work(sys.stdin.buffer.read(), {'seconds': 10}))"
)


def cold(data: bytes) -> None:
    command = [sys.executable, "-I", "-S", "-c", COLD, str(settings.BASE_DIR)]
    json.loads(subprocess.run(command, input=data, capture_output=True, check=True, env={}, cwd="/").stdout)


def a_second(read: Callable[[bytes], object], datas: list[bytes]) -> float:
    began = time.perf_counter()
    for data in datas:
        try:
            read(data)
        except CannotRead:
            continue
    return len(datas) / (time.perf_counter() - began)


def test_mails_a_second_through_the_child() -> None:
    datas = [path.read_bytes() for path in mails() if not path.name.endswith(".json")]
    parse(datas[0])
    figures = {
        "warm child, every mail at hand": a_second(parse, datas),
        "a process for each, every fifteenth mail": a_second(cold, datas[::15]),
    }
    report("parsing_child", figures, "mails/s")


def test_memory_of_the_child_at_the_worst_mail() -> None:
    peaks: list[tuple[int, str]] = []
    for path in mails():
        try:
            peaks.append((parse_measured(path.read_bytes())[1], path.name))
        except CannotRead:
            continue
    small = parse_measured(b"From: a@b.test\r\n\r\nhello\r\n")[1]
    full = b"From: a@b.test\r\n\r\n" + b"1. removed, a line of some length\r\n" * (settings.MAIL_MAX_BYTES // 40)
    peak, name = max(peaks)
    figures = {
        "a mail of one line": small / 1024,
        f"the worst mail at hand ({name})": peak / 1024,
        "a mail of nearly the largest size": parse_measured(full)[1] / 1024,
    }
    report("parsing_memory", figures, "MB")
