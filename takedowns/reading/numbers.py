"""Which numbers of a reply are items, which are counts, and which are dates, laws, tickets or telephones.

What remains a bare number is an item only in company: in a list or range, in a row of its own, or beside items that
are beyond doubt. "24 removed, 1 refused" may count, so it names nothing.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from takedowns.reading.lexicon import Finder, Lexicon
from takedowns.reading.marks import Board, Kind, Mark
from takedowns.reading.places import Places, links_in

_WORDS = Lexicon("numbers", blank=" ")
_NEUTRAL = _WORDS.each("neutral")
_OUT_OF = _WORDS.each("out of")
_COUNTS = _WORDS.each("counts")
_FRACTION = _WORDS.each("fraction")[0]
_MARKER = _WORDS.source("marker")
_WORDED_FRACTION = Finder(_WORDS.each("worded fraction")[0], _WORDS.cue("worded fraction"))
_WORDED_COUNTS = [Finder(pattern, _WORDS.cue("worded counts")) for pattern in _WORDS.each("worded counts")]
_WORDED_NAMES = (
    "two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_WORDED = {word: n for n, word in enumerate(_WORDED_NAMES.split(" "), start=2)}

_CIRCLED: dict[str, int] = (
    {chr(0x2460 + n): n + 1 for n in range(20)}
    | {chr(0x3251 + n): n + 21 for n in range(15)}
    | {chr(0x2776 + n): n + 1 for n in range(10)}
    | {chr(0x2780 + n): n + 1 for n in range(10)}
    | {chr(0x278A + n): n + 1 for n in range(10)}
    | {chr(0x24EB + n): n + 11 for n in range(10)}
    | {chr(0x24F5 + n): n + 1 for n in range(10)}
    | {chr(0x2474 + n): n + 1 for n in range(20)}
    | {chr(0x2488 + n): n + 1 for n in range(20)}
)
_ATOM = re.compile(
    rf"(?P<marker>\b{_MARKER}|# ?)?"
    r"(?:(?<!\w)(?<!\d\.)(?P<number>\d{1,12})(?![\d])(?!\.\d)(?P<suffix> ?번(?:째)?(?: ?(?:게시물|"
    r"게시글|영상|동영상|항목|링크|글|메시지"
    r"|건|url|콘텐츠)(?![가-힣]*번))?)?(?![a-z_])"
    rf"|(?P<circled>[{''.join(_CIRCLED)}])(?P<suffix2> ?번(?:째)?)?)"
)
_DIGIT = re.compile(rf"[\d@{''.join(_CIRCLED)}]")  # in every number, and in every mail address
_RANGE_GAP = re.compile(
    r"\)? {0,3}(?:-{1,2}|~|\.{2,3}|…|to|through|thru|until|up to|부터|에서|내지)"
    r" {0,3}(?:#|no\.? ?|items? |번 ?)? {0,3}\(?"
)
_LIST_GAP = re.compile(
    r" {0,3}(?:,|and|&|\+|·|및|와|과|하고|랑|이랑|그리고|, {0,3}(?:and|&|및|그리고)) {0,3}(?:also |"
    r"to )?(?:items? |links? |videos? |no\.? ?|#)? {0,3}"
)
_SLASH_GAP = re.compile(r" ?/ ?")
_OPEN_CLOSE = re.compile(r" {0,2}[\])] {0,2},? {0,2}[\[(] {0,2}")

_EXCEPTING = re.compile(r"(?:except|but|excluding|than|from|save|barring|minus)(?: for)? $")
_OPEN_END = re.compile(
    r" ?(?:이후|이하|이상|이전|미만|초과|부터(?! ?\d)|and (?:up|above|beyond|below|later|higher|lower|"
    r"on|onwards?|so on|more)\b|onwards?\b|upwards?\b"
    r"|or (?:higher|above|lower|more)\b|etc\b|등(?![가-힣]))"
)
_OPEN_ONE = re.compile(_OPEN_END.pattern + r"| ?까지(?! ?\d)")
_SINGULAR_VERB = re.compile(r" (?:is|was|has|does|isn't|wasn't|hasn't|doesn't)\b")
_DECIMAL = re.compile(r"(?<![\w.])\d{1,4}(?:\.\d{1,4}){1,20}(?!\w)")
_TAIL = re.compile(r"(?<![\w/.-])[\w-]*[/.…]{0,4}[\w/-]{5,80}(?![\w/-])")
_GONE_DIGITS = re.compile("404|410")
_GONE_CODE = Finder(re.compile(r"\b(?:http|error|status|code)(?: (?:code|error))? ?(?:404|410)\b"), _GONE_DIGITS)
_GONE_NUMBER = Finder(
    re.compile(
        r"(?:\b(?:http|error|status|code|returns?|an?)(?: (?:code|error|a|an))? ?)?(?<![\w/-])(?:404|"
        r"410)s?(?![a-z0-9_-])(?: (?:errors?|not found|pages?)| ?(?:오류|에러))?"
    ),
    _GONE_DIGITS,
)
_MARKED_BEFORE = re.compile(r"(?:" + _MARKER + r"|\d ?(?:,|-|~|and|to) ?)$")

MAX_ATOMS = 4000


def scan_links(board: Board, source: str, places: Places) -> None:
    """Mark links: those of items, by whatever wrapping, and foreign ones."""
    found = []
    for start, end in links_in(source):
        label = places.of_link(source[start:end])
        if label:
            found.append(Mark(start, end, Kind.ITEMS, "link", (label,)))
        else:
            near = places.is_near(source[start:end])
            found.append(Mark(start, end, Kind.LINK, "near" if near else "far"))
    board.put_all(found)
    _scan_tails(board, places)


def _scan_tails(board: Board, places: Places) -> None:
    found = []
    for match in _TAIL.finditer(board.text):
        word = match.group().strip("./…-")
        label = (places.by_label.get(word) or places.by_path.get(word)) if "/" in word else places.by_tail.get(word)
        if label:
            found.append(Mark(match.start(), match.end(), Kind.ITEMS, "link", (label,)))
    board.put_all(found)


def scan_status_codes(board: Board, places: Places) -> None:
    """Mark "404" and "410", unless a message of the letter has that number."""
    if {404, 410} & (places.by_number.keys() | places.by_message.keys()):
        board.find(_GONE_CODE, Kind.STATUS, "not_found")
        return
    board.find(_GONE_NUMBER, Kind.STATUS, "not_found", english=True)


def scan_numbers(board: Board, places: Places) -> None:
    """Mark items, counts and doubtful numbers; blot out every other number."""
    lines = _lines_with_numbers(board.text)
    for neutral in _NEUTRAL:
        board.blot_all([match.span() for match in _matches(neutral, board, lines)])
    _scan_worded(board)
    for match in _matches(_FRACTION, board, lines):
        if int(match["n"]) == int(match["of"]):  # "12 of 12"
            board.put(Mark(match.start(), match.end(), Kind.COUNT, count=int(match["n"])))
            continue
        board.put(Mark(match.start(), match.end("n"), Kind.COUNT, count=int(match["n"])))
        board.put(Mark(match.end("n"), match.end(), Kind.OUT_OF, count=int(match["of"])))
    for pattern in _OUT_OF:
        board.put_all(
            [
                Mark(match.start(), match.end(), Kind.OUT_OF, count=int(match["of"]))
                for match in _matches(pattern, board, lines)
            ]
        )
    for pattern in _COUNTS:
        board.put_all(
            [
                Mark(match.start("n"), match.end(), Kind.COUNT, count=int(match["n"]))
                for match in _matches(pattern, board, lines)
                if pattern is _COUNTS[0] or not _is_marked_before(board.text, match.start("n"))
            ]
        )
    board.put_all([Mark(*match.span(), Kind.NUMBER) for match in _matches(_DECIMAL, board, lines)])
    atoms = list(islice(_matches(_ATOM, board, lines), MAX_ATOMS))
    marks: list[Mark] = []
    at = 0
    while at < len(atoms):
        mark, at = _group(board.text, atoms, at, places)
        marks.append(mark)
    board.put_all(marks)


def _lines_with_numbers(text: str) -> list[tuple[int, int]]:
    """Where the lines begin and end, each with its newline, that hold a digit or a mail address."""
    found: list[tuple[int, int]] = []
    at = 0
    while digit := _DIGIT.search(text, at):
        start = text.rfind("\n", 0, digit.start()) + 1
        at = text.find("\n", digit.end()) + 1 or len(text)
        found.append((start, at))
    return found


def _matches(pattern: re.Pattern[str], board: Board, lines: Sequence[tuple[int, int]]) -> Iterator[re.Match[str]]:
    for start, end in lines:
        yield from pattern.finditer(board.text, start, end)


def _scan_worded(board: Board) -> None:
    """Mark "all twelve links", "nine of the twelve": numbers in letters only ever count."""
    for match in _WORDED_FRACTION.find(board.text, board.ends):
        board.put(Mark(match.start(), match.end("n"), Kind.COUNT, count=_WORDED[match["n"]]))
        board.put(Mark(match.end("n"), match.end(), Kind.OUT_OF, count=_WORDED[match["of"]]))
    for pattern in _WORDED_COUNTS:
        board.put_all(
            [
                Mark(match.start("n"), match.end(), Kind.COUNT, count=_WORDED[match["n"]])
                for match in pattern.find(board.text, board.ends)
            ]
        )


def _is_marked_before(text: str, at: int) -> bool:
    return bool(_MARKED_BEFORE.search(text[max(0, at - 20) : at]))


def _group(text: str, atoms: list[re.Match[str]], at: int, places: Places) -> tuple[Mark, int]:
    """The longest list of numbers and ranges that begins at atom `at`, and where the next one begins."""
    numbers = [_value(atoms[at])]
    marked, several, broken, slashed = _is_marked(atoms[at]), False, False, False
    first = atoms[at]
    ranged = False
    while at + 1 < len(atoms):
        gap = text[atoms[at].end() : atoms[at + 1].start()]
        value = _value(atoms[at + 1])
        if len(gap) > 12:
            break
        if _RANGE_GAP.fullmatch(gap) and not ranged:
            low = numbers[-1]
            broken = broken or value <= low or value - low > 1000
            numbers += [] if broken else range(low + 1, value + 1)
            ranged = True
        elif _LIST_GAP.fullmatch(gap) or _OPEN_CLOSE.fullmatch(gap) or _SLASH_GAP.fullmatch(gap):
            slashed = slashed or bool(_SLASH_GAP.fullmatch(gap))
            numbers.append(value)
            ranged = False
        else:
            break
        at, several = at + 1, True
        marked = marked or _is_marked(atoms[at])
    span = (first.start(), atoms[at].end())
    marked = marked or (not several and numbers[0] > 1 and _is_subject(text, *span))
    broken = broken or bool((_OPEN_END if several else _OPEN_ONE).match(text, span[1]))
    return _mark(span, numbers, places, marked=marked, several=several and not slashed, broken=broken), at + 1


def _is_subject(text: str, start: int, end: int) -> bool:
    """ "7 was" is an item, "7 were" a count; in "all except 2 was" the verb is not the number's."""
    return bool(_SINGULAR_VERB.match(text, end)) and not _EXCEPTING.search(text, max(0, start - 20), start)


def _is_marked(atom: re.Match[str]) -> bool:
    return bool(atom["marker"] or atom["suffix"] or atom["circled"])


def _value(atom: re.Match[str]) -> int:
    return int(atom["number"]) if atom["number"] else _CIRCLED[atom["circled"]]


def _mark(
    span: tuple[int, int], numbers: list[int], places: Places, *, marked: bool, several: bool, broken: bool
) -> Mark:
    known = places.by_number if all(number in places.by_number for number in numbers) else places.by_message
    labels = tuple(dict.fromkeys(known[number] for number in numbers if number in known))
    if (
        broken
        or len(numbers) != len(set(numbers))
        or (len(labels) < len(set(numbers)) and (marked or several or labels))
    ):
        return Mark(*span, Kind.RANGE)
    if not labels:
        return Mark(*span, Kind.NUMBER, count=numbers[0])
    sure = marked or several or known is places.by_message
    return Mark(*span, Kind.ITEMS, "marked" if marked else "bare", labels, count=numbers[0], sure=sure)
