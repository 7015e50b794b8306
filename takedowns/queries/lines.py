"""The lines of a request with their facts: one query, however many there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from cases.models import Check, Locator
from cases.states import Standing
from cases.words import BASES_IN_SHORT
from platforms.states import CheckOutcome
from takedowns import rules
from takedowns.models import Claim, RemovalConfirmation, TakedownItem, TakedownRequest
from takedowns.states import Basis, ClaimKind
from takedowns.unsettled import Unsettled, unsettled, with_letters


@dataclass(frozen=True)
class Fact:
    """Something said, found or confirmed, in words. `by`: who did it; `reply`: where it was said."""

    code: str
    label: str
    at: datetime
    by: str = ""
    reply: str = ""


@dataclass(frozen=True)
class Line:
    """What the platform says of a line, what we found last, what is confirmed; `basis` on which it can be now."""

    row: TakedownItem
    place: str
    said: Fact | None
    found: Fact | None
    confirmed: Fact | None
    basis: Basis | None
    unsettled: Unsettled | None

    @property
    def basis_in_short(self) -> str:
        """On what the removal is confirmed, or could be."""
        code = self.confirmed.code if self.confirmed else self.basis or ""
        return str(BASES_IN_SHORT.get(code, code))


def lines_of(asked: TakedownRequest, *, left: datetime | None, at: datetime) -> list[Line]:
    """In the order of their numbers. `left`: when the request's first letter was accepted for delivery."""
    rows = with_letters(asked.items.all()).annotate(
        claim_json=Subquery(_claims()),
        found_json=Subquery(_checks().values(told=JSONObject(code="outcome", at="checked_at"))[:1]),
        gone_at=Subquery(_checks().filter(outcome=CheckOutcome.GONE).values("checked_at")[:1]),
        confirmed_json=Subquery(_confirmations()),
    )
    return [_line(row, left, at) for row in with_places(rows).order_by("number")]


def with_places(rows: QuerySet[TakedownItem]) -> QuerySet[Any]:
    """Their items, and as `link` each one's first known place; empty for a sealed one."""
    places = Locator.objects.filter(content_item=OuterRef("item")).exclude(url="").order_by("recorded_at", "id")
    return rows.select_related("item").annotate(link=Subquery(places.values("url")[:1]))


def place_of(link: str | None) -> str:
    """The link without its scheme, as people read it aloud."""
    return (link or "").removeprefix("https://").removeprefix("http://")


def _claims() -> QuerySet[Claim, Any]:
    claims = Claim.objects.effective().filter(takedown_item=OuterRef("pk")).order_by("-received_at")
    return claims.values(told=JSONObject(code="kind", at="received_at", reply="reply_id"))[:1]


def _checks() -> QuerySet[Check]:
    return Check.objects.filter(item=OuterRef("item")).order_by("-checked_at", "-recorded_at")


def _confirmations() -> QuerySet[RemovalConfirmation, Any]:
    holding = RemovalConfirmation.objects.holding().filter(takedown_item=OuterRef("pk"))
    return holding.values(told=JSONObject(code="basis", at="confirmed_at", by="confirmed_by__name"))[:1]


def _line(row: Any, left: datetime | None, at: datetime) -> Line:
    said = _fact(row.claim_json, ClaimKind)
    confirmed = _fact(row.confirmed_json, Basis)
    basis = None
    if row.item.standing == Standing.REMOVED and not confirmed:
        basis = rules.basis_of(
            gone_at=row.gone_at, said=said.code if said else "", said_at=said.at if said else None, left_at=left
        )
    return Line(
        row=row,
        place=place_of(row.link),
        said=said,
        found=_fact(row.found_json, CheckOutcome),
        confirmed=confirmed,
        basis=basis,
        unsettled=unsettled(row, at=at),
    )


def _fact(told: dict[str, str] | None, codes: Any) -> Fact | None:
    if told is None:
        return None
    label, at = str(codes(told["code"]).label), datetime.fromisoformat(told["at"])
    return Fact(code=told["code"], label=label, at=at, by=told.get("by", ""), reply=told.get("reply", ""))


def confirmable(lines: Sequence[Line]) -> list[Line]:
    """The lines whose removal can be confirmed now."""
    return [line for line in lines if line.basis]


def standings(lines: Sequence[Line]) -> list[tuple[str, str, int]]:
    """(code, word, count) of each standing that occurs, in the order of the states."""
    counts = Counter(line.row.item.standing for line in lines)
    return [(code, str(word), counts[code]) for code, word in Standing.choices if counts[code]]
