"""What was asked, said and confirmed of one item, from the room above, as far as the person may see it.

One query each. An item may be in other teams' cases too; what happened there is not told.
"""

from typing import Any

from django.db.models import F

from accounts.models import User
from cases.models import Case, ContentItem
from cases.words import BASES, CLAIMS

# Codes of the room above.
DECIDED = ("accepted", "rejected", "taken_back")


def _of(item: ContentItem, user: User) -> dict[str, Any]:
    return {"pk": item.pk, "takedown_items__request__case__in": Case.objects.visible_to(user)}


def _request() -> dict[str, F]:
    return {
        "request": F("takedown_items__request__number"),
        "request_id": F("takedown_items__request"),
        "number": F("takedown_items__number"),
    }


def asked_of(item: ContentItem, user: User) -> list[Any]:
    """The requests that name the item, the latest first: request, request_id, number, open, due_at."""
    return list(
        ContentItem.objects.filter(**_of(item, user))
        .order_by("-takedown_items__request__drafted_at")
        .values(open=F("takedown_items__open"), due_at=F("takedown_items__request__due_at"), **_request())
    )


def claims_of(item: ContentItem, user: User) -> list[dict[str, Any]]:
    """Decided claims, the latest first.

    `superseded` ones, proposals that were `rejected`, and those that were taken back (`back_at`) are kept readable.
    """
    rows = (
        ContentItem.objects.filter(**_of(item, user), takedown_items__claims__status__in=DECIDED)
        .order_by("-takedown_items__claims__received_at", "-takedown_items__claims__decided_at")
        .values(
            kind=F("takedown_items__claims__kind"),
            status=F("takedown_items__claims__status"),
            quote=F("takedown_items__claims__quote"),
            reply=F("takedown_items__claims__reply"),
            at=F("takedown_items__claims__received_at"),
            decided_by=F("takedown_items__claims__decided_by__name"),
            decided_at=F("takedown_items__claims__decided_at"),
            made_by=F("takedown_items__claims__made_by__name"),
            superseded=F("takedown_items__claims__superseded_by"),
            back_by=F("takedown_items__claims__taken_back__by__name"),
            back_at=F("takedown_items__claims__taken_back__at"),
            back_why=F("takedown_items__claims__taken_back__reason"),
            **_request(),
        )
    )
    told = [
        row | {"label": CLAIMS.get(row["kind"], row["kind"]), "rejected": row["status"] == "rejected"} for row in rows
    ]
    current = next((row for row in told if row["superseded"] is None and row["status"] == "accepted"), None)
    return [row | {"superseded": row is not current and row["status"] == "accepted"} for row in told]


def confirmations_of(item: ContentItem, user: User) -> list[dict[str, Any]]:
    """Removal confirmations, the latest first; a void one and what it voided are kept readable."""
    rows = (
        ContentItem.objects.filter(**_of(item, user), takedown_items__confirmations__isnull=False)
        .order_by("-takedown_items__confirmations__confirmed_at")
        .values(
            basis=F("takedown_items__confirmations__basis"),
            reason=F("takedown_items__confirmations__reason"),
            at=F("takedown_items__confirmations__confirmed_at"),
            by=F("takedown_items__confirmations__confirmed_by__name"),
            superseded=F("takedown_items__confirmations__superseded_by"),
            **_request(),
        )
    )
    return [row | {"label": BASES.get(row["basis"], row["basis"])} for row in rows]
