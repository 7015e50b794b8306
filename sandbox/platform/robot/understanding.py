"""What a letter wants: a first request, one that asks again about some of its items, a test, or nothing at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..letters import Letter

AGAIN = re.compile(r"re\s*:|\[(?:follow[- ]?up|재요청)\b", re.IGNORECASE)
ASKS = re.compile(r"\b(?:reply|replies|answer|respond|confirm)\b|회신|답장|답신|확인", re.IGNORECASE)
LINKS = re.compile(r"\S+://\S+|\S+@\S+|\b\w+\.(?:me|test)\S*")
SHORT = 2000  # characters of a test mail at most


class Wish(StrEnum):
    REQUEST = "request"
    FOLLOW_UP = "follow_up"
    TEST = "test"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Understood:
    """`first` is the letter that started the thread, for whatever comes after it."""

    wish: Wish
    first: int | None = None


def understand(letter: Letter, earlier: Sequence[Letter]) -> Understood:
    """What a letter wants, given those that came before it (in any order)."""
    if not letter.reply_to or letter.is_automatic or _is_copy(letter, earlier):
        return Understood(Wish.NOTHING)
    first = _first(letter, earlier)
    if letter.links:
        return Understood(Wish.FOLLOW_UP if first else Wish.REQUEST, first)
    is_test = first is None and len(letter.text) <= SHORT and bool(ASKS.search(letter.text))
    return Understood(Wish.TEST if is_test else Wish.NOTHING, first)


def language(letter: Letter) -> str:
    """ko or en, by the letters of its words; links and addresses are in no language."""
    words = LINKS.sub(" ", letter.text)
    korean, latin = len(re.findall(r"[가-힣]", words)), len(re.findall(r"[A-Za-z]", words))
    return "ko" if korean * 2 > latin else "en"  # one Korean syllable is as much as two or three Latin letters


def _is_copy(letter: Letter, earlier: Sequence[Letter]) -> bool:
    return bool(letter.message_id) and any(one.message_id == letter.message_id for one in earlier)


def _first(letter: Letter, earlier: Sequence[Letter]) -> int | None:
    """The oldest letter that the headers name; failing that, one with the same numbered links where the subject says
    that this is no first letter."""
    named = set(re.findall(r"<[^<>\s]+>", f"{letter.references} {letter.in_reply_to}"))
    found = [one.id for one in earlier if one.message_id in named]
    if not found and letter.links and AGAIN.match(letter.subject):
        places = {(link.number, link.room, link.id) for link in letter.links}
        found = [one.id for one in earlier if places <= {(link.number, link.room, link.id) for link in one.links}]
    return min(found, default=None)
