"""The one thing that a request waits for next. Pure: no database, no clock."""

from dataclasses import dataclass
from enum import StrEnum

from takedowns.states import ENDED, RequestStatus


class Step(StrEnum):
    ENDED = "ended"
    RETURNED = "returned"
    SUBMIT = "submit"
    DECIDE = "decide"
    APPROVAL = "approval"
    RESEND = "resend"
    UNCERTAIN = "uncertain"
    HAND = "hand"
    READ = "read"
    CONFIRM = "confirm"
    FOLLOW = "follow"
    LEAVING = "leaving"
    CHECKING = "checking"
    WAIT = "wait"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Facts:
    """What the rule wants to know: counts of letters, replies and items; `may_decide`: the reader could approve."""

    status: str
    returned: bool = False
    may_decide: bool = False
    lost: int = 0
    uncertain: int = 0
    by_hand: int = 0
    unread: int = 0
    confirmable: int = 0
    to_follow: int = 0
    left: bool = False
    claimed: int = 0


BEFORE = {
    (RequestStatus.DRAFT, True): Step.RETURNED,
    (RequestStatus.DRAFT, False): Step.SUBMIT,
    (RequestStatus.AWAITING_APPROVAL, True): Step.DECIDE,
    (RequestStatus.AWAITING_APPROVAL, False): Step.APPROVAL,
}


def next_step(facts: Facts) -> Step:
    """What a person should do next: what is stuck first, then what came in, then what can be finished."""
    status = RequestStatus(facts.status)
    if status in ENDED:
        # Replies come in after the end, too, and what was taken for gone can be confirmed.
        return Step.READ if facts.unread else Step.CONFIRM if facts.confirmable else Step.ENDED
    if status in (RequestStatus.DRAFT, RequestStatus.AWAITING_APPROVAL):
        return BEFORE[status, facts.returned if status == RequestStatus.DRAFT else facts.may_decide]
    due = [
        (Step.RESEND, facts.lost),
        (Step.UNCERTAIN, facts.uncertain),
        (Step.HAND, facts.by_hand),
        (Step.READ, facts.unread),
        (Step.CONFIRM, facts.confirmable),
        (Step.FOLLOW, facts.to_follow),
        (Step.LEAVING, not facts.left),
        (Step.CHECKING, facts.claimed),
        (Step.ANSWERED, status == RequestStatus.ANSWERED),
    ]
    return next((step for step, count in due if count), Step.WAIT)
