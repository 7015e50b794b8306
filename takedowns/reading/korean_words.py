"""Korean words round an outcome: sets ("모두", "나머지", "제외하고"), doubts, and what was removed from where."""

import re

from takedowns.reading.korean import WORDS
from takedowns.reading.marks import Board, Kind

_SETS = tuple(
    (WORDS.pieces(section), kind, value)
    for section, kind, value in (
        ("and more", Kind.DOUBT, "and more"),  # "1번 외 24건": number 1 and 24 more, or all 24 but number 1
        ("except", Kind.EXCEPT, ""),
        ("rest", Kind.REST, ""),
        ("all", Kind.ALL, ""),
        ("partial", Kind.PARTIAL, ""),
    )
)
_DOUBT = WORDS.pieces("doubt")
_CONDITION = WORDS.pieces("condition")
_NOT_CONTENT = WORDS.pieces("places not content")
_OBJECTS = re.compile(f"(?:{WORDS.source('objects')})(?:들)?$")
_NOT_OBJECTS = re.compile(f"(?:{WORDS.source('not objects')})$")
_PLACES = re.compile(f"(?:{WORDS.source('places')})$")

_QUESTION_END = re.compile(
    r"(?:까요?|나요|는지요|은지요|인가요|던가요|을까|습니까|입니까|니까|냐|죠)\s{0,3}[.?!~]{0,5}\s{0,3}$"
)
_OBJECT = re.compile(
    r"([가-힣a-z]{1,15})(?:을|를)\s{0,2}(?:(?:모두|전부|전량|전체|일괄|즉시|다|완전히|영구|금일|오늘|이미)\s{0,2}){0,3}$"
)
_PLACE = re.compile(r"([가-힣a-z]{1,15})(?:에서|으로부터|로부터)\s{0,2}(?:[가-힣]{1,6}\s{0,2}){0,2}$")
_NOUN_BEFORE = re.compile(r"([가-힣]{2,15})\s{0,2}$")


def scan_korean_sets(board: Board) -> None:
    """Put "모두", "나머지", "제외" on the board; statuses are there already."""
    for pattern, kind, value in _SETS:
        board.find(pattern, kind, value)


def is_question_or_condition(sentence: str) -> bool:
    """Whether a sentence asks, asks for, or sets a condition."""
    return is_question(sentence) or bool(_CONDITION.search(sentence))


def is_question(sentence: str) -> bool:
    """Whether a sentence asks."""
    return bool(_QUESTION_END.search(sentence[-40:]))


def has_doubt(words: str) -> bool:
    """Whether words round an outcome deny, hedge or report it."""
    return bool(_DOUBT.search(words))


def speaks_of_all(words: str) -> bool:
    """Whether words without a number can be about the whole list: not "채널은", not "댓글"."""
    return not _NOT_CONTENT.search(words)


def removes_something_else(before: str) -> bool:
    """Whether the words right before "삭제" name an object or place that is not the content: "댓글을", "목록에서"."""
    tail = before[-40:]
    if found := _OBJECT.search(tail):
        return bool(_NOT_OBJECTS.search(found[1])) or not _OBJECTS.search(found[1])
    if found := _PLACE.search(tail):
        return not _PLACES.search(found[1])
    if found := _NOUN_BEFORE.search(tail):
        return bool(_NOT_OBJECTS.search(found[1]))
    return False
