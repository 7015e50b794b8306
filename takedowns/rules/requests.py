"""Questions about a request from draft to approval, and its end. Each gives the reason why not, or None."""

import re
from collections.abc import Collection
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import When
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from cases.models import Case, ContentItem
from cases.rules import why_not_work
from cases.states import Standing
from platforms.models import Contact, Organisation
from platforms.states import ContactRole, ContactStatus
from takedowns.models import Revision, TakedownItem, TakedownRequest
from takedowns.states import REQUEST_TRANSITIONS, Measure, RequestStatus

MAX_ITEMS = 200  # one letter; more go into further requests


def why_not_move(request: TakedownRequest, status: RequestStatus) -> str | None:
    if status in REQUEST_TRANSITIONS[RequestStatus(request.status)]:
        return None
    return _("Request %(number)s is “%(status)s” and cannot become “%(new)s”.") % {
        "number": request.number,
        "status": request.get_status_display(),
        "new": status.label,
    }


def askable(case: Case, addressee: Organisation, measure: Measure) -> list[ContentItem]:
    """The case's items at this addressee that are not gone and are in no open request to it for this measure.

    In the order in which people list links: by place, numbers by their value.
    """
    items = ContentItem.objects.filter(
        case_items__case=case, case_items__removed_at=None, organisation=addressee, locators__kind__isnull=False
    ).exclude(locators__url="")
    asked = TakedownItem.objects.filter(open=True, addressee=addressee, measure=measure).values("item")
    free = items.exclude(pk__in=asked).exclude(standing=Standing.REMOVED).distinct().prefetch_related("locators")
    return sorted(free, key=lambda item: _by_place(item.place))


def _by_place(place: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", place)]


def first_contact(addressee: Organisation, *, lost: Collection[str] = ()) -> Contact | None:
    """The contact that a letter is offered: one for removal requests before any other, the longest-serving first.

    One of the addresses `lost` (lower-case), from which letters come back, only where there is no other.
    """
    for_removals = When(roles__contains=[ContactRole.REMOVAL], then=0)
    active = addressee.contacts.filter(status=ContactStatus.ACTIVE)
    ranked = list(active.order_by(Choose(for_removals, default=1), "activated_at"))
    return next((contact for contact in ranked if contact.email.lower() not in lost), next(iter(ranked), None))


def why_not_ask(user: User, case: Case, contact: Contact | None) -> str | None:
    if reason := why_not_work(user, case):
        return reason
    if contact is None or contact.status != ContactStatus.ACTIVE:
        return _("This platform has no active contact. Propose one on its page under Organisations.")
    return None


def why_not_these(items: Collection[ContentItem], allowed: Collection[UUID]) -> str | None:
    """Whether these items can stand in one request, of those that are `allowed`."""
    if not items:
        return _("Choose at least one item.")
    if len(items) > MAX_ITEMS:
        return _("One letter takes at most %(most)s items. Ask for the others in a further request.") % {
            "most": MAX_ITEMS
        }
    if any(item.pk not in allowed for item in items):
        return _("Some of these items cannot be asked for, or are in an open request already.")
    return None


def why_not_edit(user: User, request: TakedownRequest) -> str | None:
    if reason := why_not_work(user, request.case):
        return reason
    if request.status != RequestStatus.DRAFT:
        return _("Only a draft can be changed.")
    return None


def why_not_submit(user: User, request: TakedownRequest) -> str | None:
    return why_not_edit(user, request) or why_not_move(request, RequestStatus.AWAITING_APPROVAL)


def why_not_withdraw(user: User, request: TakedownRequest) -> str | None:
    return why_not_work(user, request.case) or why_not_move(request, RequestStatus.WITHDRAWN)


def why_not_decide(user: User, request: TakedownRequest) -> str | None:
    """Who may approve or return: a supervisor of the team who wrote no revision of the letter."""
    if reason := why_not(user, Permission.APPROVE, request.case.team):
        return reason
    if request.status != RequestStatus.AWAITING_APPROVAL:
        return _("Request %(number)s is not waiting for approval: it is “%(status)s”.") % {
            "number": request.number,
            "status": request.get_status_display(),
        }
    if Revision.objects.filter(request=request, author=user).exists():
        return _("You wrote part of this letter. Someone else has to approve it.")
    return None


def why_not_approve(user: User, request: TakedownRequest, revision: Revision, digest: str) -> str | None:
    if reason := why_not_decide(user, request):
        return reason
    if digest != revision.body_sha256:
        return _("The letter has changed since you opened it. Read it again before you approve.")
    if request.contact.status != ContactStatus.ACTIVE:
        return _("The contact is no longer active. Return the request, so that another one can be chosen.")
    return None


def why_not_close_request(user: User, request: TakedownRequest) -> str | None:
    """Any request that left the house can be ended, in a closed case too: its items can then be asked for again."""
    return why_not(user, Permission.WORK_CASES, request.case.team) or why_not_move(request, RequestStatus.CLOSED)


def in_the_way(case: Case, addressee: Organisation, measure: Measure) -> list[TakedownRequest]:
    """The open requests that already ask this addressee for items of the case, whichever case they belong to."""
    held = TakedownItem.objects.filter(
        open=True,
        addressee=addressee,
        measure=measure,
        item__case_items__case=case,
        item__case_items__removed_at=None,
    ).exclude(item__standing=Standing.REMOVED)
    return list(TakedownRequest.objects.filter(items__in=held).select_related("case").distinct().order_by("number"))
