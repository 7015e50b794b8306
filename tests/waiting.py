"""Waiting for something that another process does, with a deadline instead of a guess."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(
    predicate: Callable[[], T | None], timeout: float = 20, what: str = "the awaited state", every: float = 0.05
) -> T:
    """Ask `predicate` every `every` seconds; its first true answer, or a failure naming `what` after `timeout` s."""
    deadline = time.monotonic() + timeout
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout:g} s (last answer: {answer!r})")
        time.sleep(every)
