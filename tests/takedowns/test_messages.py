"""Messages to liaisons: words of our own in the thread, approved by someone who wrote none of them; no new item."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import outbox
from takedowns import services
from takedowns.models import Approval, FreeLetter, Letter, Reply
from takedowns.services.filing import sent_text
from takedowns.states import Decision, FreeLetterStatus, LetterKind
from tests.at_once import at_once
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def approved(cast, message: FreeLetter) -> Letter:
    digest = services.latest_wording(message).body_sha256
    return services.approve_message(free_letter=message, digest=digest, by=cast.supervisor)


def test_written_submitted_approved_and_sent_in_the_thread(cast) -> None:
    reply = stages.replied(cast, "We cannot open your list.")
    stages.mark_left(reply.request)
    IncomingMail.objects.filter(pk=reply.incoming_id).update(references=["<older@telegram.test>"])
    message = stages.message(cast, request=reply.request, answers=reply, submitted=True)
    letter = approved(cast, message)
    message.refresh_from_db()
    assert (letter.kind, letter.due_at, message.status) == (LetterKind.FREE, None, FreeLetterStatus.APPROVED)
    raw = outbox.read_bytes(letter.mail).decode()
    first = reply.request.letters.get(kind=LetterKind.REQUEST)
    assert f"In-Reply-To: {reply.incoming.message_id}" in raw
    assert raw.index(first.mail.message_id) < raw.index(reply.incoming.message_id, raw.index("References:"))
    assert f"Subject: Re: [{reply.request.number}]" in raw
    body = sent_text(letter)
    assert "You could not open our list: here it is again." in body
    assert "\n3. https://t.me/portal_demo_room/103\n" in body
    assert [row.printed_label for row in letter.items.order_by("id")] == ["1", "2", "3"]
    assert b"text/csv" in outbox.read_bytes(letter.mail)
    due = reply.request.due_at
    reply.request.refresh_from_db()
    assert reply.request.due_at == due


def test_without_the_list_an_answer_to_it_is_read_all_the_same(cast) -> None:
    letter = approved(cast, stages.message(cast, with_list=False, submitted=True))
    assert not letter.items.exists()
    assert b"text/csv" not in outbox.read_bytes(letter.mail)
    quoted = "".join(f"> {line}\n" for line in sent_text(letter).splitlines())
    stages.answer(letter.request, f"1-3 have been removed.\n\nOn 3 Nov 2026, KCSC wrote:\n{quoted}", letter=letter)
    assert services.file_next()
    assert Reply.objects.get(letter=letter).claims.count() == 3


def test_whoever_wrote_part_of_it_cannot_approve_it(cast) -> None:
    message = stages.message(cast)
    services.revise_message(free_letter=message, message="Good day.", with_list=True, by=cast.supervisor)
    services.submit_message(free_letter=message, by=cast.analyst)
    digest = services.latest_wording(message).body_sha256
    with pytest.raises(Refused, match="part of this message"):
        services.approve_message(free_letter=message, digest=digest, by=cast.supervisor)
    with pytest.raises(Refused):
        services.approve_message(free_letter=message, digest=digest, by=cast.second_analyst)
    services.approve_message(free_letter=message, digest=digest, by=cast.second_supervisor)


def test_a_follow_up_of_ones_own_does_not_count_as_words(cast) -> None:
    """It has fixed words: the supervisor who pressed it may approve a message that somebody else wrote."""
    request = stages.contradicted(cast)
    services.follow_up(request=request, items=stages.lines(request, 1), by=cast.supervisor)
    approved(cast, stages.message(cast, request=request, submitted=True))


def test_the_database_refuses_an_author_and_a_foreign_wording(cast) -> None:
    message = stages.message(cast, submitted=True)
    revision = services.latest_wording(message)

    def decide(**changes) -> None:
        fields = {"request": message.request, "free_letter": message, "revision": revision, "by": cast.supervisor}
        Approval.objects.create(
            **fields | {"decision": Decision.APPROVED, "digest": revision.body_sha256, "at": timezone.now()} | changes
        )

    with pytest.raises(IntegrityError, match="wrote a revision"), transaction.atomic():
        decide(by=cast.analyst)
    with pytest.raises(IntegrityError, match="digest of a frozen revision"), transaction.atomic():
        decide(digest="f" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        decide(free_letter=None)  # as if it were the request's own letter


def test_the_database_refuses_a_message_that_nobody_approved(cast) -> None:
    message = stages.message(cast, submitted=True)
    mail = stages.approved(cast, case=stages.case_of(cast, first=201)).letters.get().mail
    for kind in ("free", "follow_up", "request"):
        with pytest.raises(IntegrityError, match=r"covers this letter|no other letter does"), transaction.atomic():
            Letter.objects.create(
                number="L2024-999999",
                kind=kind,
                request=message.request,
                revision=services.latest_wording(message),
                mail=mail,
                written_at=timezone.now(),
                due_at=timezone.now(),
            )


def test_only_what_was_shown_is_approved(cast) -> None:
    message = stages.message(cast, submitted=True)
    with pytest.raises(Refused, match="changed since"):
        services.approve_message(free_letter=message, digest="0" * 64, by=cast.supervisor)


@pytest.mark.django_db(transaction=True)
def test_approved_by_twenty_at_once_it_is_sent_once(cast) -> None:
    message = stages.message(cast, submitted=True)
    digest = services.latest_wording(message).body_sha256

    def press() -> bool:
        try:
            services.approve_message(
                free_letter=FreeLetter.objects.get(pk=message.pk), digest=digest, by=cast.supervisor
            )
        except Refused:
            return False
        return True

    assert sum(at_once([press] * 20)) == 1
    assert OutgoingMail.objects.count() == 2


def test_returned_with_words_and_submitted_again(cast) -> None:
    message = stages.message(cast, submitted=True)
    with pytest.raises(Refused, match="what has to change"):
        services.return_message(free_letter=message, words=" ", by=cast.supervisor)
    services.return_message(free_letter=message, words="Shorter.", by=cast.supervisor)
    services.revise_message(free_letter=message, message="Here it is.", with_list=True, by=cast.analyst)
    services.submit_message(free_letter=message, by=cast.analyst)
    assert "Here it is." in approved(cast, message).revision.body


def test_one_at_a_time_and_none_before_a_letter(cast) -> None:
    message = stages.message(cast)
    with pytest.raises(Refused, match="being written"):
        stages.message(cast, request=message.request)
    services.withdraw_message(free_letter=message, by=cast.analyst)
    stages.message(cast, request=message.request)
    draft = stages.drafted(cast, case=stages.case_of(cast, first=201))
    with pytest.raises(Refused, match="Nobody has had a letter"):
        stages.message(cast, request=draft)
    with pytest.raises(Refused, match="Write something"):
        stages.message(cast, request=stages.approved(cast, case=stages.case_of(cast, first=301)), message=" ")


def test_a_message_that_came_back_goes_to_another_contact(cast) -> None:
    letter = approved(cast, stages.message(cast, submitted=True))
    stages.give_back(letter)
    [again] = services.resend(request=letter.request, contact=stages.another_contact(cast), by=cast.analyst)
    assert (again.kind, again.due_at) == (LetterKind.FREE, None)


def test_clicked_from_the_reply_to_the_outbox(cast, client, django_assert_max_num_queries) -> None:
    reply = stages.replied(cast, "We cannot open your list.")
    stages.mark_left(reply.request)
    client.force_login(cast.analyst)
    page = client.get(reverse("takedowns:reply", args=[reply.pk])).content.decode()
    address = f"{reverse('takedowns:write', args=[reply.request_id])}?reply={reply.pk}"
    assert address in page
    assert client.post(address, {"message": " "}).status_code == 422
    sent = client.post(address, {"message": "Here it is again.", "with_list": "on"}, follow=True)
    message = FreeLetter.objects.get()
    assert message.answers == reply
    assert b"Here it is again." in sent.content
    assert client.get(address, follow=True).request["PATH_INFO"] == reverse("takedowns:message", args=[message.pk])
    client.post(reverse("takedowns:submit_message", args=[message.pk]))
    client.force_login(cast.supervisor)
    shown = reverse("takedowns:message", args=[message.pk])
    with django_assert_max_num_queries(12):
        listed = client.get("/approvals/").content
    assert shown.encode() in listed
    assert b"Messages to liaisons to approve" in client.get("/").content
    with django_assert_max_num_queries(12):
        page = client.get(shown).content.decode()
    digest = services.latest_wording(message).body_sha256
    assert digest in page
    assert client.post(reverse("takedowns:return_message", args=[message.pk]), {"words": ""}).status_code == 422
    client.post(reverse("takedowns:approve_message", args=[message.pk]), {"digest": digest})
    assert Letter.objects.filter(kind=LetterKind.FREE).count() == 1
    with django_assert_max_num_queries(12):
        request = client.get(reverse("takedowns:request", args=[reply.request_id])).content
    assert b"Message to the liaison" in request


def test_under_way_it_stands_in_the_thread(cast, client) -> None:
    message = stages.message(cast, submitted=True)
    client.force_login(cast.analyst)
    page = client.get(reverse("takedowns:request", args=[message.request_id])).content
    assert reverse("takedowns:message", args=[message.pk]).encode() in page
    assert b"Waiting for approval" in page


def test_who_may_open_and_do_what(cast, client) -> None:
    message = stages.message(cast)
    show, edit = (reverse(f"takedowns:{name}", args=[message.pk]) for name in ("message", "edit_message"))
    for person, seen, edited in (
        (cast.analyst, 200, 200),
        (cast.supervisor, 200, 200),
        (cast.auditor, 200, 403),
        (cast.privacy_officer, 200, 403),
        (cast.intake, 403, 403),
        (cast.administrator, 403, 403),
        (cast.outsider, 404, 404),
    ):
        client.force_login(person)
        assert (client.get(show).status_code, client.get(edit).status_code) == (seen, edited), person.username
    for name in ("submit_message", "withdraw_message", "approve_message", "return_message"):
        address = reverse(f"takedowns:{name}", args=[message.pk])
        client.force_login(cast.outsider)
        assert client.post(address, {"words": "x"}).status_code in {403, 404}
        client.force_login(cast.auditor)
        assert client.post(address).status_code == 403
        client.force_login(cast.supervisor)
        assert client.get(address).status_code == 405
    message.refresh_from_db()
    assert message.status == FreeLetterStatus.DRAFT
