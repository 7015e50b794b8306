"""A request's letter as it will leave or as it left, in pieces."""

import re
from dataclasses import dataclass
from typing import Any

from mailroom.addresses import reply_address
from takedowns.letters import fill
from takedowns.models import Letter, Revision, TakedownRequest
from takedowns.states import LetterBlank

BLANK = re.compile("(" + "|".join(re.escape(blank.value) for blank in LetterBlank) + ")")


@dataclass(frozen=True)
class Piece:
    """A run of text: plain, a blank of a letter, or words of a mail that were read for the items in `labels`."""

    text: str
    blank: str = ""
    labels: str = ""
    unplaced: bool = False


def pieces_of(text: str) -> list[Piece]:
    """A letter's text in pieces, its blanks named."""
    return [
        Piece(part, blank=str(LetterBlank(part).label)) if part in LetterBlank.values else Piece(part)
        for part in BLANK.split(text)
        if part
    ]


def wording(asked: TakedownRequest, revision: Revision, letter: Letter | None) -> dict[str, Any]:
    """The letter as it will leave, or as it left: recipient, subject and body in pieces, digest, table."""

    def pieces(text: str) -> list[Piece]:
        if letter is None:
            return pieces_of(text)
        reply_to = reply_address(letter.mail.token)
        return [Piece(fill(text, number=letter.number, at=letter.written_at, reply_to=reply_to))]

    return {
        "recipient": revision.recipient,
        "subject": pieces(revision.subject),
        "body": pieces(revision.body),
        "digest": revision.body_sha256,
        "table": f"{asked.number}.csv" if lists_items(revision) and not revision.by_form else "",
    }


def lists_items(revision: Revision) -> bool:
    """Whether the wording prints a list, which then goes along as a table: all but some messages do."""
    return revision.free_letter is None or revision.free_letter.with_list
