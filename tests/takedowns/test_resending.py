"""A letter that did not arrive: told plainly, and sent in one step to another contact, in the very same words."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from cases.next_step import Step, next_step
from cases.queries.cases import requests_of
from cases.queries.tally import tally
from mailroom.models import Alarm, OutgoingMail
from mailroom.services import alarms, outbox
from mailroom.states import AlarmKind
from platforms.services import propose_contact, retire_contact
from takedowns import services
from takedowns.models import Letter, Revision, TakedownRequest
from takedowns.queries.thread import letters_of, replies_of, thread_of
from takedowns.services.filing import sent_text
from tests.at_once import at_once
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def step_of(request: TakedownRequest) -> Step:
    rows = requests_of(request.case)
    return next_step(status="open", tally=tally(request.case), requests=[row.facts for row in rows]).step


def test_the_same_letter_goes_to_another_contact(cast) -> None:
    request = stages.bounced(cast)
    lost = request.letters.get()
    contact = stages.another_contact(cast)
    [letter] = services.resend(request=request, contact=contact, by=cast.second_analyst)
    assert (letter.resends, letter.kind, letter.revision.n) == (lost, "request", 2)
    assert letter.revision.body == lost.revision.body
    assert letter.revision.subject == lost.revision.subject
    assert letter.revision.recipient == letter.mail.recipient == contact.email
    assert letter.revision.body_sha256 != lost.revision.body_sha256  # the recipient is in the digest
    assert letter.number != lost.number
    assert letter.mail.token != lost.mail.token
    assert letter.mail.message_id != lost.mail.message_id
    assert request.number in sent_text(letter)
    assert [item.printed_label for item in letter.items.all()] == ["1", "2", "3"]
    request.refresh_from_db()
    assert request.contact == contact
    assert request.due_at == letter.due_at
    assert not request.replies.filter(handled_at=None).exists()


def test_what_was_refused_at_once_is_sent_again_too(cast) -> None:
    request = stages.approved(cast)
    OutgoingMail.objects.filter(letter__request=request).update(state="rejected", rejected_at=timezone.now())
    alarms.raise_alarm(kind=AlarmKind.LETTER_REFUSED, mail=request.letters.get().mail)
    [letter] = services.resend(request=request, contact=stages.another_contact(cast), by=cast.analyst)
    assert letter.mail.state == "queued"
    ended = Alarm.objects.get()
    assert (ended.closed_by, ended.reason) == (cast.analyst, f"Sent again as {letter.number}")


def test_the_answer_to_the_letter_sent_again_is_read(cast) -> None:
    request = stages.bounced(cast)
    contact = stages.another_contact(cast)
    [letter] = services.resend(request=request, contact=contact, by=cast.analyst)
    stages.answer(request, "1-3 have been removed.", letter=letter, sender=contact.email)
    assert services.file_next()
    assert request.replies.get(letter=letter).claims.count() == 3


def test_pressed_twice_it_is_sent_once(cast) -> None:
    request = stages.bounced(cast)
    contact = stages.another_contact(cast)
    first = services.resend(request=request, contact=contact, by=cast.analyst)
    assert services.resend(request=request, contact=contact, by=cast.analyst) == first
    assert OutgoingMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_pressed_by_twenty_at_once_it_is_sent_once(cast) -> None:
    request = stages.bounced(cast)
    contact = stages.another_contact(cast)

    def press() -> None:
        services.resend(request=TakedownRequest.objects.get(pk=request.pk), contact=contact, by=cast.analyst)

    at_once([press] * 20)
    assert OutgoingMail.objects.count() == 2


def test_only_to_an_active_contact_of_the_same_platform(cast) -> None:
    request = stages.bounced(cast)
    proposed = propose_contact(
        organisation=request.addressee, email="new@telegram.test", language="en", by=cast.analyst
    )
    with pytest.raises(Refused, match="not active"):
        services.resend(request=request, contact=proposed, by=cast.analyst)
    with pytest.raises(Refused, match="did not arrive at this address"):
        services.resend(request=request, contact=request.contact, by=cast.analyst)
    with pytest.raises(Refused, match="another team"):
        services.resend(request=request, contact=stages.another_contact(cast), by=cast.outsider)
    assert OutgoingMail.objects.count() == 1


def test_nothing_is_sent_again_that_arrived(cast) -> None:
    request = stages.approved(cast)
    contact = stages.another_contact(cast)
    stages.mark_left(request)
    stages.give_back(request.letters.get(), status="4.2.2", action="delayed")
    with pytest.raises(Refused, match="No letter of this request has come back"):
        services.resend(request=request, contact=contact, by=cast.analyst)


def test_a_bounced_follow_up_goes_again_too(cast) -> None:
    request = stages.contradicted(cast)
    lost = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    stages.give_back(lost)
    [letter] = services.resend(request=request, contact=stages.another_contact(cast), by=cast.analyst)
    assert (letter.kind, letter.items.get().printed_label) == ("follow_up", "1")


def test_the_database_refuses_other_words_and_other_addresses(cast) -> None:
    request = stages.bounced(cast)
    lost = request.letters.get()
    contact = stages.another_contact(cast)
    outgoing = stages.approved(cast, case=stages.case_of(cast, first=201)).letters.get().mail

    def write(**changes: str) -> None:
        fields = {"recipient": contact.email, "subject": lost.revision.subject, "body": lost.revision.body} | changes
        now = timezone.now()
        revision = Revision.objects.create(
            request=request, n=9, author=cast.analyst, body_sha256="0" * 64, written_at=now, frozen_at=now, **fields
        )
        Letter.objects.create(
            number="L2024-999999",
            request=request,
            revision=revision,
            mail=outgoing,
            written_at=now,
            due_at=now,
            resends=lost,
        )

    with pytest.raises(IntegrityError, match="the same letter"), transaction.atomic():
        write(body="Remove everything else, too.")
    with pytest.raises(IntegrityError, match="active contact"), transaction.atomic():
        write(recipient="someone@elsewhere.test")
    retire_contact(contact=contact, reason="It bounces.", by=cast.analyst)
    with pytest.raises(IntegrityError, match="active contact"), transaction.atomic():
        write()


def test_a_lost_letter_ties_no_removal_to_the_request(cast) -> None:
    """What went away while only a letter that never arrived was out, went without our asking."""
    request = stages.bounced(cast)
    stages.found(request, "gone", [1])
    with pytest.raises(Refused, match="gone before the letter left"):
        services.confirm_removals(request=request, items=stages.lines(request, 1), by=cast.analyst)


def test_the_case_the_desk_and_the_page_say_so(cast, client, django_assert_max_num_queries) -> None:
    request = stages.bounced(cast)
    page = reverse("takedowns:request", args=[request.pk])
    client.force_login(cast.analyst)
    assert step_of(request) == Step.RESEND
    assert b"The letter did not arrive" in client.get(reverse("cases:case", args=[request.case_id])).content
    assert request.number.encode() in client.get("/waiting/letters/").content
    assert reverse("platforms:organisation", args=[request.addressee_id]).encode() in client.get(page).content
    contact = stages.another_contact(cast)
    with django_assert_max_num_queries(12):
        shown = client.get(page).content
    assert contact.email.encode() in shown
    assert b"No such user here" in shown
    sent = client.post(reverse("takedowns:resend", args=[request.pk]), {"contact": contact.pk}, follow=True)
    assert f"Sent again to {contact.email}".encode() in sent.content
    assert b"The letter did not arrive" not in sent.content
    assert step_of(request) == Step.WAIT
    assert request.number.encode() not in client.get("/waiting/letters/").content


def test_the_thread_keeps_the_history(cast) -> None:
    request = stages.bounced(cast)
    services.resend(request=request, contact=stages.another_contact(cast), by=cast.analyst)
    thread = thread_of(letters_of([request]), replies_of([request]), may_read=True)
    lost, report, again = thread.entries
    assert [fact.words for fact in lost.happened][:2] == ["Sent", "Not delivered"]
    assert lost.happened[-1].words.startswith("Sent again as L")
    assert (report.title, again.title) == ("Delivery report", "First letter, sent again")


def test_a_mail_of_the_outbox_is_only_ever_one_letter(cast) -> None:
    request = stages.bounced(cast)
    [letter] = services.resend(request=request, contact=stages.another_contact(cast), by=cast.analyst)
    raw = outbox.read_bytes(letter.mail)
    assert b"In-Reply-To" not in raw  # to its reader it is the first
