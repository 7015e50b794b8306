"""Korean statuses, in the order in which they are looked for: the first section that fits takes the words.

Polarity and tense stand in the ending, so every status is a stem with the endings that it may have; a stem with any
other ending is unknown, and a person reads the reply.
"""

import re
from dataclasses import replace

from takedowns.reading.lexicon import Lexicon
from takedowns.reading.marks import Board, Kind, Weak

WORDS = Lexicon("korean", blank=" {0,2}")
HANGUL = re.compile("[가-힣]")  # without one, none of the patterns below fits

_ORDER: tuple[tuple[str, str], ...] = (
    ("rejected", Weak.REJECTED),
    ("refused", "refused"),
    ("geo", "geo_blocked"),
    ("in progress", "in_progress"),
    ("not removed", Weak.NOT_REMOVED),
    ("block not", "refused"),
    ("gone", "not_found"),
    ("need info", "need_info"),
    ("not found", "not_found"),
    ("removed", "removed"),
)
_DENIED = WORDS.find_pieces("denied")
_SILENT = [WORDS.find_pieces("silent"), WORDS.find_pieces("silent later")]
_STATUS = [(WORDS.find_pieces(section), value) for section, value in _ORDER]
_BARE = WORDS.find_pieces("bare")
_ACCOUNT = WORDS.find_pieces("account")
_DONE = WORDS.find_pieces("done")
_OTHER_ACT = WORDS.pieces("other act")
_MEASURE = WORDS.find_pieces("measure")
_UNKNOWN = WORDS.find_pieces("unknown")


def scan_korean(board: Board) -> None:
    """Put Korean statuses on the board, the most telling ones first."""
    if not HANGUL.search(board.text):
        return
    board.find(_DENIED, Kind.STATUS, Weak.UNKNOWN)
    board.sweep(_SILENT[0])
    for pattern, value in _STATUS:
        board.find(pattern, Kind.STATUS, value)
    board.sweep(_SILENT[1])
    board.find(_BARE, Kind.STATUS, Weak.BARE)
    board.find(_ACCOUNT, Kind.ACCOUNT)
    _find_done(board)
    board.find(_MEASURE, Kind.MEASURE)
    board.find(_UNKNOWN, Kind.STATUS, Weak.UNKNOWN)


def _find_done(board: Board) -> None:
    """ "조치 완료" is a removal where items are named, unless the word before it names another measure."""
    before, known = board.text, len(board.marks)
    board.find(_DONE, Kind.STATUS, Weak.DONE)
    for at, mark in enumerate(board.marks[known:], start=known):
        if _OTHER_ACT.search(before[max(0, mark.start - 12) : mark.start]):
            board.marks[at] = replace(mark, kind=Kind.MEASURE, value="")
