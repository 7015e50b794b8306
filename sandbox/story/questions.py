"""How to see from the house's rows that an act of the story is done. Pure: facts in, yes or no out."""

from collections.abc import Callable
from uuid import UUID

from cases.states import Standing
from mailroom.states import Kind
from sandbox.story import script
from sandbox.story.facts import Facts, ReplyFacts, RequestFacts
from takedowns.states import LetterKind, RequestStatus

NOBODY = UUID(int=0)
Question = Callable[[Facts], bool]


def never(facts: Facts) -> bool:
    return False


def status_is(*statuses: RequestStatus) -> Question:
    return lambda facts: _request(facts).status in statuses


def left(facts: Facts) -> bool:
    return _request(facts).left_at is not None


def in_a_case(facts: Facts) -> bool:
    return facts.case is not None and not facts.waiting


def all_known(facts: Facts) -> bool:
    return set(facts.items) >= set(script.SCHOOL_NUMBERS)


def _request(facts: Facts) -> RequestFacts:
    return facts.request or RequestFacts(id=NOBODY, status="")


def _automatic(facts: Facts) -> list[ReplyFacts]:
    return [reply for reply in _request(facts).replies if reply.kind == Kind.AUTO_REPLY]


def heard(facts: Facts) -> bool:
    """An automatic answer came back."""
    return bool(_automatic(facts))


def put_away(facts: Facts) -> bool:
    return heard(facts) and all(reply.handled for reply in _automatic(facts))


def answered_at_once(facts: Facts) -> bool:
    """A person's answer came, and no automatic one."""
    return answered(1)(facts) and not heard(facts)


def silently_gone(facts: Facts) -> bool:
    """The one that goes without a word was found gone."""
    return facts.standing(script.SILENT) == Standing.REMOVED


def looked_at_all(facts: Facts) -> bool:
    """There is an answer already, and the one that may go without a word was looked at since the letter left."""
    item, left_at = facts.items.get(script.SILENT), _request(facts).left_at
    if item is None:
        return True
    return answered(1)(facts) and bool(item.looked_at and left_at and item.looked_at > left_at) and not item.queued


def answered(times: int) -> Question:
    return lambda facts: len(_request(facts).answers) >= times


def read(times: int) -> Question:
    return lambda facts: sum(reply.handled for reply in _request(facts).answers) >= times


def all_read(facts: Facts) -> bool:
    return read(3)(facts) and nothing_to_read(facts)


def nothing_to_read(facts: Facts) -> bool:
    return all(reply.handled for reply in _request(facts).answers)


def over(facts: Facts) -> bool:
    """No answer is awaited any more, and none is unread."""
    return not facts.unsettled and nothing_to_read(facts)


def asked_again(facts: Facts) -> bool:
    return any(letter.kind == LetterKind.FOLLOW_UP for letter in _request(facts).letters)


def lost(facts: Facts) -> bool:
    """A letter came back, or was refused."""
    return any(letter.lost for letter in _request(facts).letters)


def nothing_lost(facts: Facts) -> bool:
    return not lost(facts)


def sent_again(facts: Facts) -> bool:
    return any(letter.again for letter in _request(facts).letters)


def arrived(facts: Facts) -> bool:
    """Something came back that only a reader of the letter, or its mailbox, can have written."""
    return heard(facts) or answered(1)(facts)


def nothing_contradicted(facts: Facts) -> bool:
    return not facts.at(Standing.CONTRADICTED)


def went_on(facts: Facts) -> bool:
    """What came after the first answer has begun."""
    return asked_again(facts) or read(2)(facts)


def checked(facts: Facts) -> bool:
    return not facts.at(Standing.CLAIMED)


def all_checked(facts: Facts) -> bool:
    return checked(facts) and not facts.queued


def settled(facts: Facts) -> bool:
    return bool(facts.items) and not facts.unsettled and not facts.queued


def confirmed(facts: Facts) -> bool:
    return bool(facts.items) and facts.confirmed == len(facts.items)


def closed(facts: Facts) -> bool:
    return facts.case is not None and facts.case.closed


def nothing_offered(facts: Facts) -> bool:
    return _request(facts).offer is None


def test_sent(facts: Facts) -> bool:
    offer = _request(facts).offer
    return offer is not None and (offer.asked or offer.tested)


def test_answered(facts: Facts) -> bool:
    offer = _request(facts).offer
    return offer is not None and offer.tested


def offer_active(facts: Facts) -> bool:
    offer = _request(facts).offer
    return offer is not None and offer.active
