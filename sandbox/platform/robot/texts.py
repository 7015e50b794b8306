"""The robot's letters, in English and Korean. A test reads each of them as the portal does."""

from collections.abc import Sequence

from ..numbers import compress
from ..quick import DEDICATED, SIGNATURE
from .manner import Manner

GREETING = {"en": "Hello,", "ko": "안녕하십니까."}
OUT_OF_OFFICE = {
    "en": "Thank you for your message. This is an automatic reply.\n\n"
    "Our office is closed at the moment. We will read your letter when we are back.",
    "ko": "부재중 자동 회신입니다.\n\n현재 업무 시간이 아니어서 보내 주신 메일은 업무를 시작하는 대로 읽어 보겠습니다.",
}
AUTOMATIC_SUBJECT = {"en": "Automatic reply: {}", "ko": "자동 회신: {}"}
TEST = {
    "en": "We received this, the address works.\n\nPlease use it for your letters to us.",
    "ko": "보내 주신 시험 메일을 잘 받았습니다. 이 주소는 정상적으로 사용할 수 있습니다.",
}
APOLOGY = {
    "en": "We apologise. There was a misunderstanding: our reviewer had looked at another message.",
    "ko": "혼선을 드려 죄송합니다. 담당자가 다른 메시지를 보고 있었습니다.",
}
LAST_APOLOGY = {
    "en": "We find the situation unfortunate and apologise for the misunderstandings.",
    "ko": "이번 상황을 유감스럽게 생각하며, 그동안의 오해에 대하여 사과드립니다.",
}
OFFER = {
    "en": f"For further matters please use this dedicated address: {DEDICATED}",
    "ko": f"앞으로는 전용 주소 {DEDICATED} 로 연락하여 주시기 바랍니다.",
}


def out_of_office(language: str) -> str:
    return _letter(language, OUT_OF_OFFICE[language])


def first_answer(manner: Manner, language: str) -> str:
    """What is done and what is not yet: "1-20 have been removed, 21-25 are under review." """
    return _letter(language, said(manner, language))


def last_answer(manner: Manner, language: str, *, offer: bool) -> str:
    """The rest is done, too; with the apology, and the offer of an address of their own where there is to be one."""
    numbers = _list(manner.later, language)
    have = "have" if len(manner.later) > 1 else "has"
    done = {"en": f"{numbers} {have} been removed as well.", "ko": f"{numbers}번도 삭제 완료하였습니다."}[language]
    return _letter(language, done, LAST_APOLOGY[language], OFFER[language] if offer else "")


def follow_up_answer(manner: Manner, language: str) -> str:
    return _letter(language, APOLOGY[language], said(manner, language))


def test_answer(language: str) -> str:
    return _letter(language, TEST[language])


def said(manner: Manner, language: str) -> str:
    """What the first answer says of the items, in one sentence: the desk shows it as well."""
    english: dict[str, tuple[tuple[str, str], Sequence[int]]] = {
        "removed": (("has been removed", "have been removed"), manner.said_removed),
        "not_found": (("was not found", "were not found"), manner.not_found),
        "review": (("is under review", "are under review"), manner.under_review),
    }
    if language == "en":
        parts = [f"{_list(numbers, 'en')} {words[len(numbers) > 1]}" for words, numbers in english.values() if numbers]
        return f"{', '.join(parts)}."
    korean = {"removed": "삭제 완료하였습니다", "not_found": "해당 게시물이 없습니다", "review": "검토 중입니다"}
    lines = [f"{_list(numbers, 'ko')}번은 {korean[key]}." for key, (_, numbers) in english.items() if numbers]
    return "\n".join(lines)


def _list(numbers: Sequence[int], language: str) -> str:
    """ "21-23 and 25"; in Korean "21-23, 25"."""
    told = compress(numbers)
    return " and ".join(told.rsplit(", ", 1)) if language == "en" else told


def _letter(language: str, *paragraphs: str) -> str:
    return "\n\n".join([GREETING[language], *filter(None, paragraphs), SIGNATURE[language]])
