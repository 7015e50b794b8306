"""What this room knows of an organisation's contacts: their test mails, and letters that came back. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from mailroom.models import DeliveryReport, OutgoingMail
from mailroom.states import ReportAbout, ReportAction
from platforms.models import Contact, Organisation
from platforms.queries import Step
from platforms.states import ContactStatus
from takedowns import rules
from takedowns.models import ContactTest, ContactTestAnswer
from takedowns.states import ContactAnswerKind, ContactTestState

TONES = {
    ContactAnswerKind.GENUINE: "good",
    ContactAnswerKind.DOUBTFUL: "warn",
    ContactAnswerKind.BOUNCED: "bad",
    ContactAnswerKind.DELAYED: "warn",
}


SETTLED = timedelta(hours=1)  # a letter that has not come back by then has most likely arrived


@dataclass(frozen=True)
class CameBack:
    """Letters to an active contact come back: since when, and how many did."""

    since: datetime
    letters: int


@dataclass(frozen=True)
class TestsOfContact:
    """What mail adds to a contact's page: moments of its tests, the answer to decide about, why no other can be sent,

    and whether letters to it come back.
    """

    steps: Sequence[Step]
    under_way: str  # how far the last test mail is, in words; "" where none is waited for
    test_lost: bool  # the last one came back, or was refused
    to_decide: ContactTestAnswer | None
    why_not_send: str | None
    came_back: CameBack | None


def tests_of(organisation: Organisation, user: User) -> dict[UUID, TestsOfContact]:
    """By contact. Five queries, however many there are."""
    answers = ContactTestAnswer.objects.select_related("incoming", "decided_by")
    tests = ContactTest.objects.select_related("mail", "ordered_by").defer("mail__sealed")
    reports = Prefetch("answers__incoming__reports", DeliveryReport.objects.order_by("n"))
    contacts = organisation.contacts.prefetch_related(
        Prefetch("tests", tests.prefetch_related(Prefetch("answers", answers), reports))
    )
    lost = came_back(organisation)
    return {contact.pk: _of(contact, user, lost.get(contact.email.lower())) for contact in contacts}


def came_back(organisation: Organisation) -> dict[str, CameBack]:
    """By address, lower-case: letters given back for good since one arrived there, or ever. One query.

    Delays and refusals are not meant.
    """
    arrived = OutgoingMail.objects.filter(
        recipient__iexact=OuterRef("outgoing__recipient"),
        letter__request__addressee=organisation,
        accepted_at__lt=timezone.now() - SETTLED,
    ).exclude(pk__in=OutgoingMail.objects.bounced().values("pk"))
    last = Subquery(arrived.order_by("-accepted_at").values("accepted_at")[:1])
    lost = DeliveryReport.objects.filter(
        about=ReportAbout.RECIPIENT, action=ReportAction.FAILED, outgoing__letter__request__addressee=organisation
    ).annotate(last=last, address=Lower("outgoing__recipient"))
    rows = (
        lost.filter(Q(last=None) | Q(outgoing__accepted_at__gt=F("last")))
        .order_by()
        .values("address")
        .annotate(since=Min("incoming__received_at"), letters=Count("outgoing", distinct=True))
    )
    return {row["address"]: CameBack(row["since"], row["letters"]) for row in rows}


def _of(contact: Contact, user: User, came_back: CameBack | None) -> TestsOfContact:
    tests = list(contact.tests.all())
    last = tests[0] if tests else None
    state = rules.state_of_test(last) if last else None
    waited_for = (ContactTestState.WAITING, ContactTestState.SENT, ContactTestState.UNCERTAIN)
    undecided = [
        answer
        for answer in (last.answers.all() if last else [])
        if state == ContactTestState.TO_DECIDE and answer.kind == ContactAnswerKind.DOUBTFUL and answer.counts is None
    ]
    return TestsOfContact(
        steps=[step for test in tests for step in _steps(test)],
        under_way=str(state.label) if state in waited_for else "",
        test_lost=state in (ContactTestState.BOUNCED, ContactTestState.REFUSED),
        to_decide=undecided[0] if undecided else None,
        why_not_send=rules.why_not_send_test(user, contact, last, at=timezone.now()),
        came_back=came_back if contact.status == ContactStatus.ACTIVE else None,
    )


def _steps(test: ContactTest) -> list[Step]:
    state = rules.state_of_test(test)
    sent = {
        ContactTestState.WAITING: _("Test mail: waiting to leave"),
        ContactTestState.UNCERTAIN: _("Test mail: nobody knows yet whether it left"),
        ContactTestState.REFUSED: _("Test mail: refused by the mail server"),
    }.get(state, _("Test mail sent"))
    refused = state == ContactTestState.REFUSED
    words = f"{test.mail.smtp_code or ''} {test.mail.smtp_text}".strip() if refused else ""
    first = Step(test.ordered_at, sent, test.ordered_by.name, "bad" if refused else "", "mail-out", words)
    return [first, *(_answered(answer, test) for answer in test.answers.all())]


def _answered(answer: ContactTestAnswer, test: ContactTest) -> Step:
    kind = ContactAnswerKind(answer.kind)
    return Step(
        at=answer.received_at,
        title=str(kind.label),
        tone=TONES.get(kind, ""),
        icon="bounced" if kind == ContactAnswerKind.BOUNCED else "mail-in",
        words=_words(answer, test),
        url=reverse("takedowns:test_answer", args=[answer.pk]),
        link=_("Read it"),
    )


def _words(answer: ContactTestAnswer, test: ContactTest) -> str:
    """What a mail server said of the address, or who wrote and what was decided about that."""
    if answer.kind in (ContactAnswerKind.BOUNCED, ContactAnswerKind.DELAYED):
        told = [report for report in answer.incoming.reports.all() if report.outgoing_id == test.mail_id]
        return told[0].diagnostic.removeprefix("smtp;").strip() or told[0].status if told else ""
    if answer.kind != ContactAnswerKind.DOUBTFUL:
        return ""
    sender = answer.incoming.sender or _("a sender that cannot be read safely")
    if answer.counts is None or answer.decided_by is None:
        return _("From %(sender)s. Somebody has to say whether it counts.") % {"sender": sender}
    decided = _("From %(sender)s. It counts, says %(name)s.") if answer.counts else None
    return (decided or _("From %(sender)s. It does not count, says %(name)s.")) % {
        "sender": sender,
        "name": answer.decided_by.name,
    }
