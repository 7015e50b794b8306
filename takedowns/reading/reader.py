"""The reading of one reply, from its parts to its outcomes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from takedowns.reading import attribution
from takedowns.reading.english import scan_english
from takedowns.reading.english_words import scan_english_sets
from takedowns.reading.filled_csv import read_tables
from takedowns.reading.korean import scan_korean
from takedowns.reading.korean_words import scan_korean_sets
from takedowns.reading.marks import Board, Kind, Weak
from takedowns.reading.numbers import scan_links, scan_numbers, scan_status_codes
from takedowns.reading.places import Places
from takedowns.reading.plain import fold, squeeze, tidy
from takedowns.reading.quoting import Cut, Kept, OurWords, cut_our_words
from takedowns.reading.sentences import Sentence, split
from takedowns.reading.shapes import ItemRef, Outcome, Reading
from takedowns.reading.statements import Sentences
from takedowns.reading.verdict import Findings, decide

MAX_TEXT = 400_000
MAX_SENT = 200_000
MAX_READ = 40_000  # what is left when our own words are cut
_TELLING = (Kind.STATUS, Kind.MEASURE, Kind.ACCOUNT)


@dataclass(frozen=True)
class _Body:
    """One body of the reply with our words cut out; `folded` is as long as `text`."""

    text: str
    folded: str
    sentences: list[Sentence]
    cut: Cut
    too_long: bool = False


@dataclass(frozen=True)
class _Part:
    """One body of the reply (text, HTML or tables) and what it came to."""

    text: str
    found: Findings


def read(
    *,
    text: str,
    html_text: str = "",
    items: Sequence[ItemRef],
    sent_text: str,
    csv_texts: Sequence[str] = (),
) -> Reading:
    """What a reply claims of each item of the letter that it answers.

    `text` and `html_text` are the words of the plain and of the HTML body, as the inbox gives them (HTML already made
    text), `sent_text` the letter as it left, `csv_texts` attached tables.
    Never raises for any text; takes time in proportion to its length.
    """
    if not items:
        return Reading(abstained=True, reasons=["no_items"])
    if len(text) > MAX_TEXT or len(html_text) > MAX_TEXT or len(sent_text) > MAX_SENT:
        return Reading(abstained=True, reasons=["too_long"])
    places = Places(items)
    ours = OurWords(sent_text, places)
    bodies = [_theirs(body, ours) for body in ([text, html_text] if html_text.strip() else [text])]
    boards = _scan([body.folded for body in bodies], places)
    tells = cache(_tells)  # the same foreign line mostly stands in both bodies
    parts = [_part(body, board, places, tells) for body, board in zip(bodies, boards, strict=True)]
    reading = _agreed(*parts)
    if not csv_texts:
        return reading
    return read_tables(reading, csv_texts, places)


def _theirs(text: str, ours: OurWords) -> _Body:
    cut = cut_our_words(tidy(text), ours)
    if sum(len(line.text) + 1 for line in cut.kept) > MAX_READ:
        return _Body("", "", [], cut, too_long=True)
    body, flat, sentences = split(_without_signatures(cut.kept))
    return _Body(body, fold(flat), sentences, cut)


def _part(body: _Body, board: Board, places: Places, tells: Callable[[str], bool]) -> _Part:
    if body.too_long:
        return _Part("", Findings(reasons=["too_long"]))
    reader = Sentences(body.text, body.folded, board.text, board.marks, len(places))
    entries = [reader.entry(sentence) for sentence in body.sentences]
    found = decide(entries, places.labels, body.cut.quoted)
    if any(tells(line.strip()) for line in body.cut.foreign):
        found.claims = {}
        found.reasons.append("foreign_quote")
    return _Part(body.text, found)


def _scan(texts: Sequence[str], places: Places) -> list[Board]:
    """A board for each folded text. A line that stands in several, as most do in text and HTML, is scanned once."""
    board = Board("\n".join(dict.fromkeys(line for text in texts for line in text.split("\n"))))
    whole = board.text
    scan_links(board, whole, places)
    scan_status_codes(board, places)
    scan_numbers(board, places)
    scan_korean(board)
    scan_english(board)
    scan_korean_sets(board)
    scan_english_sets(board)
    by_line = dict(zip(whole.split("\n"), board.lines(), strict=True))
    return [Board.of_lines([by_line[line] for line in text.split("\n")]) for text in texts]


def _tells(text: str) -> bool:
    """Whether some text speaks of outcomes."""
    board = Board(fold(text))
    scan_korean(board)
    scan_english(board)
    return any(mark.kind in _TELLING and mark.value != Weak.BARE for mark in board.marks)


def _without_signatures(kept: Sequence[Kept]) -> list[Kept]:
    """The lines without the signature of each passage, unless it speaks of outcomes."""
    result: list[Kept] = []
    at = 0
    while at < len(kept):
        stop = at
        while stop < len(kept) and kept[stop].chunk == kept[at].chunk:
            stop += 1
        passage = list(kept[at:stop])
        signed = attribution.signature_start([line.text for line in passage])
        signature = "\n".join(line.text for line in passage[signed:])
        result += passage if signature and (_tells(signature) or _has_exception(signature)) else passage[:signed]
        at = stop
    return result


def _has_exception(text: str) -> bool:
    board = Board(fold(text))
    scan_korean_sets(board)
    scan_english_sets(board)
    return any(mark.kind in (Kind.EXCEPT, Kind.REST, Kind.BUT) for mark in board.marks)


def _agreed(plain: _Part, rich: _Part | None = None) -> Reading:
    """Text and HTML must say the same. Where the words are the same, the better laid out one is read."""
    if rich is None:
        return _reading(plain)
    words, rich_words = squeeze(plain.text), squeeze(rich.text)
    if not words:
        return _reading(rich)
    if not rich_words:
        return _reading(plain) if not plain.found.claims else _disagreeing(plain)
    if words == rich_words and bool(plain.found.reasons) != bool(rich.found.reasons):
        return _reading(rich if plain.found.reasons else plain)
    same = {label: s.claim for label, s in plain.found.claims.items()} == {
        label: s.claim for label, s in rich.found.claims.items()
    }
    return _reading(plain) if same else _disagreeing(plain)


def _disagreeing(plain: _Part) -> Reading:
    reasons = [*plain.found.reasons, "parts_disagree"]
    return Reading(abstained=True, reasons=reasons, text=plain.text, unplaced=plain.found.unplaced)


def _reading(part: _Part) -> Reading:
    found = part.found
    if found.reasons:
        return Reading(abstained=True, reasons=found.reasons, text=part.text, unplaced=found.unplaced)
    outcomes = {label: _outcome(part.text, s.claim, s.start, s.end) for label, s in found.claims.items()}
    return Reading(outcomes=outcomes, reasons=[] if outcomes else ["no_claim"], text=part.text)


def _outcome(text: str, claim: str, start: int, end: int) -> Outcome:
    quote = text[start:end]
    start += len(quote) - len(quote.lstrip())
    end -= len(quote) - len(quote.rstrip())
    return Outcome(claim=claim, quote=text[start:end], start=start, end=end)
