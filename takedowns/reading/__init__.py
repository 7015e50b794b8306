"""The reader of replies."""

from takedowns.reading.letter import letter_items
from takedowns.reading.reader import read
from takedowns.reading.shapes import CLAIMS, REASONS, Claim, ItemRef, Outcome, Reading

__all__ = ["CLAIMS", "REASONS", "Claim", "ItemRef", "Outcome", "Reading", "letter_items", "read"]
