"""How a case's items stand, counted: what the bar, the next step and the rule about closing are made of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from cases.models import Case, Check, CheckOrder, ContentItem, Outcome, Sighting
from cases.states import UNSETTLED, OutcomeKind, Standing
from platforms.states import CheckOutcome

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Every basis of a removal confirmation but "void".
REMOVAL_BASES = ("claim_and_check", "check_alone", "statement_only")


@dataclass(frozen=True)
class Group:
    """`count` items that agree in everything below. `ended`: a confirmed removal or a recorded outcome."""

    standing: Standing
    silent: bool
    ended: bool
    asked: bool
    queued: bool
    count: int


@dataclass(frozen=True)
class Tally:
    groups: tuple[Group, ...]

    @property
    def items(self) -> int:
        return sum(group.count for group in self.groups)

    def of(self, *standings: Standing, **like: bool) -> int:
        """How many items stand at one of these (all, when none is named) and are as `like` says."""
        return sum(
            group.count
            for group in self.groups
            if (not standings or group.standing in standings)
            and all(getattr(group, name) == value for name, value in like.items())
        )

    @property
    def unsettled(self) -> int:
        return self.of(*UNSETTLED)

    @property
    def bar(self) -> list[tuple[str, str, int]]:
        """(code, word, count) of each standing that occurs, in the order of the states."""
        return [(s.value, str(s.label), n) for s in Standing if (n := self.of(s))]


def sign_of_life(item: str) -> Coalesce:
    """When the item, named by this field of the outer row, was last found or seen there; long ago when never."""
    found = Check.objects.filter(item=OuterRef(item), outcome=CheckOutcome.LIVE).order_by("-checked_at")
    seen = Sighting.objects.filter(item=OuterRef(item)).order_by("-seen_at")
    # PostgreSQL's GREATEST passes over NULL.
    latest = Greatest(Subquery(found.values("checked_at")[:1]), Subquery(seen.values("seen_at")[:1]))
    return Coalesce(latest, Value(LONG_AGO))


def has_ended() -> Any:
    """Whether an item (the outer row) has a removal confirmation that holds, or a recorded outcome.

    Content that was found or seen there after it was confirmed or given up as gone has not ended. Confirmations live
    in takedowns, above this room: seen by reverse relation. The tip of a chain counts.
    """
    decided = Outcome.objects.filter(
        ~Q(kind=OutcomeKind.GONE_UNASKED) | Q(at__gte=sign_of_life("item")), item=OuterRef("pk"), superseded_by=None
    )
    confirmed = ContentItem.objects.filter(
        pk=OuterRef("pk"),
        takedown_items__confirmations__basis__in=REMOVAL_BASES,
        takedown_items__confirmations__superseded_by=None,
        takedown_items__confirmations__confirmed_at__gte=sign_of_life("pk"),
    )
    return Exists(decided) | Exists(confirmed)


def in_open_request() -> Exists:
    return Exists(ContentItem.objects.filter(pk=OuterRef("pk"), takedown_items__open=True))


def check_waits() -> Exists:
    return Exists(CheckOrder.objects.filter(item=OuterRef("pk"), done_at=None))


def tally(case: Case) -> Tally:
    """Count the case's items. One query, however many there are."""
    return count_groups(ContentItem.objects.filter(case_items__case=case, case_items__removed_at=None))


def count_groups(items: QuerySet[ContentItem]) -> Tally:
    rows = (
        items.annotate(ended=has_ended(), asked=in_open_request(), queued=check_waits())
        .values("standing", "silent", "ended", "asked", "queued")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return Tally(
        tuple(
            Group(
                standing=Standing(row["standing"]),
                silent=row["silent"],
                ended=row["ended"],
                asked=row["asked"],
                queued=row["queued"],
                count=row["n"],
            )
            for row in rows
        )
    )
