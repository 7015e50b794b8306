"""A request's lines with their facts, and its letter as it will leave or as it left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.models import Check
from cases.states import Standing
from mailroom.addresses import reply_address
from takedowns import rules
from takedowns.letters import fill
from takedowns.models import Claim, Letter, RemovalConfirmation, Revision, TakedownItem, TakedownRequest
from takedowns.states import Basis, LetterBlank
from takedowns.unsettled import Unsettled, unsettled, with_letters

BLANK = re.compile("(" + "|".join(re.escape(blank.value) for blank in LetterBlank) + ")")


@dataclass
class LineFacts:
    """A request's line with its three facts: what the platform says, what we found last, what is confirmed."""

    row: TakedownItem
    claims: Sequence[Claim]
    said: Claim | None
    found: Check | None
    confirmed: RemovalConfirmation | None
    unsettled: Unsettled | None
    basis: Basis | None = None


def lines_of(asked: TakedownRequest, *, at: datetime, answered: bool = True) -> list[LineFacts]:
    """The request's lines with their facts, in their order. Five queries; three before anything can be `answered`."""
    rows: QuerySet[Any] = with_letters(asked.items.all()) if answered else asked.items.all()
    rows = rows.select_related("item").prefetch_related(
        "item__locators", Prefetch("item__checks", Check.objects.order_by("checked_at"))
    )
    if answered:
        confirmations = RemovalConfirmation.objects.holding().select_related("confirmed_by")
        rows = rows.prefetch_related(
            Prefetch("claims", Claim.objects.effective(), to_attr="effective_claims"),
            Prefetch("confirmations", confirmations, to_attr="effective_confirmations"),
        )
    return [_facts_of(row, unsettled(row, at=at) if answered else None) for row in rows]


def _facts_of(row: TakedownItem, not_settled: Unsettled | None) -> LineFacts:
    claims: list[Claim] = getattr(row, "effective_claims", [])
    confirmations: list[RemovalConfirmation] = getattr(row, "effective_confirmations", [])
    return LineFacts(
        row=row,
        claims=claims,
        said=next(iter(claims), None),
        found=next(reversed(row.item.checks.all()), None),
        confirmed=next(iter(confirmations), None),
        unsettled=not_settled,
    )


def confirmable(lines: Sequence[LineFacts], *, left: datetime | None) -> list[LineFacts]:
    """The lines whose removal can be confirmed now, each with the `basis` that the confirmation would name."""
    ready = []
    for line in lines:
        if line.row.item.standing != Standing.REMOVED or line.confirmed:
            continue
        found = rules.basis_for(checks=line.row.item.checks.all(), claims=line.claims, left_at=left)
        if found:
            line.basis = found[0]
            ready.append(line)
    return ready


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


def wording(revision: Revision, letter: Letter | None) -> dict[str, Any]:
    """The letter as it will leave, or as it left: recipient, subject and body in pieces, digest."""

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
    }
