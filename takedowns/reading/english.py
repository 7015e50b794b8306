"""English statuses, in the order in which they are looked for: the first section that fits takes the words."""

from takedowns.reading.lexicon import Lexicon
from takedowns.reading.marks import Board, Kind, Weak

WORDS = Lexicon("english", blank=" {1,3}")

_ORDER: tuple[tuple[str, str], ...] = (
    ("already ours", "removed"),
    ("rejected", Weak.REJECTED),
    ("need info", "need_info"),
    ("in progress", "in_progress"),
    ("refused", "refused"),
    ("geo", "geo_blocked"),
    ("not found", "not_found"),
    ("not removed", Weak.NOT_REMOVED),
    ("gone", Weak.GONE),
    ("removed", "removed"),
    ("done", Weak.DONE),
    ("bare", Weak.BARE),
)
_SILENT = WORDS.find_words("silent")
_ACCOUNT = WORDS.find_words("account")
_STATUS = [(WORDS.find_words(section), value) for section, value in _ORDER]
_MEASURE = WORDS.find_words("measure")
_BLOCKED = WORDS.find_words("blocked")
_UNKNOWN = WORDS.find_words("unknown")


def scan_english(board: Board) -> None:
    """Put English statuses on the board, the most telling ones first."""
    board.sweep(_SILENT)
    board.find(_ACCOUNT, Kind.ACCOUNT, english=True)
    for pattern, value in _STATUS:
        board.find(pattern, Kind.STATUS, value, english=True)
    board.find(_MEASURE, Kind.MEASURE, english=True)
    board.find(_BLOCKED, Kind.STATUS, Weak.BLOCKED, english=True)
    board.find(_UNKNOWN, Kind.STATUS, Weak.UNKNOWN, english=True)
