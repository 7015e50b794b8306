"""The queue of checks: who asks for one puts a row into it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from audit.states import Action
from cases.models import CheckOrder, ContentItem


@transaction.atomic
def order_checks(*, items: Iterable[ContentItem], why: str, by: User | None = None, at: datetime | None = None) -> int:
    """Put the items into the queue of checks, due at once; one that waits already is not doubled. Return how many."""
    at = at or timezone.now()
    wanted = sorted({item.pk for item in items})
    waiting = set(CheckOrder.objects.filter(item__in=wanted, done_at=None).values_list("item_id", flat=True))
    orders = [
        CheckOrder(item_id=pk, why=why, ordered_at=at, ordered_by=by, due_at=at) for pk in wanted if pk not in waiting
    ]
    CheckOrder.objects.bulk_create(orders, ignore_conflicts=True)
    for order in orders:
        record(action=Action.CHECK_ORDERED, by=by, obj=ContentItem(pk=order.item_id), detail={"why": why})
    return len(orders)
