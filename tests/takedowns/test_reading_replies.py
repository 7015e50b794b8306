"""Replies as people wrote them who did not know the rules (replies.txt, and later replies_further.txt, the first 85 of
which were written before the rules were read and the rest as counter-examples to what was widened then; then
replies_later.txt and, with tables, old charsets and quoted answers, the whole mails of reading_whole_mails.py, held
against the rules only when they were finished): what is read is true, and most is read.

Each begins with a line "@1-8=removed;9=refused": what a person understands; a blank "@" means nothing may be recorded
as removed. Between replies stands "===".
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from takedowns.reading import letter_items, read
from tests.takedowns.test_reading import numbers

SENT = (
    "Commission\nLetter no.: 2026-000123\n\nthe 12 items listed below have been reported to us.\n\nItems\n"
    + "".join(f"{n}. https://t.me/portal_demo_room/{100 + n}\n" for n in range(1, 13))
    + "\nThank you.\n\nCommission\n"
)


def replies(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for reply in Path(__file__).with_name(name).read_text().split("\n===\n"):
        truth, _, text = reply.strip("\n").partition("\n")
        yield text, claims(truth.removeprefix("@"))


def claims(truth: str) -> dict[str, str]:
    """ "1-8=removed;9=refused" as a claim for each label."""
    told: dict[str, str] = {}
    for part in filter(None, truth.split(";")):
        spec, claim = part.split("=")
        told |= dict.fromkeys(numbers(spec), claim)
    return told


REPLIES = [*replies("replies.txt"), *replies("replies_further.txt"), *replies("replies_later.txt")]


def outcomes(text: str) -> dict[str, str]:
    reading = read(text=text, items=letter_items(SENT), sent_text=SENT)
    return {label: outcome.claim for label, outcome in reading.outcomes.items()}


@pytest.mark.parametrize(("text", "told"), REPLIES, ids=[text[:50].replace("\n", " ") for text, _ in REPLIES])
def test_no_removal_is_read_that_was_not_told(text: str, told: dict[str, str]) -> None:
    removed = {label for label, claim in outcomes(text).items() if claim == "removed"}
    assert removed <= {label for label, claim in told.items() if claim == "removed"}


def test_most_of_what_people_write_is_read() -> None:
    telling = [(text, told) for text, told in REPLIES if told]
    whole = sum(outcomes(text) == told for text, told in telling)
    assert whole >= 0.75 * len(telling), f"{whole} of {len(telling)}"
