"""The four eyes: a supervisor approves the digest that was shown, or returns the letter with words."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.services import next_number
from cases.states import NumberKind
from mailroom.services import outbox
from takedowns import rules
from takedowns.letters import fill
from takedowns.models import Approval, Letter, LetterItem, Revision, TakedownRequest
from takedowns.services.requests import lock_request, move
from takedowns.states import Decision, RequestStatus


@transaction.atomic
def approve(*, request: TakedownRequest, digest: str, by: User, at: datetime | None = None) -> Letter:
    """Approve the letter whose digest was shown, and put it into the outbox in the same transaction.

    Pressed by twenty people at once, the first takes the row's lock and the others are refused by the status they
    then see: one approval, one letter.
    """
    at = at or timezone.now()
    locked = lock_request(request)
    revision = locked.revisions.order_by("-n")[0]
    if reason := rules.why_not_approve(by, locked, revision, digest):
        raise Refused(reason)
    Approval.objects.create(request=locked, revision=revision, decision=Decision.APPROVED, digest=digest, by=by, at=at)
    due_at = at + timedelta(hours=locked.deadline_hours)
    move(locked, RequestStatus.APPROVED, at=at, approved_by=by, approved_at=at, due_at=due_at)
    letter = _post(locked, revision, by=by, at=at)
    record(
        action=Action.REQUEST_APPROVED,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={"revision": revision.n, "digest": digest, "letter": letter.number},
    )
    return letter


def _post(request: TakedownRequest, revision: Revision, *, by: User, at: datetime) -> Letter:
    identity = outbox.new_identity()
    number = next_number(kind=NumberKind.LETTER, at=at)

    def filled(text: str) -> str:
        return fill(text, number=number, at=at, reply_to=identity.reply_to)

    mail = outbox.enqueue(
        identity=identity,
        idempotency_key=f"request:{request.pk}:revision:{revision.n}",
        to=revision.recipient,
        subject=filled(revision.subject),
        body=filled(revision.body),
        language=request.language,
        about=request.case_id,
        by=by,
    )
    letter = Letter.objects.create(number=number, request=request, revision=revision, mail=mail, written_at=at)
    LetterItem.objects.bulk_create(
        LetterItem(letter=letter, printed_label=str(line.number), printed_link=line.item.link, takedown_item=line)
        for line in request.items.select_related("item").prefetch_related("item__locators")
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
    revision = locked.revisions.order_by("-n")[0]
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
