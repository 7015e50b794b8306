"""Removal confirmations: each names its basis; none is recorded that the facts do not establish."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.rules import why_not_unreasoned, why_not_work
from takedowns import rules
from takedowns.models import Claim, RemovalConfirmation, TakedownItem, TakedownRequest
from takedowns.services.requests import lock_request, move
from takedowns.states import Basis, RequestStatus


def left_at(request: TakedownRequest) -> datetime | None:
    """When the first letter that was not given back was accepted by the mail server; None while none was."""
    return request.letters.delivered().order_by("mail__accepted_at").values_list("mail__accepted_at", flat=True).first()


@transaction.atomic
def confirm_removals(
    *, request: TakedownRequest, items: Sequence[TakedownItem], by: User, at: datetime | None = None
) -> list[RemovalConfirmation]:
    """Confirm the removal of these lines' items, each with its own basis; all of them or, when one fails, none."""
    at = at or timezone.now()
    locked = lock_request(request)
    if reason := why_not_work(by, locked.case):
        raise Refused(reason)
    left = left_at(locked)
    lines = list(
        locked.items.filter(pk__in=[item.pk for item in items])
        .select_related("item", "request")
        .select_for_update(no_key=True, of=("item",))
        .order_by("item_id")
    )
    if not lines:
        raise Refused(_("Choose at least one item."))
    made = [_confirm(line, left=left, by=by, at=at) for line in lines]
    _end_if_done(locked, by=by, at=at)
    record(
        action=Action.REMOVALS_CONFIRMED,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={"numbers": sorted(line.number for line in lines), "confirmations": len(made)},
    )
    return made


def _end_if_done(request: TakedownRequest, *, by: User, at: datetime) -> None:
    """A request all of whose lines are confirmed has nothing left to wait for."""
    confirmed = RemovalConfirmation.objects.holding().filter(takedown_item__request=request)
    if confirmed.count() == request.items.count() and rules.why_not_move(request, RequestStatus.CLOSED) is None:
        move(request, RequestStatus.CLOSED, at=at)
        record(action=Action.REQUEST_CLOSED, by=by, obj=request, case_id=request.case_id)


def _confirm(line: TakedownItem, *, left: datetime | None, by: User, at: datetime) -> RemovalConfirmation:
    if reason := rules.why_not_confirm(line):
        raise Refused(reason)
    found = rules.basis_for(checks=line.item.checks.all(), claims=line.claims.effective(), left_at=left)
    if found is None:
        raise Refused(
            _("Item %(number)s was gone before the letter left; nothing ties its removal to the request.")
            % {"number": line.number}
        )
    basis, claim, check = found
    return _write(line, basis=basis, claim=claim, check_made=check, by=by, at=at)


def _write(line: TakedownItem, *, basis: Basis, by: User, at: datetime, **facts: object) -> RemovalConfirmation:
    tip = line.confirmations.filter(superseded_by=None).first()
    return RemovalConfirmation.objects.create(
        takedown_item=line, basis=basis, confirmed_by=by, confirmed_at=at, supersedes=tip, **facts
    )


@transaction.atomic
def confirm_on_statement(
    *, takedown_item: TakedownItem, by: User, reason: str, at: datetime | None = None
) -> RemovalConfirmation:
    """A named person's decision, worded as such everywhere: on the platform's statement only, not verified by us."""
    locked = lock_request(takedown_item.request)
    line = locked.items.select_related("item", "request__case__team").get(pk=takedown_item.pk)
    if why := rules.why_not_confirm_on_statement(by, line) or why_not_unreasoned(reason):
        raise Refused(why)
    claim = Claim.objects.effective().filter(takedown_item=line).first()
    made = _write(line, basis=Basis.STATEMENT_ONLY, claim=claim, reason=reason.strip(), by=by, at=at or timezone.now())
    _end_if_done(locked, by=by, at=made.confirmed_at)
    record(
        action=Action.REMOVALS_CONFIRMED,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={"numbers": [line.number], "basis": Basis.STATEMENT_ONLY},
    )
    return made


@transaction.atomic
def void_confirmation(
    *, confirmation: RemovalConfirmation, by: User, reason: str, at: datetime | None = None
) -> RemovalConfirmation:
    """Void a wrong confirmation by a superseding row; the wrong one stays readable."""
    locked = lock_request(confirmation.takedown_item.request)
    if why := rules.why_not_void(by, locked, confirmation) or why_not_unreasoned(reason):
        raise Refused(why)
    line = confirmation.takedown_item
    made = _write(line, basis=Basis.VOID, reason=reason.strip(), by=by, at=at or timezone.now())
    record(action=Action.REMOVAL_VOIDED, by=by, obj=locked, case_id=locked.case_id, detail={"number": line.number})
    return made
