"""What a platform says becomes a claim when a person takes it over. An accepted claim is superseded, never edited."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.services import order_checks, settle
from takedowns import rules
from takedowns.models import Claim, Reply, TakedownItem, TakedownRequest
from takedowns.services.requests import lock_request, move
from takedowns.states import CLAIM_TRANSITIONS, WORTH_CHECKING, ClaimKind, ClaimStatus, RequestStatus


def move_claim(claim: Claim, status: ClaimStatus, **fields: object) -> None:
    """The only writer of a claim's status. The request's row is locked by the caller."""
    if status not in CLAIM_TRANSITIONS[ClaimStatus(claim.status)]:
        raise Refused(_("This has been decided already."))
    claim.status = status
    for name, value in fields.items():
        setattr(claim, name, value)
    claim.save(update_fields=["status", *fields])


def _decide(claim: Claim, status: ClaimStatus, *, by: User | None, at: datetime) -> None:
    """By nobody means by rule."""
    move_claim(claim, status, decided_by=by, decided_by_rule=by is None, decided_at=at)


def lock_reply(reply: Reply, by: User) -> Reply:
    """Lock the reply's request (so that two people's decisions queue up) and ask the rules."""
    request = lock_request(reply.request)
    fresh = Reply.objects.select_related("incoming").get(pk=reply.pk)
    fresh.request = request
    if reason := rules.why_not_decide_claims(by, fresh):
        raise Refused(reason)
    return fresh


@transaction.atomic
def accept_claims(*, reply: Reply, claims: Sequence[Claim], by: User, at: datetime | None = None) -> int:
    """Accept proposed claims of one reply, settle their items and order a check of each that says it is gone."""
    at = at or timezone.now()
    reply = lock_reply(reply, by)
    rows = _proposed(reply, claims)
    for claim in rows:
        _decide(claim, ClaimStatus.ACCEPTED, by=by, at=at)
    _follow(reply.request, rows, by=by, at=at)
    _finish_if_decided(reply, by=by, at=at)
    record(
        action=Action.CLAIMS_ACCEPTED,
        by=by,
        obj=reply,
        case_id=reply.request.case_id,
        detail={"claims": len(rows), "numbers": [claim.takedown_item.number for claim in rows]},
    )
    return len(rows)


@transaction.atomic
def record_by_rule(*, reply: Reply, at: datetime | None = None) -> int:
    """Accept what a reply beyond doubt says, where that is switched on for its platform; returns how many claims.

    Only what our own check will bear out or contradict, and never against a final answer that stands already: that
    waits for a person, as does everything where a rule stands in the way. The reply itself stays to be read.
    """
    at = at or timezone.now()
    reply.request = lock_request(reply.request)
    if rules.why_not_record_by_rule(reply):
        return 0
    rows = list(
        reply.claims.filter(status=ClaimStatus.PROPOSED, kind__in=WORTH_CHECKING)
        .exclude(takedown_item__in=Claim.objects.final().values("takedown_item"))
        .select_related("takedown_item__item")
        .order_by("takedown_item__item_id")
    )
    if not rows:
        return 0
    for claim in rows:
        _decide(claim, ClaimStatus.ACCEPTED, by=None, at=at)
    _follow(reply.request, rows, by=None, at=at)
    numbers = sorted(claim.takedown_item.number for claim in rows)
    detail = {"claims": len(rows), "numbers": numbers}
    record(action=Action.CLAIMS_RECORDED, by=None, obj=reply, case_id=reply.request.case_id, detail=detail)
    return len(rows)


@transaction.atomic
def reject_claims(*, reply: Reply, claims: Sequence[Claim], by: User, at: datetime | None = None) -> int:
    """Reject proposed claims: the mail does not say this. Nothing else changes."""
    at = at or timezone.now()
    reply = lock_reply(reply, by)
    rows = _proposed(reply, claims)
    for claim in rows:
        _decide(claim, ClaimStatus.REJECTED, by=by, at=at)
    _finish_if_decided(reply, by=by, at=at)
    record(
        action=Action.CLAIMS_REJECTED,
        by=by,
        obj=reply,
        case_id=reply.request.case_id,
        detail={"claims": len(rows), "numbers": [claim.takedown_item.number for claim in rows]},
    )
    return len(rows)


def _proposed(reply: Reply, claims: Sequence[Claim]) -> list[Claim]:
    rows = list(
        reply.claims.filter(pk__in=[claim.pk for claim in claims])
        .select_related("takedown_item__item")
        .order_by("takedown_item__item_id")
    )
    if not rows:
        raise Refused(_("Choose at least one item."))
    return rows


@transaction.atomic
def set_claim(
    *, reply: Reply, takedown_item: TakedownItem, kind: ClaimKind, by: User, at: datetime | None = None
) -> Claim:
    """Record what the reply says of an item as a person reads it: a correction of what was proposed, or a first word.

    The standing claim of this reply and item, if any, is rejected (when only proposed) or superseded (when accepted).
    """
    at = at or timezone.now()
    reply = lock_reply(reply, by)
    line = reply.request.items.select_related("item").get(pk=takedown_item.pk)
    before = _standing(reply, line)
    if before and before.status == ClaimStatus.ACCEPTED and before.kind == kind:
        return before
    accepted = before if before and before.status == ClaimStatus.ACCEPTED else None
    if before and before.status == ClaimStatus.PROPOSED:
        _decide(before, ClaimStatus.REJECTED, by=by, at=at)
    claim = Claim.objects.create(
        takedown_item=line,
        reply=reply,
        kind=kind,
        quote=before.quote if before else "",
        received_at=reply.received_at,
        made_by=by,
        made_at=at,
        supersedes=accepted,
    )
    _decide(claim, ClaimStatus.ACCEPTED, by=by, at=at)
    _follow(reply.request, [claim], by=by, at=at)
    _finish_if_decided(reply, by=by, at=at)
    record(
        action=Action.CLAIM_CORRECTED,
        by=by,
        obj=reply,
        case_id=reply.request.case_id,
        detail={"number": line.number, "from": before.kind if before else None, "to": kind},
    )
    return claim


@transaction.atomic
def decide_claims(
    *,
    reply: Reply,
    accepted: Mapping[UUID, ClaimKind],
    rejected: Collection[UUID],
    by: User,
    at: datetime | None = None,
) -> None:
    """Decide several lines of one reply at once, keyed on takedown items: all of it happens, or nothing.

    A line accepted as proposed is accepted; with another kind, or where nothing was proposed, it is set by hand. All of
    them are decided at one moment, by which they can be undone together.
    """
    at = at or timezone.now()
    proposed = {
        claim.takedown_item_id: claim
        for claim in reply.claims.filter(status=ClaimStatus.PROPOSED).select_related("takedown_item")
    }
    as_read = [proposed[pk] for pk, kind in accepted.items() if pk in proposed and proposed[pk].kind == kind]
    by_hand = {pk: kind for pk, kind in accepted.items() if pk not in proposed or proposed[pk].kind != kind}
    not_said = [proposed[pk] for pk in rejected if pk in proposed]
    if not as_read and not by_hand and not not_said:
        raise Refused(_("Nothing was decided: accept or reject at least one item."))
    if as_read:
        accept_claims(reply=reply, claims=as_read, by=by, at=at)
    for line in reply.request.items.filter(pk__in=by_hand).order_by("item_id"):
        set_claim(reply=reply, takedown_item=line, kind=by_hand[line.pk], by=by, at=at)
    if not_said:
        reject_claims(reply=reply, claims=not_said, by=by, at=at)


def _standing(reply: Reply, line: TakedownItem) -> Claim | None:
    """What this reply says of the item as of now: proposed, or accepted and not superseded."""
    claims = reply.claims.filter(takedown_item=line)
    accepted = claims.filter(status=ClaimStatus.ACCEPTED, superseded_by=None)
    return claims.filter(status=ClaimStatus.PROPOSED).first() or accepted.first()


@transaction.atomic
def finish_reply(*, reply: Reply, by: User, at: datetime | None = None) -> Reply:
    """Put a reply away that needs nothing more: an auto-reply, a thank-you, one whose items are all decided."""
    at = at or timezone.now()
    reply = lock_reply(reply, by)
    if rules.claims_open(reply):
        raise Refused(_("Accept or reject what was read first."))
    if reply.handled_at is None:
        _handle(reply, by=by, at=at)
        record(action=Action.REPLY_HANDLED, by=by, obj=reply, case_id=reply.request.case_id)
    return reply


def reject_open(reply: Reply, *, by: User, at: datetime) -> int:
    """Reject whatever is only proposed from this reply: it lies under the wrong request. The request is locked."""
    rows = list(reply.claims.filter(status=ClaimStatus.PROPOSED))
    for claim in rows:
        _decide(claim, ClaimStatus.REJECTED, by=by, at=at)
    return len(rows)


def _finish_if_decided(reply: Reply, *, by: User, at: datetime) -> None:
    if reply.handled_at is None and not rules.claims_open(reply):
        _handle(reply, by=by, at=at)


def _handle(reply: Reply, *, by: User, at: datetime) -> None:
    reply.handled_at, reply.handled_by = at, by
    reply.save(update_fields=["handled_at", "handled_by"])


def _follow(request: TakedownRequest, claims: Sequence[Claim], *, by: User | None, at: datetime) -> None:
    """Settle the items, order checks of what can be checked, and move the request by how many items are answered."""
    settle_items(claims, at=at)
    worth = [claim.takedown_item.item for claim in claims if claim.kind in WORTH_CHECKING]
    if worth:
        order_checks(items=worth, why="claim", by=by, at=at)
    move_by_answers(request, at=at)


def settle_items(claims: Sequence[Claim], *, at: datetime) -> None:
    for claim in claims:
        settle(item=claim.takedown_item.item, at=at)


def move_by_answers(request: TakedownRequest, *, at: datetime) -> None:
    """By how many of its items have a final answer, or any."""
    answered = request.items.filter(claims__in=Claim.objects.final()).distinct().count()
    status = RequestStatus.ANSWERED if answered == request.items.count() else RequestStatus.PARTLY_ANSWERED
    if not request.items.filter(claims__in=Claim.objects.effective()).exists():
        status = RequestStatus.APPROVED
    if status != request.status and rules.why_not_move(request, status) is None:
        move(request, status, at=at)
