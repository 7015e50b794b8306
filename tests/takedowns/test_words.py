"""The words that pages show for the reader's codes are the reader's own."""

from django.utils import translation

from takedowns.reading import REASONS
from takedowns.words import READING_REASONS


def test_every_reason_of_the_reader_is_told_and_translated() -> None:
    assert {code: str(words) for code, words in READING_REASONS.items()} == REASONS
    with translation.override("ko"):
        assert [code for code, words in READING_REASONS.items() if str(words) == REASONS[code]] == []
