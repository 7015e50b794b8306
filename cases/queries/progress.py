"""How far the checks of a case have come."""

from dataclasses import dataclass

from django.db.models import Count, Min, Q, Subquery
from django.utils import timezone

from cases.models import Case, CheckOrder


@dataclass(frozen=True)
class Progress:
    """`done` of `total` checks that were ordered since the oldest one that still waits; 0 of 0 when none does."""

    done: int
    total: int


def progress_of(case: Case) -> Progress:
    """One query. Checks that are due later, by the schedule, are nobody's to wait for."""
    orders = CheckOrder.objects.filter(
        item__case_items__case=case, item__case_items__removed_at=None, due_at__lte=timezone.now()
    )
    since = orders.filter(done_at=None).order_by().values("item__case_items__case").annotate(first=Min("ordered_at"))
    counted = orders.filter(ordered_at__gte=Subquery(since.values("first"))).aggregate(
        done=Count("pk", filter=Q(done_at__isnull=False)), total=Count("pk")
    )
    return Progress(**counted)
