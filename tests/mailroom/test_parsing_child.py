"""The warm child: limits for each mail, nothing left behind by one for the next, and a death that costs one mail."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailroom.children import CannotRead, Child, Children
from mailroom.parsing import Parsed, parse, parse_measured
from mailroom.states import Unreadable
from tests.at_once import at_once, failures
from tests.waiting import until

MODULE, OPTIONS = "mailroom.parse_child.main", ["-S"]
ORDER = {"seconds": 10.0, "memory": 768 * 2**20}
MAIL = b"From: Liaison <dmca@telegram.test>\r\nSubject: Re\r\n\r\n1-20 removed\r\n"


@pytest.fixture
def child() -> Iterator[Child]:
    one = Child(OPTIONS, MODULE)
    yield one
    one.end()


def forks_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def why(data: bytes) -> Unreadable:
    with pytest.raises(CannotRead) as failure:
        parse(data)
    return failure.value.why


def test_many_mails_go_through_one_process(child: Child) -> None:
    first = child.ask(MAIL, ORDER).output
    assert b"1-20 removed" in first
    assert all(child.ask(MAIL, ORDER).output == first for _ in range(20))
    until(lambda: len(forks_of(child.pid)) == 1, what="one fork waits for the next mail, and no other is left")


def test_a_mail_leaves_nothing_behind_in_memory(child: Child) -> None:
    """The process that serves the next mail has never held a byte of this one."""
    mark = b"the-mark-of-this-mail"
    child.ask(MAIL + mark * 1000, ORDER)
    for line in Path(f"/proc/{child.pid}/maps").read_text().splitlines():
        if " rw-p " in line or line.split()[1].startswith("rw"):
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            with open(f"/proc/{child.pid}/mem", "rb", buffering=0) as memory:
                memory.seek(start)
                assert mark not in (memory.read(end - start) or b"")


def test_after_a_mail_that_was_too_much_the_same_process_goes_on(child: Child) -> None:
    with pytest.raises(CannotRead) as failure:
        child.ask(MAIL + b"x" * 30_000_000, {**ORDER, "memory": 64 * 2**20})
    assert failure.value.why == Unreadable.CHILD_DIED
    with pytest.raises(CannotRead) as failure:
        child.ask(MAIL, {**ORDER, "seconds": 0.0001})
    assert failure.value.why == Unreadable.OUT_OF_TIME
    assert child.is_alive
    assert b"1-20 removed" in child.ask(MAIL, ORDER).output


def test_wall_time_memory_and_size_are_limits_for_each_mail(settings: Any) -> None:
    settings.MAIL_PARSE_SECONDS = 0.0001
    assert why(MAIL) == Unreadable.OUT_OF_TIME
    settings.MAIL_PARSE_SECONDS, settings.MAIL_PARSE_MEMORY = 10.0, 64 * 2**20
    assert why(MAIL + b"x" * 30_000_000) == Unreadable.CHILD_DIED
    settings.MAIL_MAX_BYTES = 1000
    assert why(MAIL + b"x" * 1000) == Unreadable.TOO_LARGE
    assert isinstance(parse(MAIL), Parsed)


def test_a_process_that_dies_costs_one_mail_and_is_replaced() -> None:
    children = Children(MODULE, OPTIONS)
    children.ask(MAIL, ORDER)
    (first,) = children._idle
    (waiting,) = until(lambda: forks_of(first.pid), what="a fork waits")
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: not first.is_alive, what="the first process is gone")
    assert b"1-20 removed" in children.ask(MAIL, ORDER).output
    (second,) = children._idle
    assert second.pid != first.pid
    until(lambda: is_dead(waiting), what="its fork has ended as well")
    second.end()


def test_a_fork_that_dies_before_its_order_never_answers_for_another(child: Child) -> None:
    """Its report comes unasked; read as that of the next mail, every answer would be that of the mail before."""
    (waiting,) = until(lambda: forks_of(child.pid), what="a fork waits")
    os.kill(waiting, signal.SIGKILL)
    until(lambda: forks_of(child.pid) not in ([], [waiting]), what="another one waits")
    with pytest.raises(CannotRead) as failure:
        child.ask(MAIL, ORDER)
    assert failure.value.why == Unreadable.CHILD_DIED
    assert not child.is_alive


def test_a_process_that_says_nothing_is_ended_with_its_forks(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailroom.children.GRACE_SECONDS", 0.0)
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(CannotRead) as failure:
        child.ask(MAIL, {**ORDER, "seconds": 0.2})
    assert failure.value.why == Unreadable.OUT_OF_TIME
    assert not child.is_alive


def test_the_child_ends_when_nobody_asks_any_more(child: Child) -> None:
    child._control.close()
    until(lambda: not child.is_alive, what="the warm process has ended by itself")


def test_callers_at_the_same_moment_have_a_process_each() -> None:
    children = Children(MODULE, OPTIONS)
    answers: list[bytes] = []

    def ask(n: int) -> Any:
        return lambda: answers.append(children.ask(MAIL + b"#%d#" % n, ORDER).output)

    assert failures(at_once([ask(n) for n in range(8)])) == []
    assert sorted(n for n in range(8) for answer in answers if b"#%d#" % n in answer) == list(range(8))
    for one in children._idle:
        one.end()


def test_the_fork_has_no_rights_and_no_way_out(child: Child) -> None:
    """Looked at from outside, while it works on a mail that takes a while."""
    seen: dict[str, str] = {}

    def look() -> None:
        def fork() -> bool:
            for pid in forks_of(child.pid):
                try:
                    limits, status = (Path(f"/proc/{pid}/{name}").read_text() for name in ("limits", "status"))
                except OSError:
                    continue
                rows = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
                if rows["Max open files"] == "0" and "Uid:\t0" not in status:
                    seen.update(rows)
                    return True
            return False

        until(fork, what="the fork is confined")

    def work() -> None:
        while not seen:
            child.ask(MAIL + b"x\r\n" * 1_000_000, ORDER)

    assert failures(at_once([look, work])) == []
    assert (seen["Max processes"], seen["Max core file size"], seen["Max address space"]) == (
        "0",
        "0",
        str(768 * 2**20),
    )
    assert seen["Max cpu time"] == "10"


def test_what_the_worst_mail_costs_is_told(record_property: Any) -> None:
    started = time.monotonic()
    _parsed, peak_kb = parse_measured(MAIL + b"<p>word</p>" * 1_000_000)
    record_property("seconds", round(time.monotonic() - started, 2))
    record_property("peak_mb", peak_kb // 1024)
    assert 1024 < peak_kb < 768 * 1024
