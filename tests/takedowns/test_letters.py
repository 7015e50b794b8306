"""Our own letter, quoted below an answer, never speaks for the platform, however many items it has."""

import re

import pytest
from django.template.loader import render_to_string

from takedowns.letters import example
from takedowns.reading import letter_items, read
from takedowns.states import LetterBlank, Measure

COUNTS = (1, 2, 3, 10, 25, 30)


def letter(language: str, count: int, measure: str = Measure.DELETE) -> str:
    context = {
        "request": {
            "number": "R2026-000001",
            "measure": measure,
            "deadline_hours": 24,
            "addressee": {"name": "Telegram", "name_ko": "텔레그램"},
        },
        "items": [{"label": str(n), "link": f"https://t.me/portal_demo_room/{100 + n}"} for n in range(1, count + 1)],
        "count": count,
        "example": example(range(1, count + 1)),
        "message": "",
        "agency": "Commission",
        "blank": {blank.name.lower(): blank.value for blank in LetterBlank},
    }
    return render_to_string(f"letters/removal_request.{language}.body.txt", context)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_thanks_over_our_letter_says_nothing(language: str, count: int, mark: str) -> None:
    sent = letter(language, count)
    quoted = "".join(f"{mark}{line}\n" for line in sent.splitlines())
    header = "On Tue, Nov 3, 2026 at 3:21 PM Commission <a@portal.test> wrote:\n\n"
    items = letter_items(sent)
    assert len(items) == count
    assert read(text=f"Received, thanks.\n\n{header}{quoted}", items=items, sent_text=sent).outcomes == {}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("mark", ["> ", "", "| "])
def test_what_stands_above_the_line_is_the_answer(language: str, mark: str) -> None:
    sent = letter(language, 25)
    assert sent.splitlines()[0] == "---- Please reply above this line / 이 줄 위에 회신하여 주시기 바랍니다 ----"
    quoted = "".join(f"{mark}{line}\n" for line in sent.splitlines())
    answer = "1-20 have been removed, 21-25 are under review." if language == "en" else "1~20번 삭제, 21~25번 검토 중"
    for header in ("", "-----Original Message-----\nFrom: Commission <a@portal.test>\nSubject: Removal request\n\n"):
        reading = read(text=f"{answer}\n\n{header}{quoted}", items=letter_items(sent), sent_text=sent)
        assert sorted(map(int, reading.outcomes)) == list(range(1, 26)), reading.reasons


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_example_names_no_item_that_the_letter_does_not_have(language: str) -> None:
    sample = {
        1: ('"item 1 removed"', '"1번 삭제 완료"'),
        3: ('"1-2 removed; 3 not found"', '"1-2번 삭제 완료, 3번 확인 불가"'),
    }
    for count, words in sample.items():
        assert words[language == "ko"] in letter(language, count)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("count", COUNTS)
def test_whoever_answers_as_the_guide_says_is_understood(language: str, count: int) -> None:
    sent = letter(language, count)
    sample = re.search('(?:example|예): "(.+)"', sent)
    assert sample
    reading = read(text=sample[1], items=letter_items(sent), sent_text=sent)
    assert reading.outcomes["1"].claim == "removed"
    named = {1: 1, 2: 2, 3: 3, 10: 6, 25: 25, 30: 25}
    assert len(reading.outcomes) == named[count]


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure.DELETE, "We request that you delete these items."),
        (Measure.TERMINATE, "We request that you terminate the accounts that distribute these items."),
        (Measure.BLOCK, "We request that you block access to these items."),
        (Measure.COOPERATE, "We request that you cooperate by taking action on these items"),
    ],
)
def test_the_letter_asks_for_its_measure(measure: Measure, words: str) -> None:
    assert words in letter("en", 3, measure)
