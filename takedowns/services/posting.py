"""Handing a frozen wording to the outbox, in the transaction of the one who decided that it leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.models import User
from audit.errors import Refused
from cases.services import next_number
from cases.states import NumberKind
from mailroom.models import OutgoingMail
from mailroom.services import outbox
from takedowns import rules
from takedowns.letters import fill
from takedowns.models import Letter, LetterItem, Revision, TakedownRequest
from takedowns.services.requests import move
from takedowns.states import DEMANDS, LetterKind, RequestStatus
from takedowns.tables import Printed, attached


def await_answer(request: TakedownRequest, *, at: datetime) -> None:
    """After a further letter: what was wholly answered no longer is."""
    if request.status == RequestStatus.ANSWERED:
        move(request, RequestStatus.PARTLY_ANSWERED, at=at)


def run_deadline(request: TakedownRequest) -> None:
    """The only writer of a request's deadline: the latest of its letters that are not lost, as far as theirs runs."""
    request.due_at = request.letters.not_lost().aggregate(latest=Max("due_at"))["latest"]
    request.save(update_fields=["due_at"])


def post(
    *,
    revision: Revision,
    kind: LetterKind,
    items: Sequence[Printed],
    by: User,
    at: datetime,
    resends: Letter | None = None,
    in_reply_to: str = "",
    references: Sequence[str] = (),
) -> Letter:
    """Give the letter its number, address for replies and Message-ID, and put it into the outbox; where its recipient
    is a web form, it is kept for a person to enter it there.

    `items` are those that it lists; they go along as a table, if it goes by mail. The revision's number is the key in
    the outbox: the same revision never leaves twice.
    """
    request = revision.request
    if reason := rules.why_not_as_listed(revision, items):
        raise Refused(reason)
    number = next_number(kind=NumberKind.LETTER, at=at)
    letter = Letter.objects.create(
        number=number,
        kind=kind,
        request=request,
        revision=revision,
        mail=_put_out(revision, items, number, by=by, at=at, in_reply_to=in_reply_to, references=references),
        written_at=at,
        due_at=rules.first_deadline(revision, kind, at=at),
        resends=resends,
    )
    LetterItem.objects.bulk_create(
        LetterItem(letter=letter, printed_label=item.label, printed_link=item.link, takedown_item=item.line)
        for item in items
    )
    if kind in DEMANDS:
        run_deadline(request)
    return letter


def _put_out(
    revision: Revision, items: Sequence[Printed], number: str, *, by: User, at: datetime, **thread: Any
) -> OutgoingMail:
    """`thread`: `in_reply_to` and `references`, of which a web form knows nothing."""
    request, identity = revision.request, outbox.new_identity()

    def filled(text: str) -> str:
        return fill(text, number=number, at=at, reply_to=identity.reply_to)

    letter: dict[str, Any] = {
        "identity": identity,
        "idempotency_key": f"request:{request.pk}:revision:{revision.n}",
        "subject": filled(revision.subject),
        "body": filled(revision.body),
        "language": request.language,
        "about": request.case_id,
        "by": by,
    }
    if request.contact.form_url:
        return outbox.keep_for_hand(form_url=revision.recipient, **letter)
    table = [attached(items, name=request.number)] if items else []
    return outbox.enqueue(to=revision.recipient, attachments=table, **thread, **letter)
