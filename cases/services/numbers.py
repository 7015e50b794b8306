"""Official numbers without gaps: a locked counter a kind and a KST year."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cases.models import Counter
from cases.states import NumberKind

KST = ZoneInfo("Asia/Seoul")


def next_number(*, kind: NumberKind, at: datetime) -> str:
    """Return the next number of this kind, such as "C2026-000001". Must run inside a transaction.

    The counter's row stays locked until the caller commits, so a rolled-back caller leaves no gap. Take it after all
    other locks: callers that took it first would wait for each other's rows.
    """
    year = at.astimezone(KST).year
    Counter.objects.bulk_create([Counter(kind=kind, year=year)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update(no_key=True).get(kind=kind, year=year)
    counter.value += 1
    counter.save(update_fields=["value"])
    return f"{kind}{year}-{counter.value:06d}"
