"""Text made comparable, one character for one character, so that every offset stays true."""

import re
import unicodedata

_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u115f\u1160\u3164]")
_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANKS = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+\n")

_SAME = {
    "\u3000": " ", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ",
    "–": "-", "—": "-", "―": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "ㅡ": "-",
    "～": "~", "〜": "~", "∼": "~", "˜": "~",
    "’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "、": ",", "，": ",", "。": ".", "ㆍ": "·", "・": "·", "‧": "·", "•": "·", "∙": "·",
    "│": "|", "┃": "|", "｜": "|", "¦": "|", "【": "[", "】": "]", "「": '"', "」": '"', "⁄": "/", "∕": "/",
}  # fmt: skip

_WORD = re.compile(r"[^\W_]+")


def tidy(text: str) -> str:
    """Composed, without invisible characters, with plain newlines and at most two blank lines in a row."""
    text = _NEWLINES.sub("\n", text)
    text = _ZERO_WIDTH.sub("", unicodedata.normalize("NFC", text))
    return _BLANKS.sub("\n\n\n", text)


class _Folded(dict[int, str]):
    """Each character's folded form, worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(code)
        return folded


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Lower case, half width, plain dashes and quotes; exactly as long as `text`."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def _fold_character(code: int) -> str:
    character = chr(code)
    if 0xFF01 <= code <= 0xFF5E:
        character = chr(code - 0xFEE0)
    character = _SAME.get(character, character)
    lower = character.lower()
    return lower if len(lower) == 1 else character


def squeeze(text: str) -> str:
    """Letters and digits only, folded: what stays the same when a mail client wraps, indents or decorates."""
    return "".join(_WORD.findall(fold(text)))
