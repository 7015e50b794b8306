"""The steps about a letter, and after how many story hours each comes."""

from enum import StrEnum

from .manner import Manner


class Step(StrEnum):
    OUT_OF_OFFICE = "out_of_office"
    REMOVE_FIRST = "remove_first"
    ANSWER_FIRST = "answer_first"
    REMOVE_REST = "remove_rest"
    ANSWER_REST = "answer_rest"
    REMOVE_AGAIN = "remove_again"
    ANSWER_FOLLOW_UP = "answer_follow_up"
    ANSWER_TEST = "answer_test"


FIRST = {Step.OUT_OF_OFFICE: 0.5, Step.REMOVE_FIRST: 2.0, Step.ANSWER_FIRST: 8.0}
REST = {Step.REMOVE_REST: 71.0, Step.ANSWER_REST: 72.0}
FOLLOW_UP = {Step.REMOVE_AGAIN: 1.0, Step.ANSWER_FOLLOW_UP: 3.0}
REST_AFTER_FOLLOW_UP = {Step.REMOVE_REST: 7.0, Step.ANSWER_REST: 8.0}  # being asked again makes it look sooner
TEST = {Step.ANSWER_TEST: 1.0}


def for_request(manner: Manner) -> dict[Step, float]:
    return FIRST | REST if manner.later else dict(FIRST)
