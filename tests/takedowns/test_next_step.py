"""What a request waits for next: what is stuck first, then what came in, then what can be finished."""

from typing import Any

import pytest

from takedowns.next_step import Facts, Step, next_step

LEFT: dict[str, Any] = {"status": "approved", "left": True}
ROWS: list[tuple[dict[str, Any], Step]] = [
    ({"status": "draft"}, Step.SUBMIT),
    ({"status": "draft", "returned": True}, Step.RETURNED),
    ({"status": "awaiting_approval"}, Step.APPROVAL),
    ({"status": "awaiting_approval", "may_decide": True, "returned": True}, Step.DECIDE),
    ({"status": "approved"}, Step.LEAVING),
    (LEFT, Step.WAIT),
    (LEFT | {"lost": 1, "unread": 1}, Step.RESEND),
    (LEFT | {"uncertain": 1, "unread": 1}, Step.UNCERTAIN),
    (LEFT | {"unread": 1, "confirmable": 3}, Step.READ),
    (LEFT | {"confirmable": 3, "to_follow": 1}, Step.CONFIRM),
    (LEFT | {"to_follow": 1, "claimed": 1}, Step.FOLLOW),
    (LEFT | {"claimed": 1}, Step.CHECKING),
    (LEFT | {"status": "answered"}, Step.ANSWERED),
    (LEFT | {"status": "closed"}, Step.ENDED),
    (LEFT | {"status": "closed", "unread": 1}, Step.READ),
    (LEFT | {"status": "closed", "confirmable": 1}, Step.CONFIRM),
    ({"status": "withdrawn"}, Step.ENDED),
]


@pytest.mark.parametrize(("facts", "step"), ROWS, ids=[f"{step}-{n}" for n, (_facts, step) in enumerate(ROWS)])
def test_the_next_step(facts: dict[str, Any], step: Step) -> None:
    assert next_step(Facts(**facts)) == step
