"""How a case's items stand, counted: what the bar, the next step and the rule about closing are made of."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cases.models import Case, CheckOrder, ContentItem, Outcome
from cases.states import UNSETTLED, Standing

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


def has_ended() -> Q:
    """Whether an item (the outer row) has an unvoided removal confirmation or a recorded outcome.

    Confirmations live in takedowns, above this room: seen by reverse relation. The tip of a chain counts.
    """
    decided = Outcome.objects.filter(item=OuterRef("pk"), superseded_by=None)
    confirmed = ContentItem.objects.filter(
        pk=OuterRef("pk"),
        takedown_items__confirmations__basis__in=REMOVAL_BASES,
        takedown_items__confirmations__superseded_by=None,
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
