"""What the scanners find in a text: marks with a place, and a board on which no two of them overlap."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

from takedowns.reading.lexicon import Finder

FILLED = "\ue000"  # stands in the scanned text where something was found already

_END = re.compile(r"\n|(?<=\w\w)[.!?](?= )")


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

    def moved(self, by: int) -> Self:
        return replace(self, start=self.start + by, end=self.end + by) if by else self


@dataclass
class Board:
    """The text with what was found so far blotted out; as long as the text, so that every offset stays true."""

    text: str
    marks: list[Mark] = field(default_factory=list)

    @cached_property
    def ends(self) -> list[int]:
        """Where its sentences end. Not after one letter: "s. korea"."""
        return [*(end.end() for end in _END.finditer(self.text)), len(self.text)]

    def put(self, mark: Mark) -> None:
        self.marks.append(mark)
        self.blot(mark.start, mark.end)

    def blot(self, start: int, end: int) -> None:
        self.text = self.text[:start] + FILLED * (end - start) + self.text[end:]

    def put_all(self, marks: list[Mark]) -> None:
        """Put many marks that were found in one pass and do not overlap."""
        if not marks:
            return
        self.marks.extend(marks)
        self.blot_all([(mark.start, mark.end) for mark in marks])

    def blot_all(self, spans: list[tuple[int, int]]) -> None:
        if not spans:
            return
        parts: list[str] = []
        at = 0
        for start, end in spans:
            if start < at:
                continue
            parts += (self.text[at:start], FILLED * (end - start))
            at = end
        self.text = "".join(parts) + self.text[at:]

    def lines(self) -> list[tuple[str, list[Mark]]]:
        """The lines with the marks on them, counted from the line's begin. No mark reaches over a line's end."""
        found: list[tuple[str, list[Mark]]] = []
        marks = sorted(self.marks, key=lambda mark: mark.start)
        at = begin = 0
        for line in self.text.split("\n"):
            end = begin + len(line)
            here: list[Mark] = []
            while at < len(marks) and marks[at].start <= end:
                here.append(marks[at].moved(-begin))
                at += 1
            found.append((line, here))
            begin = end + 1
        return found

    @classmethod
    def of_lines(cls, lines: Sequence[tuple[str, list[Mark]]]) -> Self:
        """A board made of such lines."""
        marks: list[Mark] = []
        begin = 0
        for text, here in lines:
            marks += [mark.moved(begin) for mark in here]
            begin += len(text) + 1
        return cls("\n".join(text for text, _ in lines), marks)

    def sweep(self, finder: Finder) -> None:
        """Blot out all that matches: it means nothing to the reader."""
        self.blot_all([match.span() for match in finder.find(self.text, self.ends) if match.end() > match.start()])

    def find(self, finder: Finder, kind: Kind, value: str = "", *, english: bool = False) -> None:
        """Mark all that matches."""
        self.put_all(
            [
                Mark(match.start(), match.end(), kind, value, english=english)
                for match in finder.find(self.text, self.ends)
                if match.end() > match.start()
            ]
        )
