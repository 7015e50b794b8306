"""The cues in the reader's word files: whatever a line of a section can fit has one of the section's cues in it."""

import re
from collections.abc import Iterable
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from takedowns.reading import english, korean, numbers
from takedowns.reading.lexicon import Lexicon

LEXICONS: dict[str, Lexicon] = {"english": english.WORDS, "korean": korean.WORDS, "numbers": numbers._WORDS}
SECTIONS = [(name, section) for name, lexicon in LEXICONS.items() for section in lexicon._cues]


def has_cue(parts: Iterable[Any], cue: re.Pattern[str]) -> bool:
    """Whether every text that the parsed pattern fits holds the cue, by letters that stand in it side by side."""
    letters: list[Any] = []
    for part in [*parts, (None, None)]:
        if part[0] is code.LITERAL:
            letters.append(part)
            continue
        if cue.search("".join(chr(letter) for _, letter in letters)) or _has_cue(part, letters, cue):
            return True
        letters = []
    return False


def _has_cue(part: tuple[Any, Any], before: list[Any], cue: re.Pattern[str]) -> bool:
    kind, value = part
    if kind is code.BRANCH:
        return all(has_cue([*before, *branch], cue) for branch in value[1])
    if kind is code.SUBPATTERN:
        return has_cue(value[3], cue)
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT):
        return value[0] > 0 and has_cue(value[2], cue)
    if kind is code.ASSERT:
        return value[0] == 1 and has_cue(value[1], cue)
    return kind is code.IN and all(_is_cue(each, cue) for each in value)


def _is_cue(each: tuple[Any, Any], cue: re.Pattern[str]) -> bool:
    kind, value = each
    if kind is code.CATEGORY and value is code.CATEGORY_DIGIT:
        return cue.search("7") is not None
    return kind is code.LITERAL and cue.search(chr(value)) is not None


@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_every_line_of_a_section_has_one_of_its_cues(name: str, section: str) -> None:
    lexicon = LEXICONS[name]
    cue = lexicon.cue(section)
    assert not re.search(r"[\\^$(]", cue.pattern.replace(r"\x20", "").replace(r"\d", ""))
    patterns = zip(lexicon._sections[section], lexicon.each(section), strict=True)
    assert [line for line, pattern in patterns if not has_cue(parser.parse(pattern.pattern), cue)] == []


@pytest.mark.parametrize(
    ("pattern", "cue", "held"),
    [
        ("(?:a|b)c?", "a|b", True),
        ("(?:a|b)c?", "a", False),
        ("ab?", "ab", False),
        ("(?:ab)?", "ab", False),
        (r"\d{1,3}", r"\d", True),
    ],
)
def test_cues_are_held_against_patterns(pattern: str, cue: str, *, held: bool) -> None:
    assert has_cue(parser.parse(pattern), re.compile(cue)) is held
