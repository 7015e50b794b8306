"""A test mail to a proposed contact, there and back: only then can a second person let letters go to it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from mailroom.models import IncomingMail
from mailroom.services import outbox
from mailroom.states import Kind, MatchedBy
from platforms.models import Contact
from platforms.rules import why_not_record_test
from platforms.services import record_contact_test
from takedowns import rules
from takedowns.letters import word_contact_test
from takedowns.models import ContactTest, ContactTestAnswer
from takedowns.states import ContactAnswerKind

# An automatic answer shows that a machine is there, not that somebody reads what it gets.
_BY_KIND = {
    Kind.AUTO_REPLY: ContactAnswerKind.AUTOMATIC,
    Kind.DELAY: ContactAnswerKind.DELAYED,
    Kind.BOUNCE: ContactAnswerKind.BOUNCED,
}


@transaction.atomic
def send_contact_test(*, contact: Contact, by: User, at: datetime | None = None) -> ContactTest:
    """Put a test mail to a proposed contact into the outbox. It names no case, no link and no person.

    Two who press the button at once queue up at the contact's row: the second is refused by the first one's test.
    """
    at = at or timezone.now()
    rows = Contact.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    locked = rows.get(pk=contact.pk)
    last = locked.tests.select_related("mail").first()
    if reason := rules.why_not_send_test(by, locked, last, at=at):
        raise Refused(reason)
    identity = outbox.new_identity()
    test = ContactTest(contact=locked, mail_id=identity.mail_id, ordered_by=by, ordered_at=at)
    wording = word_contact_test(contact=locked)
    test.mail = outbox.enqueue(
        identity=identity,
        idempotency_key=f"contact-test:{test.pk}",
        to=wording.recipient,
        subject=wording.subject,
        body=wording.body,
        language=locked.language,
        by=by,
    )
    test.save(force_insert=True)
    record(action=Action.CONTACT_TEST_SENT, by=by, obj=locked, detail={"mail": test.mail_id})
    return test


def file_test_answer(incoming: IncomingMail) -> None:
    """In the transaction that files a mail: put it under each test mail that it came back to."""
    tests = ContactTest.objects.filter(mail__matches__incoming=incoming).exclude(answers__incoming=incoming)
    for test in tests.select_related("contact", "mail", "ordered_by"):
        kind = _kind_of(incoming, test)
        if kind is None:
            continue
        ContactTestAnswer.objects.create(test=test, incoming=incoming, kind=kind, received_at=incoming.received_at)
        if kind == ContactAnswerKind.GENUINE:
            _pass(test, at=incoming.received_at)
        detail = {"kind": kind, "mail": incoming.pk}
        record(action=Action.CONTACT_TEST_ANSWERED, by=None, obj=test.contact, detail=detail)


def _kind_of(incoming: IncomingMail, test: ContactTest) -> ContactAnswerKind | None:
    if incoming.kind != Kind.ORDINARY:
        return _BY_KIND.get(Kind(incoming.kind))
    to_the_token = incoming.matches.filter(outgoing=test.mail_id, how=MatchedBy.TOKEN).exists()
    from_there = incoming.from_trusted and incoming.sender.lower() == test.mail.recipient.lower()
    # Marked as bulk, it may be a help desk's receipt that nobody wrote.
    if to_the_token and from_there and not incoming.automatic and incoming.conflict_with_id is None:
        return ContactAnswerKind.GENUINE
    return ContactAnswerKind.DOUBTFUL


def _pass(test: ContactTest, *, at: datetime) -> None:
    """It went there and back: by the one who ordered it. A contact that is decided about by now stays as it is."""
    if test.passed_at is None:
        test.passed_at = at
        test.save(update_fields=["passed_at"])
    if why_not_record_test(test.ordered_by, test.contact) is None:
        record_contact_test(contact=test.contact, by=test.ordered_by, at=at)


@transaction.atomic
def decide_test_answer(
    *, answer: ContactTestAnswer, counts: bool, by: User, at: datetime | None = None
) -> ContactTestAnswer:
    """Say whether an answer that is not plainly the address's own counts as the answer to its test mail."""
    Contact.objects.select_for_update(no_key=True).get(pk=answer.test.contact_id)
    locked = ContactTestAnswer.objects.select_related("test__contact", "test__ordered_by").get(pk=answer.pk)
    if reason := rules.why_not_decide_answer(by, locked):
        raise Refused(reason)
    locked.counts, locked.decided_by, locked.decided_at = counts, by, at or timezone.now()
    locked.save(update_fields=["counts", "decided_by", "decided_at"])
    if counts:
        _pass(locked.test, at=locked.received_at)
    detail = {"counts": counts, "mail": locked.incoming_id}
    record(action=Action.CONTACT_ANSWER_DECIDED, by=by, obj=locked.test.contact, detail=detail)
    return locked
