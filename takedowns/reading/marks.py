"""What the scanners find in a text: marks with a place, and a board on which no two of them overlap."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

FILLED = "\ue000"  # stands in the scanned text where something was found already


class Kind(StrEnum):
    """What a mark stands for."""

    ITEMS = "items"  # items named by number, label or link
    COUNT = "count"  # how many, not which
    OUT_OF = "out of"  # "of the 25", "25건 중"
    ALL = "all"
    REST = "rest"
    EXCEPT = "except"
    BUT = "but"  # "but" right before items: an exception or a new clause
    STATUS = "status"
    DOUBT = "doubt"  # condition, hedge, question, quotation: no outcome may be read beside it
    PARTIAL = "partial"  # "some", "most", "일부"
    NUMBER = "number"  # a number that could be an item and is not known to be
    RANGE = "out of range"  # an item that the letter does not have
    LINK = "link"  # a link that is no item's
    MEASURE = "measure"  # hidden, private, closed: no removal, no refusal
    ACCOUNT = "account"  # what was done to an account


class Weak(StrEnum):
    """Statuses that another one beside them makes precise."""

    NOT_REMOVED = "not removed"  # refused, unless the reason says more
    REJECTED = "rejected"  # refused, in so many words: what else is said is the reason
    DONE = "done"  # removed, if items are named
    GONE = "no longer there"  # not found, or how a removal is described
    BARE = "removal"  # the bare noun, an answer only in a row of its own
    BLOCKED = "blocked"  # for whom is not said
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Mark:
    """A find at [start:end]. `value` is a claim, a Weak status or a code; `labels` the items; `count` a number."""

    start: int
    end: int
    kind: Kind
    value: str = ""
    labels: tuple[str, ...] = ()
    count: int = 0
    sure: bool = True
    english: bool = False


@dataclass
class Board:
    """The text with what was found so far blotted out; as long as the text, so that every offset stays true."""

    text: str
    marks: list[Mark] = field(default_factory=list)

    def put(self, mark: Mark) -> None:
        self.marks.append(mark)
        self.blot(mark.start, mark.end)

    def blot(self, start: int, end: int) -> None:
        self.text = self.text[:start] + FILLED * (end - start) + self.text[end:]

    def put_all(self, marks: list[Mark]) -> None:
        """Put many marks that were found in one pass and do not overlap."""
        self.marks.extend(marks)
        self.blot_all([(mark.start, mark.end) for mark in marks])

    def blot_all(self, spans: list[tuple[int, int]]) -> None:
        parts: list[str] = []
        at = 0
        for start, end in spans:
            if start < at:
                continue
            parts += (self.text[at:start], FILLED * (end - start))
            at = end
        self.text = "".join(parts) + self.text[at:]

    def sweep(self, pattern: re.Pattern[str]) -> None:
        """Blot out all that matches: it means nothing to the reader."""
        self.blot_all([match.span() for match in pattern.finditer(self.text) if match.end() > match.start()])

    def find(self, pattern: re.Pattern[str], kind: Kind, value: str = "", *, english: bool = False) -> None:
        """Mark all that matches."""
        self.put_all(
            [
                Mark(match.start(), match.end(), kind, value, english=english)
                for match in pattern.finditer(self.text)
                if match.end() > match.start()
            ]
        )
