"""Ticket numbers of web forms, as a platform gives them and as its mails write them."""

import re
import unicodedata
from collections.abc import Iterable

# "#123456", "[ABC-12/7]", "Case 00123": a run of letters and digits, joined by single marks, with a digit in it.
RUN = re.compile(r"[^\W_]+(?:[-_./:][^\W_]+)*")
SHORTEST = 4
MOST = 2000  # runs of one mail


def key_of(ticket: str) -> str:
    """What a ticket number is looked up by: its longest run with a digit; "" where there is none of some length."""
    return max(keys_in([ticket]), key=len, default="")[:100]


def keys_in(texts: Iterable[str]) -> set[str]:
    """All that could be a ticket number in these texts."""
    found: set[str] = set()
    for text in texts:
        for run in RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
            if len(found) >= MOST:
                return found
            if len(run[0]) >= SHORTEST and any(mark.isdigit() for mark in run[0]):
                found.add(run[0])
    return found
