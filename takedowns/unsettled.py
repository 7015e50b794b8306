"""The lines of a request that a follow-up can name: why each is not settled, and why it cannot be followed up yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.models import Check, Sighting
from cases.states import Standing
from platforms.states import CheckOutcome
from takedowns.models import Claim, LetterItem, TakedownItem, TakedownRequest
from takedowns.states import DEMANDS, WORTH_CHECKING, Concern, LetterKind

CONCERNS: dict[str, Concern] = {
    Standing.CONTRADICTED: Concern.CONTRADICTED,
    Standing.REAPPEARED: Concern.REAPPEARED,
    Standing.OPEN: Concern.UNANSWERED,
    Standing.IN_PROGRESS: Concern.UNANSWERED,
}


@dataclass(frozen=True)
class Unsettled:
    """`said_at`: of the platform's latest accepted answer about this line; `found_at`: last found or seen there.

    `letter`: the number of the latest letter that names the line.
    """

    row: TakedownItem
    concern: Concern
    said_at: datetime | None
    found_at: datetime | None
    letter: str
    why_not: str | None


def unsettled_lines(request: TakedownRequest, *, at: datetime) -> list[Unsettled]:
    """In the order of their numbers. Two queries."""
    rows = with_letters(request.items.filter(item__standing__in=CONCERNS))
    rows = rows.select_related("item").prefetch_related("item__locators").order_by("number")
    return [line for row in rows if (line := unsettled(row, at=at))]


def with_letters(rows: QuerySet[TakedownItem]) -> QuerySet[Any]:
    """Annotate what `unsettled` asks of a line: its last answer, when it was found there, the letter that names it."""
    of_line, of_item = {"takedown_item": OuterRef("pk")}, {"item": OuterRef("item")}
    claims = Claim.objects.effective().filter(**of_line).order_by("-received_at")
    live = Check.objects.filter(outcome=CheckOutcome.LIVE, **of_item).order_by("-checked_at")
    seen = Sighting.objects.filter(**of_item).order_by("-seen_at")
    named = LetterItem.objects.filter(letter__kind__in=DEMANDS, **of_line).order_by("-letter__written_at")
    return rows.annotate(
        said_kind=Subquery(claims.values("kind")[:1]),
        said_at=Subquery(claims.values("received_at")[:1]),
        # PostgreSQL's GREATEST passes over NULL.
        found_at=Greatest(Subquery(live.values("checked_at")[:1]), Subquery(seen.values("seen_at")[:1])),
        letter=Subquery(named.values("letter__number")[:1]),
        letter_kind=Subquery(named.values("letter__kind")[:1]),
        letter_at=Subquery(named.values("letter__written_at")[:1]),
        letter_due=Subquery(named.values("letter__due_at")[:1]),
    )


def unsettled(row: Any, *, at: datetime) -> Unsettled | None:
    """The line of a `with_letters` row, or None when it is settled or no letter has named it."""
    concern = _concern(row)
    if concern is None or row.letter is None:
        return None
    why_not = why_not_again(
        concern,
        letter=row.letter,
        kind=LetterKind(row.letter_kind),
        written_at=row.letter_at,
        due_at=row.letter_due,
        since=row.item.standing_since,
        at=at,
    )
    return Unsettled(
        row=row, concern=concern, said_at=row.said_at, found_at=row.found_at, letter=row.letter, why_not=why_not
    )


def _concern(row: Any) -> Concern | None:
    """An item stands as the answers of all addressees make it; what *this* one said of it is the line's own claim."""
    concern = CONCERNS.get(row.item.standing)
    if concern == Concern.CONTRADICTED and row.said_kind not in WORTH_CHECKING:
        return None if row.said_kind else Concern.UNANSWERED
    return concern


def why_not_again(
    concern: Concern,
    *,
    letter: str,
    kind: LetterKind,
    written_at: datetime,
    due_at: datetime | None,
    since: datetime,
    at: datetime,
) -> str | None:
    """Whether the line can be named once more, after the `letter` that named it last. `since`: its item stands so.

    What is still there, or back, since that letter is followed up at once: the platform answered it, or let it return.
    Everything else has until that letter's deadline. `due_at` None: the letter waits to be entered in a web form.
    """
    if due_at is None:
        return _("Letter %(letter)s names it and has not been entered in the web form yet.") % {"letter": letter}
    if concern != Concern.UNANSWERED and since > written_at:
        return None
    if due_at <= at:
        return None
    until = date_format(localtime(due_at), "Y-m-d H:i")
    if kind == LetterKind.FOLLOW_UP:
        return _("Follow-up %(letter)s names it; its deadline runs until %(until)s.") % {
            "letter": letter,
            "until": until,
        }
    return _("The deadline of letter %(letter)s runs until %(until)s.") % {"letter": letter, "until": until}
