"""What is worth telling now, pulled out of the rooms below. Each kind is one list of facts that hold at this moment.

A fact has `object_key`, `in_case`, `moment` (since when; together they name it), `target` and `its_number`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Now

from cases.models import CaseItem
from cases.states import Standing
from mailroom.models import DeliveryReport
from mailroom.states import Kind, OutgoingState, ReportAction
from notices.states import NewsKind
from takedowns.models import FreeLetter, Letter, Reply, TakedownRequest

NEAR = timedelta(hours=6)
# A deadline as short as NEAR itself is not near in its first hour.
SETTLING = timedelta(hours=1)
STUCK = timedelta(hours=1)  # a letter that has not left by then


def replies() -> QuerySet[Any]:
    """Ordinary mail that nobody has read; automatic answers wait on the desk, without a bell."""
    waiting = Reply.objects.filter(handled_at=None, incoming__kind=Kind.ORDINARY)
    return _facts(waiting, case="request__case_id", moment=F("received_at"), target="pk", number="request__number")


def approvals() -> QuerySet[Any]:
    waiting = TakedownRequest.objects.awaiting_approval()
    return _facts(waiting, case="case_id", moment=F("submitted_at"), target="pk", number="number")


def messages() -> QuerySet[Any]:
    waiting = FreeLetter.objects.awaiting_approval()
    return _facts(waiting, case="request__case_id", moment=F("submitted_at"), target="pk", number="request__number")


def deadlines_near() -> QuerySet[Any]:
    running = TakedownRequest.objects.with_deadline().filter(
        due_at__gte=Now(), due_at__lt=Now() + NEAR, approved_at__lt=Now() - SETTLING
    )
    return _facts(running, case="case_id", moment=F("due_at"), target="pk", number="number")


def deadlines_passed() -> QuerySet[Any]:
    late = TakedownRequest.objects.with_deadline().filter(due_at__lt=Now())
    return _facts(late, case="case_id", moment=F("due_at"), target="pk", number="number")


def letters() -> QuerySet[Any]:
    """Uncertain, refused, given back by a mail server, for a web form, or waiting to leave for too long."""
    waiting = Q(mail__state__in=[OutgoingState.QUEUED, OutgoingState.SENDING], mail__queued_at__lt=Now() - STUCK)
    stuck = Letter.objects.filter(waiting, request__open=True).values("pk")
    astray, to_enter = Letter.objects.astray().values("pk"), Letter.objects.to_enter().values("pk")
    failed = DeliveryReport.objects.filter(outgoing=OuterRef("mail"), action=ReportAction.FAILED)
    given_back = Subquery(failed.order_by("incoming__received_at").values("incoming__received_at")[:1])
    moment = Choose(
        When(mail__state=OutgoingState.UNCERTAIN, then=F("mail__uncertain_at")),
        When(mail__state=OutgoingState.REJECTED, then=F("mail__rejected_at")),
        default=Coalesce(given_back, F("mail__queued_at")),
    )
    concerned = Letter.objects.filter(Q(pk__in=astray) | Q(pk__in=to_enter) | Q(pk__in=stuck))
    return _facts(concerned, case="request__case_id", moment=moment, target="request_id", number="number")


def items_back() -> QuerySet[Any]:
    held = CaseItem.objects.filter(removed_at=None, item__standing=Standing.REAPPEARED)
    facts = _facts(held, case="case_id", moment=F("item__standing_since"), target="item_id", number="case__number")
    return facts.annotate(object_key=F("item_id"))


FACTS: dict[NewsKind, Callable[[], QuerySet[Any]]] = {
    NewsKind.REPLY: replies,
    NewsKind.APPROVAL: approvals,
    NewsKind.MESSAGE: messages,
    NewsKind.DEADLINE_NEAR: deadlines_near,
    NewsKind.DEADLINE_PASSED: deadlines_passed,
    NewsKind.LETTER: letters,
    NewsKind.CAME_BACK: items_back,
}


def _facts(rows: QuerySet[Any], *, case: str, moment: Any, target: str, number: str) -> QuerySet[Any]:
    return rows.order_by().annotate(
        object_key=F("pk"), in_case=F(case), moment=moment, target=F(target), its_number=F(number)
    )
