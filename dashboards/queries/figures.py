"""The supervisor's figures: counts, and how long it takes from a letter to a confirmed removal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
)

from accounts.models import User
from accounts.templatetags.portal import amount
from cases.models import Case, CaseItem, ContentItem
from cases.states import Standing
from platforms.models import Organisation
from takedowns.models import Letter, RemovalConfirmation

NAMES = ("addressee__name", "addressee__name_ko")


def label_of(row: Mapping[str, Any]) -> str:
    """The addressee's name in the active language, out of a row with NAMES: no query more for it."""
    return Organisation(name=row["addressee__name"], name_ko=row["addressee__name_ko"]).label


class Median(Aggregate):
    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def standings(user: User) -> list[tuple[str, str, int]]:
    """(code, word, count) of the items in the cases that the person may see, each item once. One query."""
    held = CaseItem.objects.filter(item=OuterRef("pk"), removed_at=None, case__in=Case.objects.visible_to(user))
    counted = dict(ContentItem.objects.filter(Exists(held)).values_list("standing").annotate(n=Count("pk")).order_by())
    return [(s.value, str(s.label), counted[s.value]) for s in Standing if s.value in counted]


@dataclass(frozen=True)
class Times:
    """From the letter's acceptance to the confirmation of a removal."""

    platform: str
    count: int
    median: timedelta
    shortest: timedelta
    longest: timedelta

    @property
    def words(self) -> tuple[str, str, str]:
        """Median, shortest and longest, each in one unit."""
        return (_in_words(self.median), _in_words(self.shortest), _in_words(self.longest))


def _in_words(length: timedelta) -> str:
    return amount(max(0.0, length.total_seconds()))


def confirmations(user: User) -> QuerySet[RemovalConfirmation]:
    """Removals that stand confirmed, of letters that left, with the time it `took`."""
    left = Letter.objects.filter(request=OuterRef("takedown_item__request"), mail__accepted_at__isnull=False)
    return (
        RemovalConfirmation.objects.effective()
        .filter(takedown_item__request__case__in=Case.objects.visible_to(user))
        .annotate(left=Subquery(left.order_by("mail__accepted_at").values("mail__accepted_at")[:1]))
        .filter(left__isnull=False)
        .annotate(took=ExpressionWrapper(F("confirmed_at") - F("left"), output_field=DurationField()))
    )


def times(user: User) -> list[Times]:
    """A row for each addressee, the one with the most removals first. One query."""
    names = {name: F(f"takedown_item__{name}") for name in NAMES}
    rows = (
        confirmations(user)
        .values(addressee=F("takedown_item__addressee"), **names)
        .annotate(n=Count("pk"), median=Median("took"), shortest=Min("took"), longest=Max("took"))
        .order_by("-n", "addressee")
    )
    return [_times(label_of(row), row) for row in rows]


def times_in_all(user: User) -> Times | None:
    row = confirmations(user).aggregate(n=Count("pk"), median=Median("took"), shortest=Min("took"), longest=Max("took"))
    return _times("", row) if row["n"] else None


def _times(platform: str, row: Mapping[str, Any]) -> Times:
    return Times(platform, row["n"], row["median"], row["shortest"], row["longest"])
