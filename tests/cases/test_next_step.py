"""What a case waits for next: what came in first, then what can be finished, then what can be begun."""

from uuid import UUID, uuid4

import pytest

from cases.next_step import RequestFacts, Step, next_step
from cases.queries.tally import Group, Tally
from cases.states import Standing

REPLY, REQUEST = uuid4(), uuid4()


def items(standing: Standing, *, ended: bool = False, asked: bool = True, queued: bool = False) -> Tally:
    return Tally((Group(standing, silent=False, ended=ended, asked=asked, queued=queued, count=3),))


def request(
    status: str = "approved",
    letter: str = "accepted",
    reply: UUID | None = None,
    ready: int = 0,
    follow: int = 0,
    overdue: int = 0,
) -> RequestFacts:
    return RequestFacts(
        id=REQUEST,
        status=status,
        letter_state=letter,
        reply=reply,
        confirmable=ready,
        to_follow=follow,
        overdue=overdue,
    )


OPEN, REMOVED = items(Standing.OPEN), items(Standing.REMOVED)
ROWS = [
    ("closed", "closed", OPEN, [], Step.CLOSED, None),
    ("no items", "open", Tally(()), [], Step.GROUP, None),
    ("a reply before all else", "open", items(Standing.CLAIMED), [request(reply=REPLY)], Step.READ, REPLY),
    ("a letter for a web form", "open", OPEN, [request(letter="by_hand")], Step.HAND, REQUEST),
    ("an uncertain letter", "open", OPEN, [request(letter="uncertain")], Step.LETTER, REQUEST),
    ("did not arrive", "open", OPEN, [request(letter="undelivered", reply=REPLY)], Step.RESEND, REQUEST),
    ("lost in a closed request", "open", OPEN, [request("closed", "undelivered")], Step.WAIT, None),
    ("a draft", "open", OPEN, [request("draft", "")], Step.FINISH, REQUEST),
    ("claims to check", "open", items(Standing.CLAIMED), [request()], Step.CHECK, None),
    ("claims being checked", "open", items(Standing.CLAIMED, queued=True), [request()], Step.CHECKING, None),
    ("removals to confirm", "open", REMOVED, [request(ready=3)], Step.CONFIRM, REQUEST),
    ("not asked for yet", "open", items(Standing.OPEN, asked=False), [], Step.ASK, None),
    ("came back, asked again", "open", items(Standing.REAPPEARED, asked=False), [request("closed")], Step.ASK, None),
    ("waits for approval", "open", OPEN, [request("awaiting_approval", "")], Step.APPROVAL, REQUEST),
    ("still there", "open", items(Standing.CONTRADICTED), [request(follow=1)], Step.FOLLOW, REQUEST),
    ("still there, followed up", "open", items(Standing.CONTRADICTED), [request()], Step.WAIT, None),
    ("the deadline passed", "open", OPEN, [request(overdue=2)], Step.REMIND, REQUEST),
    ("asked for", "open", OPEN, [request()], Step.WAIT, None),
    ("platform works on it", "open", items(Standing.IN_PROGRESS), [request()], Step.WAIT, None),
    ("refused", "open", items(Standing.REFUSED), [request()], Step.DECIDE, None),
    ("gone, never asked", "open", items(Standing.REMOVED, asked=False), [], Step.DECIDE, None),
    ("gone, looked at again", "open", items(Standing.REMOVED, queued=True), [request(ready=3)], Step.CHECKING, None),
    ("ended, looked at again", "open", items(Standing.REFUSED, ended=True, queued=True), [], Step.CHECKING, None),
    ("all ended", "open", items(Standing.REMOVED, ended=True), [request()], Step.CLOSE, None),
]


@pytest.mark.parametrize(
    ("status", "tally", "requests", "step", "target"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_the_next_step(status, tally, requests, step, target) -> None:
    found = next_step(status=status, tally=tally, requests=requests)
    assert (found.step, found.target) == (step, target)
