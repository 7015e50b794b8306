"""The follow-up: the demand once more, for those of its items that are not settled.

The approval of the request covers it: it has fixed words, adds no item and no demand, and keeps the printed numbers.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from takedowns import rules
from takedowns.letters import first_of, word_follow_up
from takedowns.models import Letter, TakedownItem, TakedownRequest
from takedowns.services.posting import await_answer, post
from takedowns.services.requests import lock_request
from takedowns.services.wordings import write_down
from takedowns.states import LetterKind
from takedowns.tables import printed
from takedowns.unsettled import Unsettled, unsettled_lines


@transaction.atomic
def follow_up(
    *, request: TakedownRequest, items: Sequence[TakedownItem], by: User, at: datetime | None = None
) -> Letter:
    """Send a follow-up about these lines, in the thread of the request's letters, with a deadline of its own.

    Pressed again for the same lines, it returns the follow-up that is under way and sends nothing.
    """
    at = at or timezone.now()
    locked = lock_request(request)
    if reason := rules.why_not_follow_up(by, locked):
        raise Refused(reason)
    wanted = {item.pk for item in items}
    if under_way := _under_way(locked, wanted, at):
        return under_way
    lines = unsettled_lines(locked, at=at)
    if reason := rules.why_not_these_lines(wanted, lines):
        raise Refused(reason)
    chosen = [line for line in lines if line.row.pk in wanted]
    letter = _send(locked, chosen, by=by, at=at)
    record(
        action=Action.REQUEST_FOLLOWED_UP,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={
            "letter": letter.number,
            "numbers": [line.row.number for line in chosen],
            "revision": letter.revision.n,
        },
    )
    return letter


def _under_way(request: TakedownRequest, wanted: set, at: datetime) -> Letter | None:
    """The latest letter, if it is a follow-up about just these lines that nobody answered, its deadline not over."""
    latest = request.letters.order_by("-written_at").first()
    if latest is None or latest.kind != LetterKind.FOLLOW_UP or (latest.due_at and latest.due_at <= at):
        return None
    answered = latest.items.filter(takedown_item__claims__received_at__gt=latest.written_at).exists()
    same = set(latest.items.values_list("takedown_item_id", flat=True)) == wanted
    return latest if same and not answered else None


def _send(request: TakedownRequest, lines: Sequence[Unsettled], *, by: User, at: datetime) -> Letter:
    earlier = list(request.letters.not_lost().select_related("mail", "revision").order_by("written_at"))
    wording = word_follow_up(request=request, first=first_of(earlier), lines=lines)
    letter = post(
        revision=write_down(request, wording, by=by, at=at, frozen_at=at),
        kind=LetterKind.FOLLOW_UP,
        items=printed(line.row for line in lines),
        by=by,
        at=at,
        in_reply_to=earlier[-1].mail.message_id,
        references=[each.mail.message_id for each in earlier],
    )
    await_answer(request, at=at)
    return letter
