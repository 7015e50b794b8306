"""Questions about test mails to contacts. Each gives the reason why not, or None."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from mailroom.states import OutgoingState
from platforms.models import Contact
from platforms.rules import why_not_record_test
from takedowns.models import ContactTest, ContactTestAnswer
from takedowns.states import ContactAnswerKind, ContactTestState

TEST_AGAIN_AFTER = timedelta(minutes=10)


def why_not_send_test(user: User, contact: Contact, last: ContactTest | None, *, at: datetime) -> str | None:
    """May `user` have a test mail sent to this contact, after the `last` one?"""
    if reason := why_not_record_test(user, contact):
        return reason
    state = state_of_test(last) if last else None
    if state == ContactTestState.WAITING:
        return _("The last test mail has not left yet.")
    if state == ContactTestState.TO_DECIDE:
        return _("First decide whether the answer to the last test mail counts.")
    waited_for = state in (ContactTestState.SENT, ContactTestState.UNCERTAIN)
    if last and waited_for and at < last.ordered_at + TEST_AGAIN_AFTER:
        return _("A test mail went out a moment ago. Wait for its answer, or send another one in some minutes.")
    return None


def state_of_test(test: ContactTest) -> ContactTestState:
    """How far a test mail has come. Reads its mail and its answers, no query where they are fetched already."""
    answers = {answer.kind: answer for answer in test.answers.all() if answer.counts is None}
    if test.passed_at:
        return ContactTestState.PASSED
    if ContactAnswerKind.DOUBTFUL in answers:
        return ContactTestState.TO_DECIDE
    if ContactAnswerKind.BOUNCED in answers:
        return ContactTestState.BOUNCED
    return {
        OutgoingState.ACCEPTED: ContactTestState.SENT,
        OutgoingState.REJECTED: ContactTestState.REFUSED,
        OutgoingState.UNCERTAIN: ContactTestState.UNCERTAIN,
    }.get(OutgoingState(test.mail.state), ContactTestState.WAITING)


def why_not_decide_answer(user: User, answer: ContactTestAnswer) -> str | None:
    """May `user` say whether this mail counts as the answer to its test mail?"""
    if reason := why_not_record_test(user, answer.test.contact):
        return reason
    if answer.kind != ContactAnswerKind.DOUBTFUL or answer.counts is not None:
        return _("There is nothing to decide about this answer.")
    return None
