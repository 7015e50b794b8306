"""settle(): the one writer of an item's standing."""

from datetime import datetime

from django.db import transaction

from audit.services import record
from audit.states import Action
from cases.models import ContentItem
from cases.standing import CheckFact, ClaimFact, Facts, standing_of


def facts_of(item: ContentItem) -> Facts:
    """Collect the item's facts. Claims are a room above: seen by reverse relation (three queries)."""
    claim = (
        item.takedown_items.filter(claims__status="accepted", claims__superseded_by=None)
        .order_by("-claims__received_at", "-claims__decided_at")
        .values_list("claims__kind", "claims__received_at")
        .first()
    )
    return Facts(
        claim=ClaimFact(*claim) if claim else None,
        checks=[CheckFact(*row) for row in item.checks.order_by("checked_at").values_list("outcome", "checked_at")],
        sightings=list(item.sightings.values_list("seen_at", flat=True)),
    )


@transaction.atomic
def settle(*, item: ContentItem, at: datetime) -> ContentItem:
    """Recompute the item's standing from its facts and store it if it differs. The caller wrote a new fact.

    The row is locked first, so that of two facts written at once the later commit sees both.
    """
    locked = ContentItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    verdict = standing_of(facts_of(locked))
    if (verdict.standing, verdict.silent) == (locked.standing, locked.silent):
        return locked
    before, locked.standing, locked.silent = locked.standing, verdict.standing, verdict.silent
    locked.standing_since = at
    locked.save(update_fields=["standing", "silent", "standing_since"])
    record(action=Action.ITEM_SETTLED, by=None, obj=locked, detail={"from": before, "to": verdict.standing})
    return locked
