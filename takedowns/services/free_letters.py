"""Messages to liaisons: words of our own, approved by a supervisor who wrote none of them, sent in the thread."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from takedowns import rules
from takedowns.letters import first_of, word_free
from takedowns.models import Approval, FreeLetter, Letter, Reply, Revision, TakedownItem, TakedownRequest
from takedowns.services.posting import post
from takedowns.services.requests import lock_request
from takedowns.services.wordings import freeze_latest, latest_wording, write_down
from takedowns.states import Decision, FreeLetterStatus, LetterKind
from takedowns.tables import printed


def _lock(free_letter: FreeLetter) -> FreeLetter:
    """The message with its request's row locked: all that happens in a request happens in line."""
    request = lock_request(free_letter.request)
    fresh = FreeLetter.objects.select_related("answers__incoming").get(pk=free_letter.pk)
    fresh.request = request
    return fresh


def _move(free_letter: FreeLetter, status: FreeLetterStatus, **fields: object) -> None:
    """The only writer of a message's status. The request's row is locked by the caller."""
    if reason := rules.why_not_move_message(free_letter, status):
        raise Refused(reason)
    free_letter.status = status
    for name, value in fields.items():
        setattr(free_letter, name, value)
    free_letter.save(update_fields=["status", *fields])


def _lines(free_letter: FreeLetter) -> list[TakedownItem]:
    if not free_letter.with_list:
        return []
    lines = free_letter.request.items.select_related("item").prefetch_related("item__locators")
    return list(lines.order_by("number"))


def _write(free_letter: FreeLetter, message: str, *, by: User, at: datetime) -> Revision:
    if not message.strip():
        raise Refused(_("Write something."))
    request = free_letter.request
    first = first_of(request.letters.select_related("revision").order_by("written_at"))
    wording = word_free(request=request, first=first, items=_lines(free_letter), message=message)
    return write_down(request, wording, by=by, at=at, message=message, free_letter=free_letter)


@transaction.atomic
def write_message(
    *,
    request: TakedownRequest,
    message: str,
    with_list: bool,
    by: User,
    answers: Reply | None = None,
    at: datetime | None = None,
) -> FreeLetter:
    """Begin a message to the request's liaison, in answer to a reply or to nothing in particular."""
    at = at or timezone.now()
    locked = lock_request(request)
    if reason := rules.why_not_begin_message(by, locked):
        raise Refused(reason)
    if answers and answers.request_id != locked.pk:
        raise Refused(_("This reply belongs to another request."))
    free_letter = FreeLetter.objects.create(
        request=locked, answers=answers, with_list=with_list, drafted_by=by, drafted_at=at
    )
    revision = _write(free_letter, message, by=by, at=at)
    record(
        action=Action.MESSAGE_WRITTEN, by=by, obj=free_letter, case_id=locked.case_id, detail={"revision": revision.n}
    )
    return free_letter


@transaction.atomic
def revise_message(
    *, free_letter: FreeLetter, message: str, with_list: bool, by: User, at: datetime | None = None
) -> Revision:
    """Write the next wording of a draft. Whoever writes one may not approve the message."""
    locked = _lock(free_letter)
    if reason := rules.why_not_edit_message(by, locked):
        raise Refused(reason)
    locked.with_list = with_list
    locked.save(update_fields=["with_list"])
    revision = _write(locked, message, by=by, at=at or timezone.now())
    record(
        action=Action.MESSAGE_WRITTEN,
        by=by,
        obj=locked,
        case_id=locked.request.case_id,
        detail={"revision": revision.n},
    )
    return revision


@transaction.atomic
def submit_message(*, free_letter: FreeLetter, by: User, at: datetime | None = None) -> FreeLetter:
    """Freeze the latest wording and hand the message to a supervisor."""
    at = at or timezone.now()
    locked = _lock(free_letter)
    if reason := rules.why_not_edit_message(by, locked):
        raise Refused(reason)
    revision = freeze_latest(locked, at=at)
    _move(locked, FreeLetterStatus.AWAITING_APPROVAL, submitted_by=by, submitted_at=at)
    record(
        action=Action.MESSAGE_SUBMITTED,
        by=by,
        obj=locked,
        case_id=locked.request.case_id,
        detail={"revision": revision.n, "digest": revision.body_sha256},
    )
    return locked


@transaction.atomic
def approve_message(*, free_letter: FreeLetter, digest: str, by: User, at: datetime | None = None) -> Letter:
    """Approve the wording whose digest was shown, and put the message into the outbox in the same transaction."""
    at = at or timezone.now()
    locked = _lock(free_letter)
    revision = latest_wording(locked)
    if reason := rules.why_not_approve_message(by, locked, revision, digest):
        raise Refused(reason)
    _decide(locked, revision, Decision.APPROVED, by=by, at=at)
    _move(locked, FreeLetterStatus.APPROVED)
    letter = _send(locked, revision, by=by, at=at)
    record(
        action=Action.MESSAGE_APPROVED,
        by=by,
        obj=locked,
        case_id=locked.request.case_id,
        detail={"revision": revision.n, "digest": digest, "letter": letter.number},
    )
    return letter


def _decide(
    free_letter: FreeLetter, revision: Revision, decision: Decision, *, by: User, at: datetime, words: str = ""
) -> None:
    Approval.objects.create(
        request=free_letter.request,
        free_letter=free_letter,
        revision=revision,
        decision=decision,
        digest=revision.body_sha256,
        words=words,
        by=by,
        at=at,
    )


def _send(free_letter: FreeLetter, revision: Revision, *, by: User, at: datetime) -> Letter:
    """In the thread: after our letters, or after the reply that it answers."""
    earlier = free_letter.request.letters.not_lost().order_by("written_at")
    thread = list(earlier.values_list("mail__message_id", flat=True))
    if free_letter.answers:
        thread.append(free_letter.answers.incoming.message_id)
    revision.request = free_letter.request
    return post(
        revision=revision,
        kind=LetterKind.FREE,
        items=printed(_lines(free_letter)),
        by=by,
        at=at,
        in_reply_to=next((name for name in reversed(thread) if name), ""),
        references=thread,
    )


@transaction.atomic
def return_message(*, free_letter: FreeLetter, words: str, by: User, at: datetime | None = None) -> FreeLetter:
    """Give the message back to its writers, saying what has to change."""
    at = at or timezone.now()
    locked = _lock(free_letter)
    if reason := rules.why_not_decide_message(by, locked):
        raise Refused(reason)
    if not words.strip():
        raise Refused(_("Say what has to change."))
    revision = latest_wording(locked)
    _decide(locked, revision, Decision.RETURNED, by=by, at=at, words=words.strip())
    _move(locked, FreeLetterStatus.DRAFT, submitted_by=None, submitted_at=None)
    record(
        action=Action.MESSAGE_RETURNED,
        by=by,
        obj=locked,
        case_id=locked.request.case_id,
        detail={"revision": revision.n},
    )
    return locked


@transaction.atomic
def withdraw_message(*, free_letter: FreeLetter, by: User, at: datetime | None = None) -> FreeLetter:
    """End a message that has not left the house."""
    locked = _lock(free_letter)
    if reason := rules.why_not_withdraw_message(by, locked):
        raise Refused(reason)
    _move(locked, FreeLetterStatus.WITHDRAWN)
    record(action=Action.MESSAGE_WITHDRAWN, by=by, obj=locked, case_id=locked.request.case_id)
    return locked
