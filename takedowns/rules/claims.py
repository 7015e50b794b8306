"""Questions about what platforms answer, and about confirmed removals. Each gives the reason why not, or None."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Check
from cases.rules import why_not_work
from cases.states import CaseStatus, Standing
from platforms.states import CheckOutcome
from takedowns.models import (
    Claim,
    RemovalConfirmation,
    Reply,
    TakedownItem,
    TakedownRequest,
)
from takedowns.states import (
    AWAITING_ANSWER,
    LEFT_THE_HOUSE,
    Basis,
    ClaimStatus,
)

SAYS_GONE = ("removed", "not_found")
UNDO_WITHIN = timedelta(minutes=15)


def why_not_decide_claims(user: User, reply: Reply) -> str | None:
    if reason := why_not_work(user, reply.request.case):
        return reason
    if reply.moved_at:
        return _("This mail was moved to another request. What it says is decided there.")
    return None


def why_not_take_back(claims: Collection[Claim]) -> str | None:
    """Whether these accepted answers can be taken back: not while a removal stands confirmed on one of them."""
    confirmed = RemovalConfirmation.objects.effective().filter(claim__in=claims)
    numbers = sorted(confirmed.values_list("takedown_item__number", flat=True))
    if not numbers:
        return None
    return _("The removal of items %(numbers)s was confirmed on what this mail says. Void that confirmation first.") % {
        "numbers": ", ".join(str(number) for number in numbers)
    }


def why_not_undo(user: User, reply: Reply, decided_at: datetime, *, at: datetime) -> str | None:
    """Whether what `user` decided about this reply at that moment can be undone."""
    if reason := why_not_decide_claims(user, reply):
        return reason
    decided = [claim for claim in reply.claims.all() if claim.decided_at]
    together = [claim for claim in decided if claim.decided_at == decided_at and claim.decided_by_id == user.pk]
    if not together or max(claim.decided_at for claim in decided if claim.decided_at) != decided_at:
        return _("Something else was decided about this reply since. Take back single items instead.")
    if at - decided_at > UNDO_WITHIN:
        return _("This was decided some time ago. Take back single items instead, with the reason.")
    if any(claim.status == ClaimStatus.TAKEN_BACK for claim in together):
        return _("Some of this was taken back already.")
    return None


def why_not_record_by_rule(reply: Reply) -> str | None:
    """Whether what was read from a reply may count without a person's decision."""
    if not reply.request.addressee.records_without_person:
        return _("Replies of this platform are decided by a person.")
    if not reply.beyond_doubt:
        return _("Not everything speaks for the sender of this reply.")
    if reply.abstained or reply.reasons or reply.unplaced:
        return _("Not everything in this reply could be read.")
    if reply.request.status not in AWAITING_ANSWER or reply.request.case.status != CaseStatus.OPEN:
        return _("The request is not waiting for a reply.")
    return None


def claims_open(reply: Reply) -> bool:
    return reply.claims.filter(status=ClaimStatus.PROPOSED).exists()


def why_not_confirm(takedown_item: TakedownItem) -> str | None:
    """Whether the facts as they stand establish the removal of this line's item."""
    if takedown_item.request.status not in LEFT_THE_HOUSE:
        return _("The request has not left the house.")
    if takedown_item.item.standing != Standing.REMOVED:
        return _("Item %(number)s stands at “%(standing)s”; no check has found it gone.") % {
            "number": takedown_item.number,
            "standing": takedown_item.item.get_standing_display(),
        }
    if takedown_item.confirmations.holding().exists():
        return _("The removal of item %(number)s is confirmed already.") % {"number": takedown_item.number}
    return None


def basis_for(
    *, checks: Iterable[Check], claims: Iterable[Claim], left_at: datetime | None
) -> tuple[Basis, Claim | None, Check] | None:
    """The basis on which a line's removal can be confirmed, strongest first; None where the facts do not suffice.

    `checks` are the item's, `claims` the line's effective ones, `left_at` when the letter was accepted for delivery.
    Claim and check: an answer that it is gone, and a conclusive `gone` at or after it. Check alone: a `gone` after
    the letter left.
    """
    gone = max((c for c in checks if c.outcome == CheckOutcome.GONE), key=lambda c: c.checked_at, default=None)
    said = max(claims, key=lambda claim: claim.received_at, default=None)
    basis = basis_of(
        gone_at=gone.checked_at if gone else None,
        said=said.kind if said else "",
        said_at=said.received_at if said else None,
        left_at=left_at,
    )
    if basis is None or gone is None:
        return None
    return basis, said if basis == Basis.CLAIM_AND_CHECK else None, gone


def basis_of(
    *, gone_at: datetime | None, said: str, said_at: datetime | None, left_at: datetime | None
) -> Basis | None:
    """The same for the latest conclusive `gone` and the effective claim, by their kind and moments."""
    if gone_at is None:
        return None
    if said in SAYS_GONE and said_at and said_at <= gone_at:
        return Basis.CLAIM_AND_CHECK
    return Basis.CHECK_ALONE if left_at and gone_at >= left_at else None


def why_not_confirm_on_statement(user: User, takedown_item: TakedownItem) -> str | None:
    """A named person may confirm on the platform's statement only, where no check can tell."""
    if reason := why_not_work(user, takedown_item.request.case):
        return reason
    if takedown_item.item.standing != Standing.UNVERIFIABLE:
        return _(
            "Item %(number)s stands at “%(standing)s”. Only what cannot be checked is confirmed on a statement."
        ) % {
            "number": takedown_item.number,
            "standing": takedown_item.item.get_standing_display(),
        }
    if takedown_item.confirmations.holding().exists():
        return _("The removal of item %(number)s is confirmed already.") % {"number": takedown_item.number}
    if not takedown_item.claims.effective().filter(kind__in=SAYS_GONE).exists():
        return _("No accepted reply says that item %(number)s was removed.") % {"number": takedown_item.number}
    return None


def why_not_void(user: User, request: TakedownRequest, confirmation: RemovalConfirmation) -> str | None:
    if reason := why_not_work(user, request.case):
        return reason
    if not RemovalConfirmation.objects.effective().filter(pk=confirmation.pk).exists():
        return _("This confirmation is void already.")
    return None
