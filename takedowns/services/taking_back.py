"""Taking back what was accepted from a reply, and undoing the decisions of a moment ago.

An answer that is taken back stays readable, with who took it back, when and why. What earlier mails said holds again.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from takedowns import rules
from takedowns.models import Claim, ClaimQuerySet, Reply, TakedownItem, TakenBack
from takedowns.services.claims import lock_reply, move_by_answers, move_claim, settle_items
from takedowns.states import ClaimStatus


@transaction.atomic
def take_back(
    *, reply: Reply, items: Sequence[TakedownItem], reason: str, by: User, at: datetime | None = None
) -> list[Claim]:
    """Take back what was accepted from this reply about these lines: the mail does not say this of them."""
    at, reason = at or timezone.now(), reason.strip()
    reply = lock_reply(reply, by)
    claims = list(_accepted(reply).filter(takedown_item__in=items))
    if not claims:
        raise Refused(_("Choose at least one item."))
    if refusal := rules.why_not_take_back(claims):
        raise Refused(refusal)
    if not reason:
        raise Refused(_("Say why it is taken back."))
    for claim in claims:
        _withdraw(claim, by=by, at=at, reason=reason)
    settle_items(claims, at=at)
    move_by_answers(reply.request, at=at)
    numbers = sorted(claim.takedown_item.number for claim in claims)
    record(
        action=Action.CLAIMS_TAKEN_BACK,
        by=by,
        obj=reply,
        case_id=reply.request.case_id,
        detail={"claims": len(claims), "numbers": numbers},
    )
    return claims


@transaction.atomic
def undo(*, reply: Reply, decided_at: datetime, by: User, at: datetime | None = None) -> list[int]:
    """Undo what `by` decided about this reply at that moment, their last decision there; returns the items' numbers.

    What was read from the mail is proposed again; what a person had replaced holds again as it did before.
    """
    at = at or timezone.now()
    reply = lock_reply(reply, by)
    decided = list(reply.claims.filter(decided_by=by, decided_at=decided_at).select_related("takedown_item__item"))
    accepted = [claim for claim in decided if claim.status == ClaimStatus.ACCEPTED]
    if refusal := rules.why_not_undo(by, reply, decided_at, at=at) or rules.why_not_take_back(accepted):
        raise Refused(refusal)
    for claim in accepted:
        _withdraw(claim, by=by, at=at)
        if claim.supersedes:
            _restore(claim, claim.supersedes, by=by, at=at)
    for claim in decided:
        if claim.made_by_id is None:
            _propose_again(claim, at=at)
    if reply.handled_at == decided_at:
        reply.handled_at, reply.handled_by = None, None
        reply.save(update_fields=["handled_at", "handled_by"])
    settle_items(accepted, at=at)
    move_by_answers(reply.request, at=at)
    numbers = sorted({claim.takedown_item.number for claim in decided})
    record(
        action=Action.CLAIMS_UNDONE,
        by=by,
        obj=reply,
        case_id=reply.request.case_id,
        detail={"claims": len(decided), "numbers": numbers},
    )
    return numbers


def _accepted(reply: Reply) -> ClaimQuerySet:
    standing = Claim.objects.filter(reply=reply, status=ClaimStatus.ACCEPTED, superseded_by=None)
    return standing.select_related("takedown_item__item").order_by("takedown_item__item_id")


def _withdraw(claim: Claim, *, by: User, at: datetime, reason: str = "") -> None:
    move_claim(claim, ClaimStatus.TAKEN_BACK)
    TakenBack.objects.create(claim=claim, by=by, at=at, reason=reason)


def _restore(claim: Claim, before: Claim, *, by: User, at: datetime) -> None:
    """The answer that `claim` had replaced, once more: a superseded one stays superseded."""
    again = Claim.objects.create(
        takedown_item=claim.takedown_item,
        reply=claim.reply,
        kind=before.kind,
        quote=before.quote,
        received_at=before.received_at,
        made_by=before.made_by,
        made_at=at,
        supersedes=claim,
    )
    move_claim(again, ClaimStatus.ACCEPTED, decided_by=by, decided_at=at)


def _propose_again(claim: Claim, *, at: datetime) -> None:
    Claim.objects.create(
        takedown_item=claim.takedown_item,
        reply=claim.reply,
        kind=claim.kind,
        quote=claim.quote,
        received_at=claim.received_at,
        made_at=at,
    )
