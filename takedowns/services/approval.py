"""The four eyes: a supervisor approves the digest that was shown, or returns the letter with words."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from takedowns import rules
from takedowns.models import Approval, Letter, TakedownRequest
from takedowns.services.posting import post
from takedowns.services.requests import lock_request, move
from takedowns.services.wordings import latest_wording
from takedowns.states import Decision, LetterKind, RequestStatus
from takedowns.tables import printed


@transaction.atomic
def approve(*, request: TakedownRequest, digest: str, by: User, at: datetime | None = None) -> Letter:
    """Approve the letter whose digest was shown, and put it into the outbox in the same transaction.

    Pressed by twenty people at once, the first takes the row's lock and the others are refused by the status they
    then see: one approval, one letter.
    """
    at = at or timezone.now()
    locked = lock_request(request)
    revision = latest_wording(locked)
    if reason := rules.why_not_approve(by, locked, revision, digest):
        raise Refused(reason)
    Approval.objects.create(request=locked, revision=revision, decision=Decision.APPROVED, digest=digest, by=by, at=at)
    move(locked, RequestStatus.APPROVED, at=at, approved_by=by, approved_at=at)
    lines = locked.items.select_related("item").prefetch_related("item__locators")
    letter = post(revision=revision, kind=LetterKind.REQUEST, items=printed(lines), by=by, at=at)
    record(
        action=Action.REQUEST_APPROVED,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={"revision": revision.n, "digest": digest, "letter": letter.number},
    )
    return letter


@transaction.atomic
def return_with_words(*, request: TakedownRequest, words: str, by: User, at: datetime | None = None) -> TakedownRequest:
    """Give the request back to its drafters, saying what is missing."""
    at = at or timezone.now()
    locked = lock_request(request)
    if reason := rules.why_not_decide(by, locked):
        raise Refused(reason)
    if not words.strip():
        raise Refused(_("Say what has to change."))
    revision = latest_wording(locked)
    Approval.objects.create(
        request=locked,
        revision=revision,
        decision=Decision.RETURNED,
        digest=revision.body_sha256,
        words=words.strip(),
        by=by,
        at=at,
    )
    move(locked, RequestStatus.DRAFT, at=at, submitted_by=None, submitted_at=None)
    record(action=Action.REQUEST_RETURNED, by=by, obj=locked, case_id=locked.case_id, detail={"revision": revision.n})
    return locked
