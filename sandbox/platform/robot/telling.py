"""What a planned step will do, in words for the desk and for scripts."""

from ..correspondence import Opened
from ..numbers import compress
from ..words import word
from .acts import manner_of
from .schedule import Step
from .texts import said


def describe(step: Step, opened: Opened, language: str) -> str:
    """One line without a full stop at its end: "Remove 1-6, 8-20"."""
    how = manner_of(step, opened)
    told = " ".join(said(how, language).removesuffix(".").split("\n"))
    if step in (Step.OUT_OF_OFFICE, Step.ANSWER_TEST):
        return word(f"plan_{step}", language)
    if step is Step.REMOVE_REST:
        return word("plan_remove", language, numbers=compress(how.later))
    if step in (Step.REMOVE_FIRST, Step.REMOVE_AGAIN):
        unsaid = (*how.silent, *how.absent)
        key = "plan_remove_silently" if unsaid else "plan_remove"
        return word(key, language, numbers=compress(how.removed), silent=compress(unsaid))
    if step is Step.ANSWER_REST:
        return word("plan_answer_rest", language, numbers=compress(how.later))
    return word("plan_answer_follow_up" if step is Step.ANSWER_FOLLOW_UP else "plan_answer", language, said=told)
