"""How platforms behave: whether they answer in time, and whether what they say they removed is gone and stays gone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Now

from accounts.models import User
from accounts.templatetags.portal import amount
from cases.models import Case, Check, Sighting
from cases.standing import CONCLUSIVE, SAYS_GONE
from dashboards.queries.figures import NAMES, Median, label_of
from mailroom.states import Kind
from platforms.states import CheckOutcome
from takedowns.models import Claim, Letter, Reply, TakedownItem, TakedownRequest
from takedowns.states import ClaimStatus


@dataclass(frozen=True)
class Behaviour:
    """One platform. `due`: requests that are answered or whose time is over, `in_time` of them answered before that.

    `said`: items of which it said that they are gone; our first look after that found `kept` of them gone and
    `contradicted` there; the others nobody could see yet. `back`: items that were gone and came back.
    """

    platform: str
    requests: int
    due: int
    in_time: int
    median: timedelta | None
    said: int
    kept: int
    contradicted: int
    back: int

    @property
    def unseen(self) -> int:
        return self.said - self.kept - self.contradicted

    @property
    def in_time_percent(self) -> int | None:
        return round(100 * self.in_time / self.due) if self.due else None

    @property
    def median_in_words(self) -> str:
        return amount(max(0.0, self.median.total_seconds())) if self.median is not None else ""

    @property
    def bar(self) -> list[tuple[str, str, int]]:
        """For the bar of standings: what became of what it said."""
        parts = (("removed", self.kept), ("contradicted", self.contradicted), ("claimed", self.unseen))
        return [(code, "", count) for code, count in parts]


def behaviour(user: User) -> list[Behaviour]:
    """A row for each addressee whose letter left, in the cases that the person may see; most requests first.

    Two queries.
    """
    cases = Case.objects.visible_to(user)
    kept = {row["addressee"]: row for row in _words_kept(cases)}
    rows = [_behaviour(row, kept.get(row["addressee"], {})) for row in _answers(cases)]
    return sorted(rows, key=lambda row: (-row.requests, row.platform))


def _behaviour(answers: dict[str, Any], words: dict[str, Any]) -> Behaviour:
    told = {name: words.get(name, 0) for name in ("said", "kept", "contradicted", "back")}
    asked = {name: answers[name] for name in ("requests", "due", "in_time", "median")}
    return Behaviour(platform=label_of(answers), **asked, **told)


def _answers(cases: Any) -> Any:
    left = Letter.objects.filter(request=OuterRef("pk"), mail__accepted_at__isnull=False)
    replies = Reply.objects.filter(request=OuterRef("pk"), incoming__kind=Kind.ORDINARY).order_by("received_at")
    requests = (
        TakedownRequest.objects.filter(case__in=cases)
        .annotate(
            left=Subquery(left.order_by("mail__accepted_at").values("mail__accepted_at")[:1]),
            first=Subquery(replies.values("received_at")[:1]),
        )
        .filter(left__isnull=False)
        .annotate(took=ExpressionWrapper(F("first") - F("left"), output_field=DurationField()))
    )
    return (
        requests.order_by()
        .values("addressee", *NAMES)
        .annotate(
            requests=Count("pk"),
            due=Count("pk", filter=Q(first__isnull=False, due_at__isnull=False) | Q(due_at__lt=Now())),
            in_time=Count("pk", filter=Q(first__lte=F("due_at"))),
            median=Median("took"),
        )
    )


def _words_kept(cases: Any) -> Any:
    said = Claim.objects.filter(
        takedown_item=OuterRef("pk"), status=ClaimStatus.ACCEPTED, superseded_by=None, kind__in=SAYS_GONE
    ).order_by("received_at")
    looks = Check.objects.filter(
        item=OuterRef("item"), outcome__in=CONCLUSIVE, checked_at__gte=OuterRef("said_at")
    ).order_by("checked_at", "recorded_at")
    lines = TakedownItem.objects.filter(request__case__in=cases).annotate(
        said_at=Subquery(said.values("received_at")[:1]),
        gone_at=Subquery(_first(CheckOutcome.GONE)),
        life_at=Greatest(Subquery(_last(CheckOutcome.LIVE)), Subquery(_seen())),
    )
    return (
        lines.annotate(look=Subquery(looks.values("outcome")[:1]))
        .order_by()
        .values("addressee")
        .annotate(
            said=Count("item", distinct=True, filter=Q(said_at__isnull=False)),
            kept=Count("item", distinct=True, filter=Q(said_at__isnull=False, look=CheckOutcome.GONE)),
            contradicted=Count("item", distinct=True, filter=Q(said_at__isnull=False, look=CheckOutcome.LIVE)),
            back=Count("item", distinct=True, filter=Q(life_at__gt=F("gone_at"))),
        )
    )


def _first(outcome: CheckOutcome) -> Any:
    found = Check.objects.filter(item=OuterRef("item"), outcome=outcome).order_by().values("item")
    return found.annotate(first=Min("checked_at")).values("first")


def _last(outcome: CheckOutcome) -> Any:
    found = Check.objects.filter(item=OuterRef("item"), outcome=outcome).order_by().values("item")
    return found.annotate(last=Max("checked_at")).values("last")


def _seen() -> Any:
    seen = Sighting.objects.filter(item=OuterRef("item")).order_by().values("item")
    return seen.annotate(last=Max("seen_at")).values("last")
