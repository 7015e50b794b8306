"""The three facts of each item side by side, for tables and papers: one query for any number of items."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Greatest, JSONObject

from cases.models import Case, Check, ContentItem, Locator, Outcome, ReportLine, Sighting
from cases.queries.tally import REMOVAL_BASES, check_waits
from cases.standing import CONCLUSIVE, SAYS_GONE
from cases.states import OutcomeKind, Standing
from cases.words import BASES, BASES_IN_SHORT, CLAIMS, METHODS
from platforms.states import CannotVerify, CheckOutcome

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """What the case's latest request calls the item."""

    number: int
    request: str
    request_id: str


@dataclass(frozen=True)
class Said:
    """`quote` and `reply_id` are empty when it was said in answer to another case's request."""

    kind: str
    quote: str
    reply_id: str
    at: datetime

    @property
    def label(self) -> str:
        return str(CLAIMS.get(self.kind, self.kind))


@dataclass(frozen=True)
class Found:
    outcome: str
    reason: str
    method: str
    status_line: str
    by: str | None
    at: datetime

    @property
    def label(self) -> str:
        return str(CheckOutcome(self.outcome).label)

    @property
    def why(self) -> str:
        return str(CannotVerify(self.reason).label) if self.reason else ""

    @property
    def method_label(self) -> str:
        return str(METHODS.get(self.method, self.method))


@dataclass(frozen=True)
class Confirmed:
    basis: str
    reason: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        return str(BASES.get(self.basis, self.basis))

    @property
    def short(self) -> str:
        return str(BASES_IN_SHORT.get(self.basis, self.basis))

    @property
    def statement_only(self) -> bool:
        return self.basis == "statement_only"


@dataclass(frozen=True)
class Ended:
    kind: str
    reason: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        return str(OutcomeKind(self.kind).label)

    @property
    def gone_unasked(self) -> bool:
        return self.kind == OutcomeKind.GONE_UNASKED


@dataclass(frozen=True)
class Early:
    """The platform said `said_at` that it was gone; our first look after that, `at`, found it there."""

    said_at: datetime
    at: datetime


@dataclass(frozen=True)
class ItemRow:
    """One item with what is asked, said, found and confirmed. `tried`: a later check that could not tell.

    `overtaken`: a confirmation after which it was found or seen there; it counts for nothing any more.
    """

    item: ContentItem
    link: str
    places: int
    line: Line | None
    claim: Said | None
    check: Found | None
    tried: Found | None
    confirmed: Confirmed | None
    overtaken: Confirmed | None
    ended: Ended | None
    early: Early | None
    sightings: int
    queued: bool

    @property
    def standing(self) -> Standing:
        return Standing(self.item.standing)

    @property
    def place(self) -> str:
        """The link without its scheme; empty for a sealed one."""
        return self.link.removeprefix("https://").removeprefix("http://")


def item_rows(items: QuerySet[ContentItem], *, case: Case) -> "QuerySet[ContentItem]":
    """Annotate the items with what `row_of` reads. Ordered by number in the latest request, then as reported."""
    return (
        items.select_related("organisation")
        .annotate(
            first_link=Subquery(_places().values("url")[:1]),
            place_count=Subquery(_places().order_by().values("content_item").annotate(n=Count("pk")).values("n")),
            line_json=Subquery(_lines(case)),
            claim_json=Subquery(_claims()),
            check_json=Subquery(_checks(Check.objects.filter(outcome__in=CONCLUSIVE))),
            tried_json=Subquery(_checks(Check.objects.exclude(outcome__in=CONCLUSIVE))),
            confirmed_json=Subquery(_confirmations()),
            ended_json=Subquery(_outcomes()),
            # PostgreSQL's GREATEST passes over NULL.
            life_at=Greatest(Subquery(_live().values("checked_at")[:1]), Subquery(_seen().values("seen_at")[:1])),
            first_said=Subquery(_first_said()),
            first_look=Subquery(_first_look()),
            sighting_count=Subquery(
                Sighting.objects.filter(item=OuterRef("pk"))
                .order_by()
                .values("item")
                .annotate(n=Count("pk"))
                .values("n")
            ),
            queued=check_waits(),
            shown_in=Value(case.pk, output_field=UUIDField()),
            line_number=Subquery(_lines(case, "takedown_items__number")),
            reported_line=Subquery(_reported().values("n")[:1]),
        )
        .order_by("line_number", "recorded_at", "reported_line", "id")
    )


def with_places(items: QuerySet[ContentItem]) -> QuerySet[ContentItem]:
    """Annotate `urls`: every known place, the oldest first; empty text for a sealed one."""
    return items.annotate(urls=ArraySubquery(_places().values("url")))


def row_of(item: Any) -> ItemRow:
    """Read the annotations of `item_rows`."""
    check, tried = _fact(Found, item.check_json), _fact(Found, item.tried_json)
    confirmed = _fact(Confirmed, _own(item.confirmed_json, item.shown_in, reason="", by=""))
    ended = _fact(Ended, _own(item.ended_json, item.shown_in, reason="", by=""))
    look = item.first_look
    return ItemRow(
        item=item,
        link=item.first_link or "",
        places=item.place_count or 0,
        line=Line(**item.line_json) if item.line_json else None,
        claim=_fact(Said, _own(item.claim_json, item.shown_in, quote="", reply_id="")),
        check=check,
        tried=tried if tried and (check is None or tried.at > check.at) else None,
        confirmed=None if _is_overtaken(confirmed, item.life_at) else confirmed,
        overtaken=confirmed if _is_overtaken(confirmed, item.life_at) else None,
        ended=None if ended and ended.gone_unasked and _is_overtaken(ended, item.life_at) else ended,
        early=Early(item.first_said, datetime.fromisoformat(look["at"])) if look and look["live"] else None,
        sightings=item.sighting_count or 0,
        queued=item.queued,
    )


