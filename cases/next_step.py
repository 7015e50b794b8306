"""The one thing that a case waits for next. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cases.queries.tally import Tally
from cases.states import CaseStatus, Standing


class Step(StrEnum):
    CLOSED = "closed"
    GROUP = "group"
    LETTER = "letter"
    RESEND = "resend"
    HAND = "hand"
    READ = "read"
    FINISH = "finish"
    CHECK = "check"
    CHECKING = "checking"
    CONFIRM = "confirm"
    FOLLOW = "follow"
    REMIND = "remind"
    ASK = "ask"
    APPROVAL = "approval"
    DECIDE = "decide"
    WAIT = "wait"
    CLOSE = "close"


@dataclass(frozen=True)
class RequestFacts:
    """What the rule wants to know of a request. `reply`: the oldest one that nobody has read; `letter_state`: of the
    latest letter, or "uncertain", "undelivered" or "by_hand" when any of them needs a person.

    `to_follow`: items that are still there or came back and that a follow-up can name now; `overdue`: items without a
    final answer after their deadline.
    """

    id: UUID
    status: str
    letter_state: str
    reply: UUID | None
    confirmable: int
    to_follow: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class NextStep:
    """`count` items (or replies) that it is about; `target`: the request or reply to open.

    `again`: how many of the items to ask for were asked for before.
    """

    step: Step
    count: int = 0
    target: UUID | None = None
    again: int = 0

    @property
    def new(self) -> int:
        return self.count - self.again


AWAY = frozenset({Standing.CONTRADICTED, Standing.REAPPEARED})
UNANSWERED = frozenset({Standing.OPEN, Standing.IN_PROGRESS})
TO_ASK = (Standing.OPEN, Standing.REAPPEARED, Standing.CONTRADICTED, Standing.CLAIMED)
TO_DECIDE = (Standing.REFUSED, Standing.GEO_BLOCKED, Standing.UNVERIFIABLE)


def next_step(*, status: str, tally: Tally, requests: Sequence[RequestFacts]) -> NextStep:
    """What a person should do next: what came in first, then what can be finished, then what can be begun."""
    if status == CaseStatus.CLOSED:
        return NextStep(Step.CLOSED)
    if not tally.items:
        return NextStep(Step.GROUP)
    for found in (_mail(requests), _checks(tally), _confirm(requests), _ask(tally), _wait(tally, requests)):
        if found:
            return found
    if queued := tally.of(queued=True):
        return NextStep(Step.CHECKING, queued)
    return NextStep(Step.CLOSE)


def _mail(requests: Sequence[RequestFacts]) -> NextStep | None:
    open_ones = [request for request in requests if request.status not in ("closed", "withdrawn")]
    for request in open_ones:
        # Before the replies: the report that it came back is one of them.
        if request.letter_state == "undelivered":
            return NextStep(Step.RESEND, 1, request.id)
    unread = [request for request in requests if request.reply]
    if unread:
        return NextStep(Step.READ, len(unread), unread[0].reply)
    for request in open_ones:
        if request.letter_state == "uncertain":
            return NextStep(Step.LETTER, 1, request.id)
    for request in open_ones:
        if request.letter_state == "by_hand":
            return NextStep(Step.HAND, 1, request.id)
    for request in requests:
        if request.status == "draft":
            return NextStep(Step.FINISH, 1, request.id)
    return None


def _checks(tally: Tally) -> NextStep | None:
    if unchecked := tally.of(Standing.CLAIMED, queued=False):
        return NextStep(Step.CHECK, unchecked)
    # A removal that is being looked at once more is neither confirmed nor closed before the answer is there.
    if queued := tally.of(Standing.CLAIMED, Standing.REMOVED, queued=True):
        return NextStep(Step.CHECKING, queued)
    return None


def _confirm(requests: Sequence[RequestFacts]) -> NextStep | None:
    for request in requests:
        if request.confirmable and request.status not in ("draft", "awaiting_approval", "withdrawn"):
            return NextStep(Step.CONFIRM, request.confirmable, request.id)
    return None


def _ask(tally: Tally) -> NextStep | None:
    unasked = tally.of(*TO_ASK, asked=False)
    return NextStep(Step.ASK, unasked) if unasked else None


def _wait(tally: Tally, requests: Sequence[RequestFacts]) -> NextStep | None:
    for request in requests:
        if request.status == "awaiting_approval":
            return NextStep(Step.APPROVAL, 1, request.id)
    for request in requests:
        if request.to_follow:
            return NextStep(Step.FOLLOW, request.to_follow, request.id)
    for request in requests:
        if request.overdue:
            return NextStep(Step.REMIND, request.overdue, request.id)
    if unsettled := tally.unsettled:
        return NextStep(Step.WAIT, unsettled)
    if undecided := tally.of(*TO_DECIDE, ended=False):
        return NextStep(Step.DECIDE, undecided)
    if left := tally.of(ended=False):
        return NextStep(Step.DECIDE, left)
    return None
