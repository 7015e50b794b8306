"""A request from draft to submission, and its end."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.models import Case, ContentItem
from cases.services import next_number
from cases.states import NumberKind
from platforms.models import Contact
from takedowns import rules
from takedowns.letters import word
from takedowns.models import Revision, TakedownItem, TakedownRequest
from takedowns.services.wordings import freeze_latest, write_down
from takedowns.states import ENDED, Measure, RequestStatus


def lock_request(request: TakedownRequest) -> TakedownRequest:
    """Return the request with its row locked, for the rules to be asked again inside the lock."""
    rows = TakedownRequest.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("case__team", "addressee", "contact").get(pk=request.pk)


def move(request: TakedownRequest, status: RequestStatus, *, at: datetime, **fields: object) -> None:
    """The only writer of a request's status and of its items' `open` flag. The row is locked by the caller."""
    if reason := rules.why_not_move(request, status):
        raise Refused(reason)
    request.status = status
    if status in ENDED:
        fields |= {"open": False, "ended_at": at}
    for name, value in fields.items():
        setattr(request, name, value)
    request.save(update_fields=["status", *fields])
    if status in ENDED:
        request.items.update(open=False)


@transaction.atomic
def draft_request(
    *,
    case: Case,
    contact: Contact,
    items: Sequence[ContentItem],
    by: User,
    language: str,
    deadline_hours: int,
    measure: Measure = Measure.DELETE,
    message: str = "",
    at: datetime | None = None,
) -> TakedownRequest:
    """Draft a request to the contact's organisation about these items, numbered from 1 in the order given."""
    at = at or timezone.now()
    case = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=case.pk)
    if reason := rules.why_not_ask(by, case, contact):
        raise Refused(reason)
    allowed = {item.pk for item in rules.askable(case, contact.organisation, measure)}
    if reason := rules.why_not_these(items, allowed):
        raise Refused(reason)
    request = TakedownRequest(
        case=case,
        addressee=contact.organisation,
        contact=contact,
        measure=measure,
        language=language,
        deadline_hours=deadline_hours,
        drafted_by=by,
        drafted_at=at,
    )
    request.number = next_number(kind=NumberKind.REQUEST, at=at)
    request.save(force_insert=True)
    _number_items(request, items)
    _revise(request, by=by, message=message, at=at)
    record(
        action=Action.REQUEST_DRAFTED,
        by=by,
        obj=request,
        case_id=case.pk,
        detail={"number": request.number, "items": len(items)},
    )
    return request


def _number_items(request: TakedownRequest, items: Sequence[ContentItem]) -> None:
    rows = [
        TakedownItem(
            request=request, item=item, number=number, addressee=request.addressee, measure=request.measure, open=True
        )
        for number, item in enumerate(items, start=1)
    ]
    try:
        with transaction.atomic():
            TakedownItem.objects.bulk_create(rows)
    except IntegrityError as clash:
        # Another request took one of them since the page was shown: the index "one_open_demand_an_item" says so.
        raise Refused(_("One of these items has just been asked for in another request.")) from clash


def _revise(request: TakedownRequest, *, by: User, message: str, at: datetime) -> Revision:
    items = list(request.items.select_related("item").prefetch_related("item__locators").order_by("number"))
    wording = word(request=request, items=items, message=message)
    return write_down(request, wording, by=by, at=at, message=message)


@transaction.atomic
def revise_letter(
    *,
    request: TakedownRequest,
    by: User,
    contact: Contact,
    language: str,
    deadline_hours: int,
    message: str,
    at: datetime | None = None,
) -> Revision:
    """Write the next revision of a draft's letter. Whoever writes one may not approve the request."""
    locked = lock_request(request)
    if reason := rules.why_not_edit(by, locked) or rules.why_not_ask(by, locked.case, contact):
        raise Refused(reason)
    if contact.organisation_id != locked.addressee_id:
        raise Refused(_("This contact belongs to another platform."))
    locked.contact, locked.language, locked.deadline_hours = contact, language, deadline_hours
    locked.save(update_fields=["contact", "language", "deadline_hours"])
    revision = _revise(locked, by=by, message=message, at=at or timezone.now())
    record(action=Action.LETTER_REVISED, by=by, obj=locked, case_id=locked.case_id, detail={"revision": revision.n})
    return revision


@transaction.atomic
def submit(*, request: TakedownRequest, by: User, at: datetime | None = None) -> TakedownRequest:
    """Freeze the latest revision and the numbers, and hand the request to a supervisor."""
    at = at or timezone.now()
    locked = lock_request(request)
    if reason := rules.why_not_submit(by, locked):
        raise Refused(reason)
    revision = freeze_latest(locked, at=at)
    move(locked, RequestStatus.AWAITING_APPROVAL, at=at, submitted_by=by, submitted_at=at)
    record(
        action=Action.REQUEST_SUBMITTED,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={"revision": revision.n, "digest": revision.body_sha256},
    )
    return locked


@transaction.atomic
def withdraw(*, request: TakedownRequest, by: User, at: datetime | None = None) -> TakedownRequest:
    """End a request that has not left the house. Its items can be asked for again."""
    locked = lock_request(request)
    if reason := rules.why_not_withdraw(by, locked):
        raise Refused(reason)
    move(locked, RequestStatus.WITHDRAWN, at=at or timezone.now())
    record(action=Action.REQUEST_WITHDRAWN, by=by, obj=locked, case_id=locked.case_id)
    return locked


@transaction.atomic
def close_request(*, request: TakedownRequest, by: User, at: datetime | None = None) -> TakedownRequest:
    """End a request that left the house: nothing more is expected of it. Its items can be asked for again."""
    locked = lock_request(request)
    if reason := rules.why_not_close_request(by, locked):
        raise Refused(reason)
    move(locked, RequestStatus.CLOSED, at=at or timezone.now())
    record(action=Action.REQUEST_CLOSED, by=by, obj=locked, case_id=locked.case_id)
    return locked