def _is_overtaken(fact: Confirmed | Ended | None, life_at: datetime | None) -> bool:
    return bool(fact and life_at and fact.at < life_at)


def _own(told: dict[str, Any] | None, case: UUID, **hidden: str) -> dict[str, Any] | None:
    """Without what is hidden, unless it was said or done in this very case."""
    if told is None:
        return None
    own = told["case"] == str(case)
    return {name: value for name, value in (told if own else told | hidden).items() if name != "case"}


def _fact(kind: type[T], told: dict[str, Any] | None) -> T | None:
    return kind(**told | {"at": datetime.fromisoformat(told["at"])}) if told else None


def _reported() -> QuerySet:
    lines = ReportLine.objects.filter(locator__content_item=OuterRef("pk"))
    return lines.order_by("report__recorded_at", "n")


def _places() -> QuerySet[Locator]:
    return Locator.objects.filter(content_item=OuterRef("pk")).order_by("recorded_at", "id")


def _lines(case: Case, field: str = "") -> QuerySet:
    rows = ContentItem.objects.filter(pk=OuterRef("pk"), takedown_items__request__case=case)
    told = JSONObject(
        number="takedown_items__number",
        request="takedown_items__request__number",
        request_id="takedown_items__request__id",
    )
    ordered = rows.order_by("-takedown_items__request__drafted_at")
    return (ordered.values(field) if field else ordered.values(told=told))[:1]


def _claims() -> QuerySet:
    """The effective claim: the latest accepted, unsuperseded one from any addressee."""
    rows = ContentItem.objects.filter(
        pk=OuterRef("pk"), takedown_items__claims__status="accepted", takedown_items__claims__superseded_by=None
    )
    told = JSONObject(
        kind="takedown_items__claims__kind",
        quote="takedown_items__claims__quote",
        reply_id="takedown_items__claims__reply_id",
        at="takedown_items__claims__received_at",
        case="takedown_items__request__case_id",
    )
    ordered = rows.order_by("-takedown_items__claims__received_at", "-takedown_items__claims__decided_at")
    return ordered.values(told=told)[:1]


def _checks(checks: QuerySet[Check]) -> QuerySet:
    told = JSONObject(
        outcome="outcome", reason="reason", method="method", status_line="status_line", by="by__name", at="checked_at"
    )
    ordered = checks.filter(item=OuterRef("pk")).order_by("-checked_at", "-recorded_at")
    return ordered.values(told=told)[:1]


def _live() -> QuerySet[Check]:
    return Check.objects.filter(item=OuterRef("pk"), outcome=CheckOutcome.LIVE).order_by("-checked_at")


def _seen() -> QuerySet[Sighting]:
    return Sighting.objects.filter(item=OuterRef("pk")).order_by("-seen_at")


def _first_said() -> QuerySet:
    """When the platform first said that it is gone. What a person corrected in the same reply was never said."""
    said = ContentItem.objects.filter(
        pk=OuterRef("pk"), takedown_items__claims__status="accepted", takedown_items__claims__kind__in=SAYS_GONE
    ).annotate(in_reply=F("takedown_items__claims__reply"), read_anew=F("takedown_items__claims__superseded_by__reply"))
    said = said.filter(Q(read_anew=None) | ~Q(read_anew=F("in_reply")))
    ordered = said.order_by("takedown_items__claims__received_at")
    return ordered.values("takedown_items__claims__received_at")[:1]


def _first_look() -> QuerySet:
    """Our first check after that which could tell, and whether it found the content there."""
    looks = Check.objects.filter(
        item=OuterRef("pk"), outcome__in=CONCLUSIVE, checked_at__gte=OuterRef("first_said")
    ).order_by("checked_at", "recorded_at")
    return looks.values(told=JSONObject(at="checked_at", live=Q(outcome=CheckOutcome.LIVE)))[:1]


def _confirmations() -> QuerySet:
    rows = ContentItem.objects.filter(
        pk=OuterRef("pk"),
        takedown_items__confirmations__basis__in=REMOVAL_BASES,
        takedown_items__confirmations__superseded_by=None,
    )
    told = JSONObject(
        basis="takedown_items__confirmations__basis",
        reason="takedown_items__confirmations__reason",
        by="takedown_items__confirmations__confirmed_by__name",
        at="takedown_items__confirmations__confirmed_at",
        case="takedown_items__request__case_id",
    )
    return rows.order_by("-takedown_items__confirmations__confirmed_at").values(told=told)[:1]


def _outcomes() -> QuerySet:
    told = JSONObject(kind="kind", reason="reason", by="by__name", at="at", case="case_id")
    return Outcome.objects.filter(item=OuterRef("pk"), superseded_by=None).values(told=told)[:1]
