"""Cutting our own quoted words out of a reply, by comparing with what we sent.

Three styles are told apart: lines marked ">" (or a blockquote), an original copied below a block of headers or a
divider, and an original copied with no mark at all (two of our lines in a row, or one long one). A link of our list
copied without our words around it is *not* ours: people answer by copying links under "Removed:".
"""

import re
from dataclasses import dataclass, field

from takedowns.reading import attribution
from takedowns.reading.places import Places, links_in
from takedowns.reading.plain import squeeze, tidy

_LABEL = re.compile(r"^[ \t·*-]{0,8}[#(]?((?:[A-Za-z0-9-]{4,30}/)?\d{1,4})(?:[.):\]]|\s|$)")
MIN_RUN = 40
MIN_LINE = 12
MIN_LONG_LINE = 80


@dataclass(frozen=True)
class Kept:
    """A line of theirs. `context` is the label of the item of ours that is quoted just above it, if any."""

    text: str
    context: str | None
    chunk: int


@dataclass
class Cut:
    """What is left of a reply, and what was seen while cutting."""

    kept: list[Kept] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    quoted: set[str] = field(default_factory=set)


class OurWords:
    """The letter, squeezed, with the places where its lines begin."""

    def __init__(self, sent_text: str, places: Places) -> None:
        self.places = places
        self.starts: dict[str, list[int]] = {}
        self.item_words: dict[str, str] = {}
        parts: list[str] = []
        begins: list[int] = []
        length = 0
        for line in tidy(sent_text).split("\n"):
            squeezed = squeeze(line)
            if not squeezed:
                continue
            begins.append(length)
            for start, end in links_in(line):
                if label := places.of_link(line[start:end]):
                    self.item_words[label] = squeezed
            parts.append(squeezed)
            length += len(squeezed)
        self.all = "".join(parts)
        for begin in begins:
            self.starts.setdefault(self.all[begin : begin + MIN_LINE], []).append(begin)

    def follows(self, squeezed: str, at: int | None) -> int | None:
        """Where our words end if `squeezed` is ours and goes on at `at`, or begins where a line of ours begins."""
        if at is not None and self.all.startswith(squeezed, at):
            return at + len(squeezed)
        if len(squeezed) >= MIN_LINE:
            for start in self.starts.get(squeezed[:MIN_LINE], ())[:20]:
                if self.all.startswith(squeezed, start):
                    return start + len(squeezed)
        return None

    def has(self, squeezed: str) -> bool:
        """Whether these words stand anywhere in our letter."""
        return squeezed in self.all

    def item_row(self, line: str) -> tuple[str, bool] | None:
        """The item whose link stands in a line, and whether the line says more than ours did."""
        spans = list(links_in(line))
        labels = {label for start, end in spans if (label := self.places.of_link(line[start:end]))}
        if len(labels) != 1:
            return None
        label = labels.pop()
        rest = line
        for start, end in reversed(spans):
            rest = rest[:start] + " " + rest[end:]
        number = _LABEL.match(rest)
        if number and self.places.by_label.get(number[1].lower()) == label:
            rest = rest[number.end(1) :]
        more = squeeze(rest)
        return label, bool(more) and more not in self.item_words.get(label, "")


