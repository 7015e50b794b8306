"""The reader of replies against replies of all kinds. No database, no network."""

import re

import pytest

from takedowns.reading import REASONS, ItemRef, Reading, letter_items, read
from tests.takedowns.reading_cases import CASES

LETTER = (
    "Commission\nLetter no.: 2026-000123\n\nDear colleagues,\n\nthe 25 items listed below have been reported to us.\n"
    "We request their removal within 24 hours of this letter.\n\nItems\n"
    + "".join(f"{n}. https://t.me/portal_demo_room/{100 + n}\n" for n in range(1, 26))
    + "\nHow to answer\nItem numbers and what was done are enough, for example:\n"
    '"1-20 removed; 21 not found; 22-25 under review".\n\nThank you.\n\nCommission\n'
)
ITEMS = letter_items(LETTER)


def numbers(spec: str) -> set[str]:
    """ "1-3, 5" as labels."""
    found: set[str] = set()
    for part in filter(None, re.split(r"\s*,\s*", spec)):
        low, _, high = part.partition("-")
        found |= {str(n) for n in range(int(low), int(high or low) + 1)}
    return found


def by_claim(reading: Reading) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for label, outcome in reading.outcomes.items():
        found.setdefault(outcome.claim, set()).add(label)
    return found


def answer(text: str, **parts: str) -> Reading:
    return read(text=text, items=ITEMS, sent_text=LETTER, **parts)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[re.sub(r"\s+", " ", text)[:60] for text, _ in CASES])
def test_a_reply_is_read_as_a_person_would_or_left_to_one(text: str, expected: dict[str, str]) -> None:
    reading = answer(text)
    assert by_claim(reading) == {claim: numbers(spec) for claim, spec in expected.items()}, reading.reasons
    assert all(reading.text[o.start : o.end] == o.quote and o.quote for o in reading.outcomes.values())
    assert set(reading.reasons) <= set(REASONS)
    assert not (reading.abstained and reading.outcomes)


def test_the_letter_gives_its_items() -> None:
    assert ITEMS[6] == ItemRef("7", "https://t.me/portal_demo_room/107")
    assert len(ITEMS) == 25
