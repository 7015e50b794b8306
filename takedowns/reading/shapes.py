"""What goes into the reader and what comes out of it."""

from dataclasses import dataclass, field
from typing import Literal

Claim = Literal["removed", "not_found", "geo_blocked", "refused", "need_info", "in_progress"]
CLAIMS: tuple[Claim, ...] = ("removed", "not_found", "geo_blocked", "refused", "need_info", "in_progress")

REASONS: dict[str, str] = {
    "no_claim": "The reply says nothing about the outcome of any item.",
    "too_long": "The reply is too long to be read by rule.",
    "no_items": "The letter lists no item that the reply could be read against.",
    "unclear_status": "Words about an outcome could not be understood for certain.",
    "unclear_items": "Words about an outcome could not be tied to items for certain.",
    "unclear_number": "A number could be an item, a count or something else.",
    "out_of_range": "The reply names an item that the letter does not list.",
    "unknown_link": "The reply names a link that the letter does not list.",
    "count_disagrees": "A count in the reply does not agree with the letter.",
    "conflicting": "The reply says different things about the same item.",
    "label_link_disagree": "A number and a link that stand together belong to different items.",
    "question_or_condition": "The reply asks, or sets a condition, about an outcome.",
    "partial": "The reply speaks of some items without saying which.",
    "other_measure": "The reply names a measure that is not a removal: hidden, private, account closed, or the like.",
    "scope_unclear": "The reply speaks of blocking without saying for whom.",
    "foreign_quote": "The reply quotes words about an outcome that are not from our letter.",
    "partial_quote": "The reply answers below a part of our list, and it is unclear for which items.",
    "parts_disagree": "The plain text and the HTML of the reply do not say the same.",
    "csv_unclear": "The attached table could not be read for certain.",
}


@dataclass(frozen=True)
class ItemRef:
    """An item as the letter prints it: its label ("7" or "2026-000123/7") and its link."""

    label: str
    url: str


@dataclass(frozen=True)
class Outcome:
    """What the reply claims of one item. `quote` is the slice [start:end] of the text that was read."""

    claim: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What was read. When `abstained`, `outcomes` is empty and a person reads the reply; `reasons`: codes of REASONS.

    `unplaced` are the slices of `text` whose status words or numbers could not be placed.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    abstained: bool = False
    reasons: list[str] = field(default_factory=list)
    text: str = ""
    unplaced: list[tuple[int, int]] = field(default_factory=list)
