"""From lines to sentences: lines that a mail client wrapped are joined, rows of a list or table stay rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from takedowns.reading.plain import fold
from takedowns.reading.quoting import Kept

_ROW = re.compile(
    r"^[ \t]{0,20}(?:[-*·+>=▶►■□○●◦※→✓✔]{1,3}[ \t]|[#(\[]?\d{1,4}[.):\]번]|\d{1,4}[ \t]*(?:-|~|to\b|,|"
    r"\||\t|$|=|/)|#\s?\d|[①-⑳㉑-㉟❶-❿]|\(\d{1,4}\)|\[|(?:items?|links?|no\.?|url|urls|videos?|항목|"
    r"링크|순번|연번|영상|게시물)\s?#?\d"
    r"|(?:h[tx]{2}ps?|tg)\S{0,4}//|[\w-]{1,40}(?:\.|\[\.\])[\w-]{2,20}/)",
    re.I,
)
_ENDS = re.compile(r"[.!?:;。！？：；][\"')\]]{0,3}\s*$")
_ENDS_KOREAN = re.compile(
    r"(?:니다|세요|어요|네요|시오|[음됨함임]|완료|불가|없음|필요|예정|중|반려|거부|드림|바람|요망|삭제)\s*$"
)
_OPEN_END = re.compile(
    r"(?:[,&+/(~·-]|\b(?:and|or|but|the|to|of|for|with|not|been|be|have|has|were|was|are|is|items?|links?|as|by|on|in|at|from|than|that|which|we|no|nos)|및|와|과|또는|그리고)\s*$",
    re.I,
)
_OPEN_KOREAN = re.compile(r"[은는이가을를며고나만여서로의에한된할될도면]\s*$")
_WORDS = re.compile(r"[^\W\d_]{2}")
_LINK = re.compile(r"\S{2,8}//\S+|\S+\.\S+/\S*")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])[\"')\]]{0,3}(?:\s+|$)|(?<=[다요음])\.(?=[가-힣\d①-⑳])|;\s*|\n")
_ABBREVIATION = re.compile(r"\b(?:mr|ms|mrs|dr|inc|ltd|co|corp|vs|etc|e\.g|i\.e|u\.s)\.\s*$", re.I)
_NUMBERED = re.compile(r"\b(?:no|nos|nr|art|sec|approx)\.\s*$", re.I)
_LABEL_ONLY = re.compile(r"\W{0,4}\d{1,4}\.")
_DATE = re.compile(r"(?:19|20)\d{2}\.\s?\d{1,2}\.\s?\d{1,2}(?:\.(?=\S))?")
MIN_WRAP = 45


@dataclass(frozen=True)
class Sentence:
    """A stretch [start:end] of the text read. `context`: the item quoted above it; `row`: it opens a line of a list."""

    start: int
    end: int
    context: str | None
    chunk: int
    row: bool


def split(lines: Sequence[Kept]) -> tuple[str, str, list[Sentence]]:
    """The text that is read, the same with the lines joined that were only wrapped, and its sentences in order."""
    text = "\n".join(line.text for line in lines)
    found: list[Sentence] = []
    wraps: list[int] = []
    unit: tuple[int, int] | None = None
    first: Kept | None = None
    at = 0
    for line in lines:
        start, end = at, at + len(line.text)
        at = end + 1
        if unit and first and line.chunk == first.chunk and _goes_on(text[unit[0] : unit[1]], line.text):
            unit = (unit[0], end)
            wraps.append(start - 1)
            continue
        if unit and first:
            found += _sentences(text, *unit, first)
        unit, first = ((start, end), line) if line.text.strip() else (None, None)
    if unit and first:
        found += _sentences(text, *unit, first)
    return text, _joined(text, wraps), found


def _joined(text: str, wraps: Sequence[int]) -> str:
    parts, at = [], 0
    for wrap in wraps:
        parts += [text[at:wrap], " "]
        at = wrap + 1
    return "".join(parts) + text[at:]


def _goes_on(above: str, below: str) -> bool:
    """Whether a line only goes on because the line above was full."""
    if not below.strip() or "\t" in below or "\t" in above or len(above) > 4000:
        return False
    last = above.rsplit("\n", 1)[-1].rstrip()
    if _ENDS.search(last):
        return False
    begins = below.lstrip()
    if re.search(r"(?:,|\band|및|&)\s*$", last) and re.match(r"[#(]?\d", begins):
        return True
    if _ROW.match(below) or not _WORDS.search(_LINK.sub("", last)):
        return False
    if _OPEN_END.search(last):
        return True
    if re.search(r"[가-힣]\s*$", last):
        return not _ENDS_KOREAN.search(last) and (bool(_OPEN_KOREAN.search(last)) or len(last) >= MIN_WRAP // 2)
    return (len(last) >= MIN_WRAP and not begins[:1].isupper()) or (begins[:1].islower() and len(last) >= 20)


def _sentences(text: str, start: int, end: int, line: Kept) -> list[Sentence]:
    found: list[Sentence] = []
    begin = start
    row = bool(_ROW.match(fold(text[start : start + 200])))
    one_row = "\t" in text[start:end]
    for cut in () if one_row else _SENTENCE_END.finditer(text, start, end):
        if cut.group() == "\n" or _is_inside(text, begin, cut.start()):
            continue
        if text[begin : cut.start()].strip():
            found.append(Sentence(begin, cut.end(), line.context, line.chunk, row))
            row = False
        begin = cut.end()
    if text[begin:end].strip():
        found.append(Sentence(begin, end, line.context, line.chunk, row))
    return found


def _is_inside(text: str, begin: int, at: int) -> bool:
    """Whether a full stop belongs to a number, an abbreviation, or stands within brackets."""
    if any(date.start() < at < date.end() for date in _DATE.finditer(text, max(begin, at - 14), at + 14)):
        return True
    if text[at - 1 : at] == ".":
        before = text[max(begin, at - 12) : at]
        if _ABBREVIATION.search(before) or (_NUMBERED.search(before) and text[at : at + 3].strip()[:1].isdigit()):
            return True
        if _LABEL_ONLY.fullmatch(text[begin:at]):
            return True
    told = text[max(begin, at - 300) : at]
    return told.count("(") > told.count(")")
