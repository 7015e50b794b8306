"""What a step does: messages that go, or an answer that is ready to leave."""

from .. import answers
from ..correspondence import Opened
from ..quick import DEDICATED
from ..store import Store
from . import manner, texts
from .manner import Manner
from .schedule import Step
from .understanding import language

REMOVALS = (Step.REMOVE_FIRST, Step.REMOVE_REST, Step.REMOVE_AGAIN)


def manner_of(step: Step, opened: Opened) -> Manner:
    asked_again = step in (Step.REMOVE_AGAIN, Step.ANSWER_FOLLOW_UP)
    return manner.of_follow_up(opened.entries) if asked_again else manner.of_request(opened.entries)


def remove(store: Store, step: Step, opened: Opened) -> None:
    """Take off the public pages what this step is about; done twice it changes nothing more."""
    how = manner_of(step, opened)
    numbers = set(how.later if step is Step.REMOVE_REST else how.first_to_go)
    posts = [entry.post for entry in opened.entries if entry.post and entry.link.number in numbers]
    for room in dict.fromkeys(post.room for post in posts):
        store.remove(room=room, ids=[post.id for post in posts if post.room == room])


def answer(step: Step, opened: Opened) -> answers.Outgoing:
    """The step's answer in the letter's language. Raises answers.NotSent when there is nobody to answer to."""
    letter, code = opened.letter, language(opened.letter)
    if step is Step.OUT_OF_OFFICE:
        subject = texts.AUTOMATIC_SUBJECT[code].format(letter.subject)
        return answers.compose(letter=letter, text=texts.out_of_office(code), subject=subject, is_automatic=True)
    text = f"{_text(step, opened, code)}\n\n{answers.quoted(letter, code)}"
    return answers.compose(letter=letter, text=text)


def _text(step: Step, opened: Opened, code: str) -> str:
    how = manner_of(step, opened)
    if step is Step.ANSWER_TEST:
        return texts.test_answer(code)
    if step is Step.ANSWER_FOLLOW_UP:
        return texts.follow_up_answer(how, code)
    if step is Step.ANSWER_REST:
        return texts.last_answer(how, code, offer=_is_offered(opened))
    return texts.first_answer(how, code)


def _is_offered(opened: Opened) -> bool:
    """Not to who writes there already, nor in the small story."""
    return answers.sender(opened.letter) != DEDICATED and not manner.of_request(opened.entries).absent
