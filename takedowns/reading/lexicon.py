"""The words of a language, kept as text files: who reads replies all day can read and mend them.

`NAME = pattern` defines a part, used as <NAME> further down. `[section]` opens a list of alternatives, as many lines as
needed. They are regular expressions with two short forms: a blank for white space, and `~` for up to three words.
Every repetition in them is bounded, so that a pattern takes time in proportion to the text.
A line `? …` under a section's name gives its cues: pieces one of which stands in whatever the section fits. Most
sentences of a mail have none of them, and are passed over; a test holds the cues against the section's lines.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"
_PART = re.compile(r"<([A-Z_]+)>")
_DEFINITION = re.compile(r"([A-Z_]+) = (.*)")


@dataclass(frozen=True)
class Finder:
    """A pattern that is tried only in the sentences that hold one of its cues. It never reaches into the next one."""

    pattern: re.Pattern[str]
    cue: re.Pattern[str]

    def find(self, text: str, ends: Sequence[int]) -> Iterator[re.Match[str]]:
        """All matches in `text`; `ends` are the ends of its sentences, the last one its own."""
        at = 0
        while cue := self.cue.search(text, at):
            here = bisect_right(ends, cue.start())
            start, at = ends[here - 1] if here else 0, ends[here]
            yield from self.pattern.finditer(text, start, at)


class Lexicon:
    """One file of words. `blank` is what a blank in a pattern stands for."""

    def __init__(self, name: str, *, blank: str) -> None:
        self._blank = blank
        self._parts: dict[str, str] = {}
        self._sections: dict[str, list[str]] = {}
        self._cues: dict[str, str] = {}
        title = ""
        section: list[str] = []
        for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith("# "):
                continue
            if line.startswith("[") and line.endswith("]") and line[1:-1].replace(" ", "").isalpha():
                title = line[1:-1]
                section = self._sections.setdefault(title, [])
            elif line.startswith("? "):
                self._cues[title] = line.removeprefix("? ")
            elif definition := _DEFINITION.fullmatch(line):
                self._parts[definition[1]] = self._filled(definition[2])
            else:
                section.append(line)

    def _filled(self, pattern: str) -> str:
        return _PART.sub(lambda part: self._parts[part[1]], pattern)

    def _pattern(self, line: str) -> str:
        return self._spaced(self._filled(line).replace("~", self._parts.get("GAP", "~")))

    def _spaced(self, pattern: str) -> str:
        """Blanks never reach over a line's end or into another cell: lines that were only wrapped are joined before."""
        return (
            pattern if self._blank == " " else re.sub(r" (\??)", lambda b: " {0,3}" if b[1] else self._blank, pattern)
        )

    def source(self, section: str) -> str:
        """The alternatives of a section as one regular expression, ungrouped."""
        return "|".join(map(self._pattern, self._sections[section]))

    def words(self, section: str) -> re.Pattern[str]:
        """Whole words: for languages that put blanks between them."""
        return re.compile(rf"\b(?:{self.source(section)})(?!\w)")

    def pieces(self, section: str) -> re.Pattern[str]:
        """The alternatives wherever they stand."""
        return re.compile(f"(?:{self.source(section)})")

    def each(self, section: str) -> list[re.Pattern[str]]:
        """One pattern a line, for sections in which the order counts."""
        return [re.compile(self._pattern(line)) for line in self._sections[section]]

    def cue(self, section: str) -> re.Pattern[str]:
        """What stands in whatever the section fits."""
        return re.compile(self._cues[section])

    def find_words(self, section: str) -> Finder:
        """As `words`, tried where the section's cues are."""
        return Finder(self.words(section), self.cue(section))

    def find_pieces(self, section: str) -> Finder:
        """As `pieces`, tried where the section's cues are."""
        return Finder(self.pieces(section), self.cue(section))

    def plain(self, section: str) -> frozenset[str]:
        """The words of a section that holds no patterns."""
        return frozenset(word for line in self._sections[section] for word in line.split())
