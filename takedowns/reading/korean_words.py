"""Korean words round an outcome: sets ("모두", "나머지", "제외하고"), doubts, and what was removed from where."""

import re

from takedowns.reading.korean import WORDS
from takedowns.reading.marks import Board, Kind

_SETS = tuple(
    (WORDS.find_pieces(section), kind, value)
    for section, kind, value in (
        ("and more", Kind.DOUBT, "and more"),  # "1번 외 24건": number 1 and 24 more, or all 24 but number 1
        ("except", Kind.EXCEPT, ""),
        ("rest", Kind.REST, ""),
        ("all", Kind.ALL, ""),
        ("partial", Kind.PARTIAL, ""),
    )
)
_NO_PART = WORDS.find_pieces("no part")  # "우선 1~3번을": first of all, but these and no others
_HARMLESS = WORDS.plain("harmless")
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎ]+")
_PARTICLE = re.compile(
    r"(?:에서는|에서|에게|께서|으로는|으로|로|에는|에|의|은|는|이|가|을|를|와|과|도|들|님|입니다|이며|하여|하신|된|드립니다|되어)$"
)
_TERM = re.compile(r"\d{1,4} ?(?:시간|일|주|개월|년) ?(?:동안|간(?!격)|이내|내로|내에|안에|후|뒤)")
_ASKED_FOR = re.compile(r"^(?:을|를)? ?확인.{0,8}(?:주시|바랍|부탁|요청)")
_DOUBT = WORDS.pieces("doubt")
_CONDITION = WORDS.pieces("condition")
_NOT_CONTENT = WORDS.pieces("places not content")
_CHOSEN = re.compile(
    r"(?:확인된|확인되는|확인한|인정되는|인정된|판단된|판단되는|판단한|위반한|위반하는|위반된|해당하는|해당되는|위배되는|위배된|발견된|식별된|불법|유해)"
    r" ?(?:게시물|게시글|건|것|글|영상|동영상|콘텐츠|컨텐츠|자료|링크|정보|메시지)"
)
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
_SUBJECT = re.compile(r"([가-힣a-z]{1,15}?)(?:은|는|이|가|을|를|도|에\s?대해|에\s?대하여|에\s?대한)(?=\s)")
_PAPERS = re.compile(f"(?:{WORDS.source('papers')})들?$")
_PART = re.compile(
    r"(?:번|게시물|게시글|글|영상|메시지)의\s{1,2}(?:[가-힣]{1,6}\s{1,2}){0,2}?"
    r"([가-힣]{1,10})(?:을|를|이|가|은|는|만)(?=\s)"
)
_RIGHT_BEFORE = re.compile(
    r"([가-힣]{2,15}?)들?(?:은|는|을|를|이|가|도)?\s{1,2}"
    r"(?:(?:모두|전부|전량|일괄|즉시|다|싹|바로|완전히|영구|금일|오늘|방금)\s{1,2}){1,3}$"
)
_COUNTED_BEFORE = re.compile(
    r"([가-힣]{2,15})\s?(?:총\s)?\d{1,4}\s?(?:건|개|편|통)[^\s,]{0,2}\s{0,2}(?:[가-힣]{1,4}\s{0,2}){0,2}$"
)
_NUMBERED_BEFORE = re.compile(
    r"(메일|첨부파일|답변|댓글|답글|문의)\s?\d[\d~,\s-]{0,20}(?:번|호)?(?:을|를|은|는)?\s{0,2}$"
)
_WHOLE = re.compile(r"(?:게시물|게시글|글|영상|메시지|링크|url|콘텐츠|컨텐츠|건|항목|것)들?$")
_NOUN_BEFORE = re.compile(r"([가-힣]{2,15})\s{0,2}$")


def scan_korean_sets(board: Board) -> None:
    """Put "모두", "나머지", "제외" on the board; statuses are there already."""
    for pattern, kind, value in _SETS:
        if kind == Kind.PARTIAL:
            board.sweep(_NO_PART)
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


def unknown_words(words: str) -> list[str]:
    """Korean words that nobody has judged harmless in a sentence that says that something was removed."""
    return [word for word in _HANGUL.findall(words) if not _is_harmless(word)]


def _is_harmless(word: str) -> bool:
    for _ in range(3):
        if word in _HARMLESS or not word or _PARTICLE.fullmatch(word):
            return True
        if _is_made_of_harmless(word):
            return True
        shorter = _PARTICLE.sub("", word)
        if shorter == word:
            return False
        word = shorter
    return word in _HARMLESS


def _is_made_of_harmless(word: str) -> bool:
    """Whether harmless words were only written together: "청소년보호정책"."""
    return any(
        word[:at] in _HARMLESS and (word[at:] in _HARMLESS or _is_made_of_harmless(word[at:]))
        for at in range(2, min(len(word) - 1, 8))
    )


def names_a_term(words: str) -> bool:
    """Whether a span of time stands in the words: "30일간"."""
    return bool(_TERM.search(words))


def is_asked_for(status: str, after: str) -> bool:
    """ "삭제하였음을 확인해 주시기 바랍니다" asks us whether it was removed."""
    return status.endswith(("음을", "음", "것을")) and bool(_ASKED_FOR.match(after))


def is_choice(words: str) -> bool:
    """Whether words without numbers pick some: "위반으로 확인된 게시물"."""
    return bool(_CHOSEN.search(words))


def speaks_of_all(words: str) -> bool:
    """Whether words without a number can be about the whole list: not "채널은", not "댓글"."""
    return not _NOT_CONTENT.search(words)


def removes_something_else(before: str) -> bool:
    """Whether the words right before "삭제" name an object or place that is not the content: "댓글을", "목록에서"."""
    if (told := _SUBJECT.findall(before)) and _PAPERS.search(told[-1]):
        return True  # "보내주신 메일은 삭제되었습니다"
    if (part := _PART.search(before)) and not _WHOLE.search(part[1]):
        return True  # "게시물의 첨부 이미지를"
    tail = before[-40:]
    if (noun := _RIGHT_BEFORE.search(tail)) and (_PAPERS.search(noun[1]) or _NOT_OBJECTS.search(noun[1])):
        return True
    if (noun := _COUNTED_BEFORE.search(tail)) and _PAPERS.search(noun[1]):
        return True
    if _NUMBERED_BEFORE.search(tail):
        return True
    if found := _OBJECT.search(tail):
        return bool(_NOT_OBJECTS.search(found[1])) or not _OBJECTS.search(found[1])
    if found := _PLACE.search(tail):
        return not _PLACES.search(found[1])
    if found := _NOUN_BEFORE.search(tail):
        return bool(_NOT_OBJECTS.search(found[1]))
    return False
