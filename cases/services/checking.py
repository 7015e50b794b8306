"""Our own checks: ordered as rows, run by whoever takes the row, recorded as facts that nobody edits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.models import Case, Check, CheckOrder, ContentItem, Locator, Sighting
from cases.rules import why_not_see_again, why_not_work
from cases.services.files import reopen_case
from cases.services.ordering import order_checks
from cases.services.settling import settle
from cases.states import CaseStatus, SightingKind, Standing
from platforms.checkers import check as ask_platform
from platforms.checkers.result import unseen
from platforms.states import CannotVerify, CheckOutcome

LEASE = timedelta(minutes=10)  # longer than a batch of fetches may take
BY_HAND = "by_hand"


@transaction.atomic
def order_case_checks(*, case: Case, items: Iterable[ContentItem], by: User) -> int:
    """Order checks of a case's items by a person's wish. Return how many were new in the queue."""
    if reason := why_not_work(by, case):
        raise Refused(reason)
    wanted = list(items)
    if not wanted:
        raise Refused(_("Choose at least one item."))
    return order_checks(items=wanted, why="person", by=by)


def lease_due_orders(*, limit: int = 25) -> list[CheckOrder]:
    """Take up to `limit` due orders for LEASE, by the database's clock. Two workers never get the same one."""
    with transaction.atomic():
        free = Q(lease_until=None) | Q(lease_until__lt=Now())
        due = CheckOrder.objects.filter(free, done_at=None, due_at__lte=Now()).order_by("due_at")
        taken = list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])
        CheckOrder.objects.filter(pk__in=taken).update(lease_until=Now() + LEASE, tries=F("tries") + 1)
    return list(CheckOrder.objects.filter(pk__in=taken).select_related("item__organisation"))


def run_order(*, order: CheckOrder) -> Check:
    """Ask the platform and record what we found. The network is asked outside any transaction."""
    locator = order.item.locators.exclude(url="").first()
    if locator:
        checker = order.item.organisation.checker
        result = ask_platform(checker=checker, kind=locator.kind, key=locator.key, url=locator.url)
    else:
        result = unseen(CannotVerify.NEEDS_ACCOUNT)  # a telephone number has no page
    return record_check(
        item=order.item,
        locator=locator,
        outcome=result.outcome,
        reason=result.reason,
        method=result.method,
        status_line=result.status_line,
        digest=result.digest,
        order=order,
        at=timezone.now(),
    )


@transaction.atomic
def record_check(
    *,
    item: ContentItem,
    outcome: str,
    method: str,
    at: datetime,
    reason: str = "",
    locator: Locator | None = None,
    status_line: str = "",
    digest: str = "",
    note: str = "",
    by: User | None = None,
    order: CheckOrder | None = None,
) -> Check:
    """Record one check and settle the item. A check by hand names its person; a machine's names its order.

    A worker whose lease ran out may come late with an order that another has finished: its finding is still a fact
    and is kept, only the order keeps its first result.
    """
    now = timezone.now()
    check = Check.objects.create(
        item=item,
        locator=locator,
        outcome=outcome,
        reason=reason,
        method=method,
        checked_at=at,
        recorded_at=now,
        status_line=status_line[:200],
        digest=digest,
        note=note,
        by=by,
    )
    if order:
        CheckOrder.objects.filter(pk=order.pk, done_at=None).update(done_at=now, result=check)
    settled = settle(item=item, at=at)
    if settled.standing == Standing.REAPPEARED:
        _wake_cases(settled)
    record(
        action=Action.CHECK_RECORDED,
        by=by,
        obj=item,
        detail={"outcome": outcome, "reason": reason, "method": method, "check": str(check.pk)},
    )
    return check


@transaction.atomic
def record_check_by_hand(
    *, case: Case, item: ContentItem, by: User, outcome: CheckOutcome, at: datetime, reason: str = "", note: str = ""
) -> Check:
    """Record what a person saw at the item's place, with the same fields as any other check."""
    if why := why_not_work(by, case):
        raise Refused(why)
    if at > timezone.now():
        raise Refused(_("A check cannot lie in the future."))
    return record_check(
        item=item,
        locator=item.locators.first(),
        outcome=outcome,
        method=BY_HAND,
        at=at,
        reason=reason,
        note=note.strip(),
        by=by,
    )


@transaction.atomic
def record_sighting(
    *, case: Case, item: ContentItem, by: User, kind: SightingKind, at: datetime, note: str = ""
) -> Sighting:
    """Record that a person saw the content again, in a closed case too: after a `gone` it stands as come back."""
    if why := why_not_see_again(by, case):
        raise Refused(why)
    if at > timezone.now():
        raise Refused(_("A sighting cannot lie in the future."))
    seen = Sighting.objects.create(
        item=item, kind=kind, seen_at=at, recorded_at=timezone.now(), by=by, note=note.strip()
    )
    if settle(item=item, at=at).standing == Standing.REAPPEARED:
        _wake_cases(item)
    record(action=Action.SIGHTING_RECORDED, by=by, obj=item, case_id=case.pk, detail={"kind": kind})
    return seen


def _wake_cases(item: ContentItem) -> None:
    """An item that came back opens the closed cases that hold it.

    Open ones are locked too: one that is being closed at this moment has read the item's old standing.
    """
    holding = Case.objects.select_for_update(no_key=True, of=("self",)).filter(
        case_items__item=item, case_items__removed_at=None
    )
    for case in holding.order_by("pk"):
        if case.status == CaseStatus.CLOSED:
            reopen_case(case=case, by=None, reason=_("An item came back."))