class _Cutter:
    def __init__(self, text: str, ours: OurWords) -> None:
        self.lines = text.split("\n")
        self.ours = ours
        self.cut = Cut()
        self.context: str | None = None
        self.chunk = 0
        self.pointer: int | None = None
        self.history = self.region = self.seen_ours = self.older = False
        self.attributions = self._attributions()

    def _attributions(self) -> set[int]:
        found: set[int] = set()
        for end in range(len(self.lines)):
            start = attribution.attribution_start(self.lines, end)
            if start is not None:
                found.update(range(start, end + 1))
        return found

    def run(self) -> Cut:
        for at, line in enumerate(self.lines):
            if self.older:
                break
            self._take(at, line)
        return self.cut

    def _take(self, at: int, line: str) -> None:
        depth, bare = attribution.unquoted(line)
        if at in self.attributions:
            self._skip(None)
        elif depth:
            self._quoted(at, bare)
        elif not line.strip():
            self._keep(line)
        elif attribution.starts_history(self.lines, at):
            self._start_history()
        else:
            self._bare(at, line)

    def _start_history(self) -> None:
        self.older = self.history and self.seen_ours
        self.history = self.region = True
        self._skip(None)

    def _quoted(self, at: int, bare: str) -> None:
        squeezed = squeeze(bare)
        if not squeezed:
            return
        row = self.ours.item_row(bare) or self._wrapped_row(at, bare)
        if row and row[1]:
            self._row(bare, row[0])
            return
        self._skip(row[0] if row else None)
        if row:
            self.cut.quoted.add(row[0])
        elif self.ours.has(squeezed):
            self.seen_ours = self.seen_ours or len(squeezed) >= MIN_LINE
        elif not self.seen_ours:
            self.cut.foreign.append(bare)

    def _wrapped_row(self, at: int, bare: str) -> tuple[str, bool] | None:
        """A link that the client broke over two quoted lines."""
        below = attribution.unquoted(self.lines[at + 1])[1].strip() if at + 1 < len(self.lines) else ""
        if not below or " " in below or len(bare) + len(below) > 4000 or not re.search(r"/|^\W*\d{1,4}\W*$", bare):
            return None
        row = self.ours.item_row(bare.rstrip() + ("" if "/" in bare else " ") + below)
        return None if row is None or row[1] else row

    def _bare(self, at: int, line: str) -> None:
        if self.history and not self.seen_ours and attribution.is_header(line):
            return
        squeezed = squeeze(line)
        row = self.ours.item_row(line)
        if not self.region and not row and self._run_begins(at, squeezed):
            self.region = True
        if not self.region:
            self._keep(line)
        elif row:
            self._region_row(line, *row)
        elif squeezed and (end := self.ours.follows(squeezed, self.pointer)) is not None:
            self.seen_ours, self.pointer = True, end
            self._skip(None)
        elif self.history and not self.seen_ours:
            self.cut.foreign.append(line)
        else:
            self._keep(line)

    def _region_row(self, line: str, label: str, more: bool) -> None:
        self.seen_ours = True
        if more:
            self._row(line, label)
            return
        words = self.ours.item_words.get(label, "")
        begin = self.ours.all.find(words)
        self.pointer = begin + len(words) if words and begin >= 0 else None
        self.cut.quoted.add(label)
        self._skip(label)

    def _run_begins(self, at: int, squeezed: str) -> bool:
        """Whether our words begin here unmarked: one long line, or lines that go on from one another."""
        end = self.ours.follows(squeezed, None) if squeezed else None
        if end is None:
            return False
        total, lines = len(squeezed), 1
        for below in self.lines[at + 1 : at + 8]:
            if total >= MIN_LONG_LINE or (lines > 1 and total >= MIN_RUN):
                break
            more = squeeze(below)
            if not more:
                continue
            if not self.ours.all.startswith(more, end):
                return False
            end, total, lines = end + len(more), total + len(more), lines + 1
        return total >= MIN_LONG_LINE or (lines > 1 and total >= MIN_RUN)

    def _row(self, line: str, label: str) -> None:
        """Their words on the line of one of our items."""
        self.cut.quoted.add(label)
        self.chunk += 1
        self.cut.kept.append(Kept(line, label, self.chunk))
        self.chunk += 1
        self.context = None

    def _skip(self, context: str | None) -> None:
        self.context = context
        self.chunk += 1

    def _keep(self, line: str) -> None:
        self.cut.kept.append(Kept(line, self.context if line.strip() else None, self.chunk))


def cut_our_words(text: str, ours: OurWords) -> Cut:
    """The lines of a reply that are theirs; `text` is tidy. Device lines are dropped, signatures are not yet."""
    cut = _Cutter(text, ours).run()
    cut.kept = [line for line in cut.kept if not attribution.is_device_line(line.text)]
    return cut
