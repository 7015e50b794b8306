"""Replies as whole mails, from their bytes to what is read of them."""

import pytest

from takedowns.reading import letter_items, read
from tests.takedowns.reading_mails import bodies
from tests.takedowns.reading_whole_mails import MAILS
from tests.takedowns.test_reading_replies import SENT, claims


@pytest.mark.parametrize(("raw", "truth"), [mail[1:] for mail in MAILS], ids=[name for name, _, _ in MAILS])
def test_a_whole_mail_is_read_as_a_person_would_or_left_to_one(raw: bytes, truth: str) -> None:
    parts = bodies(raw)
    items = letter_items(SENT)
    reading = read(text=parts.text, html_text=parts.html, items=items, sent_text=SENT, csv_texts=parts.tables)
    assert {label: outcome.claim for label, outcome in reading.outcomes.items()} == claims(truth), reading.reasons
