"""The table that goes out with a letter, filled in and sent back: one row an item, one cell with its outcome."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from takedowns.reading.places import Places, links_in
from takedowns.reading.plain import fold, tidy
from takedowns.reading.shapes import Outcome, Reading

MAX_ROWS = 2000
MAX_TABLE = 200_000

_WORDS: dict[str, str] = {
    "removed": (
        "removed|deleted|taken down|removal complete|deletion complete|삭제|삭제 ?완료|삭제 ?조치|"
        "삭제 ?조치 ?완료|삭제 ?처리|삭제 ?처리 ?완료|삭제 ?됨|삭제 ?함|삭제하였음|삭제했음|"
        "삭제하였습니다|삭제했습니다|삭제되었습니다"
    ),
    "not_found": (
        "not found|not_found|404|no longer available|already removed|already deleted|does not exist|"
        "확인 ?불가|확인 ?안 ?됨|없음|이미 ?삭제|이미 ?삭제됨|기 ?삭제|페이지 ?없음|게시물 ?없음|"
        "찾을 수 없음"
    ),
    "geo_blocked": (
        "geo[ _-]?blocked|geo[ _-]?block|blocked in (?:south )?korea|restricted in (?:south )?korea|"
        "withheld in (?:south )?korea|국내 ?차단|국내 ?접속 ?차단|접속 ?차단|지역 ?차단|한국 ?내 ?차단"
    ),
    "refused": (
        "refused|rejected|declined|not removed|no violation|will not remove|거부|반려|거절|삭제 ?불가|"
        "불가|미 ?해당|해당 ?없음|위반 ?아님|미 ?삭제|조치 ?불가"
    ),
    "need_info": (
        "need_info|need(?:s)? (?:more )?info(?:rmation)?|more info(?:rmation)?(?: needed| required)?|"
        "추가 ?정보 ?필요|추가 ?자료 ?필요|정보 ?부족|추가정보 ?요청|추가 ?자료 ?요청|보완 ?요청|"
        "본인 ?확인 ?필요"
    ),
    "in_progress": (
        "in_progress|in progress|pending|under review|reviewing|검토 ?중|확인 ?중|처리 ?중|진행 ?중|"
        "삭제 ?예정|조치 ?예정|보류"
    ),
}
_CLAIMS = [
    (re.compile(rf"(?:{pattern})[\s.,!~]*(?:\([^()]{{0,200}}\))?[\s.,!~]*"), claim) for claim, pattern in _WORDS.items()
]
_HEADER = re.compile(r"result|outcome|status|action|answer|response|결과|조치|회신|상태|처리|답변")


class _Unreadable(Exception):
    pass


def read_tables(reading: Reading, csv_texts: Sequence[str], places: Places) -> Reading:
    """The reading with the outcomes of attached tables added. They must be plain, and not contradict the mail."""
    text, outcomes = reading.text, dict(reading.outcomes)
    if reading.abstained:
        return reading
    for table in csv_texts:
        told = tidy(table)[: MAX_TABLE + 1]
        begin = len(text) + 2 if text else 0
        text = f"{text}\n\n{told}" if text else told
        try:
            for label, claim, at in _rows(told, places):
                quote_end = told.find("\n", at)
                end = begin + (quote_end if quote_end >= 0 else len(told))
                outcome = Outcome(claim=claim, quote=text[begin + at : end], start=begin + at, end=end)
                if outcomes.setdefault(label, outcome).claim != claim:
                    raise _Unreadable("conflicting")
        except (_Unreadable, csv.Error) as error:
            reason = "conflicting" if str(error) == "conflicting" else "csv_unclear"
            return replace(reading, outcomes={}, abstained=True, reasons=[reason], text=text)
    return replace(reading, outcomes=outcomes, reasons=[] if outcomes else ["no_claim"], text=text)


def _rows(table: str, places: Places) -> Iterator[tuple[str, str, int]]:
    """(label, claim, where the row begins) of every row that is answered."""
    if len(table) > MAX_TABLE:
        raise _Unreadable
    delimiter = max(",;\t", key=table[:2000].count)
    column: int | None = None
    at = 0
    lines = table.split("\n")
    if len(lines) > MAX_ROWS:
        raise _Unreadable
    for line in lines:
        cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        label = _label(cells, places)
        if label is None and column is None:
            column = next((n for n, cell in enumerate(cells) if _HEADER.search(fold(cell))), None)
        elif label is not None:
            claim = _claim(cells, column)
            if claim:
                yield label, claim, at
        elif any(cell.strip() for cell in cells):
            raise _Unreadable
        at += len(line) + 1


def _label(cells: Sequence[str], places: Places) -> str | None:
    first = fold(cells[0]).strip(" #.\"'") if cells else ""
    label = places.by_label.get(first.removesuffix("번").strip())
    linked = {
        found
        for cell in cells
        for start, end in links_in(cell)
        if (found := places.of_link(cell[start:end])) is not None
    }
    if len(linked) > 1 or (label and linked and linked != {label}):
        raise _Unreadable
    return label or (linked.pop() if linked else None)


def _claim(cells: Sequence[str], column: int | None) -> str:
    """The claim in the answer's cell; "" when the row is not filled in. Raises _Unreadable."""
    if column is not None:
        told = cells[column] if column < len(cells) else ""
        return _claim_of(told) if told.strip() else ""
    found = [cell for cell in cells[1:] if cell.strip() and not list(links_in(cell))]
    claims = {_claim_of(cell) for cell in found[:1]}
    return claims.pop() if claims else ""


def _claim_of(cell: str) -> str:
    words = fold(cell).strip()
    for pattern, claim in _CLAIMS:
        if pattern.fullmatch(words):
            return claim
    raise _Unreadable
