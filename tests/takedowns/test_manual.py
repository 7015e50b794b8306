"""Platforms that take requests in a web form only: the letter is entered by hand, and that is recorded."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from audit.models import Event
from cases.queries.cases import requests_of
from dashboards.queries.waiting import overdue, running, to_enter
from mailroom.models import OutgoingMail
from mailroom.services import outbox, sending
from mailroom.states import OutgoingState
from platforms.models import Contact
from takedowns import services
from takedowns.models import Letter, ManualDelivery, TakedownRequest, TicketCorrection
from takedowns.states import RequestStatus
from takedowns.tickets import key_of, keys_in
from takedowns.unsettled import unsettled_lines
from tests.takedowns import stages
from tests.takedowns.test_tray import came_in, suggested

pytestmark = pytest.mark.django_db


def entered(cast, letter: Letter, **given) -> ManualDelivery:
    return services.deliver_by_hand(
        **{"letter": letter, "delivered_at": timezone.now(), "ticket": "REM-20441", "by": cast.analyst} | given
    )


def test_no_mail_leaves_and_the_words_are_kept(cast) -> None:
    letter = stages.to_a_form(cast)
    assert letter.mail.state == OutgoingState.BY_HAND
    assert letter.mail.recipient == stages.FORM
    assert sending.claim() is None
    kept = outbox.read_bytes(letter.mail).decode()
    assert "1. https://t.me/portal_demo_room/101" in kept
    assert f"Please reply by e-mail to takedown+r.{letter.mail.token}@portal.test" in kept
    assert "above this line" not in kept
    assert "attached" not in kept


def test_entering_it_starts_the_clock(cast) -> None:
    letter = stages.to_a_form(cast)
    at = timezone.now()
    entered(cast, letter, delivered_at=at, note="By the night shift.")
    letter.refresh_from_db()
    assert (letter.mail.state, letter.mail.accepted_at) == (OutgoingState.HANDED, at)
    assert letter.due_at == at + timedelta(hours=24)
    assert letter.request.due_at == letter.due_at
    assert Letter.objects.delivered().get() == letter
    told = Event.objects.get(action="letter.entered")
    assert told.detail == {"letter": letter.number}
    with pytest.raises(Refused, match="recorded already"):
        entered(cast, letter)


def of(request: TakedownRequest) -> TakedownRequest:
    return TakedownRequest.objects.get(pk=request.pk)


def test_no_deadline_runs_before_it_is_entered(cast, client) -> None:
    letter = stages.to_a_form(cast, items=1)
    request = of(letter.request)
    assert (letter.due_at, request.due_at, request.status) == (None, None, RequestStatus.APPROVED)
    assert not running(cast.analyst).exists()
    assert not overdue(cast.analyst).exists()
    assert list(to_enter(cast.analyst)) == [letter]
    (row,) = requests_of(request.case)
    assert (row.facts.to_follow, row.facts.overdue) == (0, 0)
    client.force_login(cast.analyst)
    for name, pk in (("request", request.pk), ("letter", letter.pk)):
        shown = client.get(reverse(f"takedowns:{name}", args=[pk])).content
        assert b"24 h after it is entered in the web form" in shown
    entered(cast, letter)
    assert list(running(cast.analyst)) == [request]


def test_what_is_said_of_it_before_is_no_verdict_on_the_platform(cast) -> None:
    letter = stages.to_a_form(cast, items=1)
    (line,) = unsettled_lines(of(letter.request), at=timezone.now() + timedelta(days=9))
    assert line.why_not == f"Letter {letter.number} names it and has not been entered in the web form yet."
    with pytest.raises(Refused):
        services.follow_up(request=letter.request, items=[line.row], by=cast.analyst)


def test_only_what_goes_to_a_form_may_be_without_a_deadline(cast) -> None:
    by_mail = stages.approved(cast).letters.get()
    with pytest.raises(IntegrityError, match="has a deadline"), transaction.atomic():
        Letter.objects.filter(pk=by_mail.pk).update(due_at=None)


def test_a_follow_up_to_a_form_moves_the_deadline_when_it_is_entered(cast) -> None:
    first = stages.to_a_form(cast, items=1)
    early = timezone.now()
    entered(cast, first, delivered_at=early)
    request = of(first.request)
    stages.answer(request, "Item 1 has been removed.")
    assert services.file_next()
    reply = request.replies.get()
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(request, "live")
    line = stages.lines(request, 1)
    letter = services.follow_up(request=request, items=line, by=cast.analyst)
    assert services.follow_up(request=request, items=line, by=cast.analyst) == letter
    request = of(request)
    assert (request.status, request.due_at) == (RequestStatus.PARTLY_ANSWERED, early + timedelta(hours=24))
    at = timezone.now()
    entered(cast, letter, delivered_at=at)
    assert of(request).due_at == at + timedelta(hours=24)


def test_when_it_cannot_have_been(cast) -> None:
    letter = stages.to_a_form(cast)
    with pytest.raises(Refused, match="still to come"):
        entered(cast, letter, delivered_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(Refused, match="not approved yet"):
        entered(cast, letter, delivered_at=letter.written_at - timedelta(hours=1))
    with pytest.raises(Refused):
        entered(cast, letter, by=cast.auditor)
    by_mail = stages.approved(cast, case=stages.case_of(cast, first=201)).letters.get()
    with pytest.raises(Refused, match="goes by mail"):
        entered(cast, by_mail)


def test_the_database_keeps_mail_and_form_apart(cast) -> None:
    letter = stages.to_a_form(cast)
    for wrong in ({"state": "queued"}, {"state": "handed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutgoingMail.objects.filter(pk=letter.mail_id).update(**wrong)
    with pytest.raises(IntegrityError, match="mail_or_form"), transaction.atomic():
        Contact.objects.filter(pk=letter.request.contact_id).update(email="both@telegram.test")


def test_a_follow_up_and_a_message_go_to_the_form_too(cast) -> None:
    letter = stages.to_a_form(cast)
    entered(cast, letter)
    message = stages.message(cast, request=letter.request, submitted=True)
    digest = services.latest_wording(message).body_sha256
    sent = services.approve_message(free_letter=message, digest=digest, by=cast.supervisor)
    assert sent.mail.state == OutgoingState.BY_HAND
    entered(cast, sent)
    sent.refresh_from_db()
    assert sent.due_at is None


def test_what_came_back_by_mail_goes_to_the_form(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.give_back(request.letters.get())
    (again,) = services.resend(request=request, contact=stages.with_form(cast), by=cast.analyst)
    assert again.mail.state == OutgoingState.BY_HAND
    assert (again.due_at, of(request).due_at) == (None, None)  # the one that did not arrive asks for nothing any more
    assert again.revision.body == request.letters.exclude(pk=again.pk).get().revision.body


def test_a_mail_that_names_the_ticket_is_suggested(cast) -> None:
    letter = stages.to_a_form(cast)
    entered(cast, letter, ticket="#REM-20441")
    (found,) = suggested(cast.analyst, came_in(subject="[rem-20441] Your request was received"))
    assert found.request == letter.request
    assert found.reasons == ["Its subject names ticket #REM-20441."]
    (found,) = suggested(cast.analyst, came_in("Case REM-20441: all items were removed."))
    assert found.reasons == ["Its text names ticket #REM-20441."]
    assert suggested(cast.analyst, came_in("Case REM-204412 is another one.")) == []
    assert suggested(cast.outsider, came_in("Case REM-20441.")) == []


def test_a_wrong_ticket_number_is_corrected(cast) -> None:
    letter = stages.to_a_form(cast)
    delivery = entered(cast, letter, ticket="REM-20441")
    wrong, right = (came_in(f"Case {number}: all items were removed.") for number in ("REM-20441", "REM-20414"))
    assert suggested(cast.analyst, right) == []
    services.correct_ticket(letter=letter, ticket=" #REM-20414 ", note="Two digits swapped.", by=cast.second_analyst)
    (found,) = suggested(cast.analyst, right)
    assert (found.request, found.reasons) == (letter.request, ["Its text names ticket #REM-20414."])
    assert suggested(cast.analyst, wrong) == []
    delivery = ManualDelivery.objects.get(pk=delivery.pk)
    assert (delivery.ticket, delivery.ticket_now) == ("REM-20441", "#REM-20414")
    assert Event.objects.get(action="letter.ticket_corrected").detail == {"letter": letter.number}
    with pytest.raises(Refused, match="recorded already"):
        services.correct_ticket(letter=letter, ticket="#REM-20414", by=cast.analyst)
    services.correct_ticket(letter=letter, ticket="REM-20441", by=cast.analyst)
    assert suggested(cast.analyst, right) == []
    assert [one.request for one in suggested(cast.analyst, wrong)] == [letter.request]
    services.correct_ticket(letter=letter, ticket="", by=cast.analyst)
    assert suggested(cast.analyst, wrong) == []


def test_who_corrects_a_ticket_number_and_when(cast) -> None:
    letter = stages.to_a_form(cast)
    with pytest.raises(Refused, match="Only a letter that was entered"):
        services.correct_ticket(letter=letter, ticket="REM-1", by=cast.analyst)
    entered(cast, letter)
    for person in (cast.auditor, cast.outsider):
        with pytest.raises(Refused):
            services.correct_ticket(letter=letter, ticket="REM-1", by=person)


def test_a_corrected_ticket_is_never_edited(cast) -> None:
    letter = stages.to_a_form(cast)
    entered(cast, letter)
    correction = services.correct_ticket(letter=letter, ticket="REM-1", by=cast.analyst)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        TicketCorrection.objects.filter(pk=correction.pk).update(ticket="REM-2")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        correction.delete()


def test_corrected_on_the_letters_page(cast, client, django_assert_max_num_queries) -> None:
    letter = stages.to_a_form(cast)
    page, address = (reverse(f"takedowns:{name}", args=[letter.pk]) for name in ("letter", "ticket"))
    client.force_login(cast.analyst)
    assert address.encode() not in client.get(page).content
    entered(cast, letter)
    assert b'value="REM-20441"' in client.get(page).content
    assert client.post(address, {"ticket": "REM-20441"}).status_code == 422
    assert client.post(address, {"ticket": "REM-20414", "note": "Two digits swapped."}).status_code == 302
    for shown in (page, reverse("takedowns:request", args=[letter.request_id])):
        with django_assert_max_num_queries(12):
            words = client.get(shown).content.decode()
        for part in (
            "ticket number REM-20441 (corrected since)",
            "Ticket number corrected",
            "ticket number REM-20414",
            "Two digits",
        ):
            assert part in words
    client.force_login(cast.auditor)
    assert address.encode() not in client.get(page).content
    assert client.post(address).status_code == 403
    client.force_login(cast.outsider)
    assert client.post(address).status_code == 404


@pytest.mark.parametrize(
    ("ticket", "text", "named"),
    [
        ("123456", "Ticket: 123456.", True),
        ("＃１２３４５６", "(123456)", True),
        ("Case 00123/7", "re: case 00123/7", True),
        ("A-1", "A-1", False),
        ("", "", False),
    ],
)
def test_ticket_numbers(ticket, text, named) -> None:
    assert bool(key_of(ticket) and key_of(ticket) in keys_in([text])) == named


def test_clicked_from_the_request_to_the_record(cast, client, django_assert_max_num_queries) -> None:
    letter = stages.to_a_form(cast)
    client.force_login(cast.analyst)
    case = client.get(reverse("cases:case", args=[letter.request.case_id])).content.decode()
    assert "It has to be entered in the platform’s web form." in case
    request, page = (
        reverse("takedowns:request", args=[letter.request_id]),
        reverse("takedowns:letter", args=[letter.pk]),
    )
    client.force_login(cast.analyst)
    assert page.encode() in client.get(request).content
    desk = client.get("/").content.decode()
    assert "Letters to enter in a web form" in desk
    assert f"{page}#enter" in desk
    client.force_login(cast.supervisor)
    assert "Letters to enter in a web form" in client.get(reverse("dashboards:overview")).content.decode()
    client.force_login(cast.analyst)
    with django_assert_max_num_queries(12):
        shown = client.get(page).content.decode()
    assert stages.FORM in shown
    assert 'data-copy="letter-words"' in shown
    address = reverse("takedowns:entered", args=[letter.pk])
    assert client.post(address, {"delivered_at": ""}).status_code == 422
    assert client.post(address, {"delivered_at": "2019-01-01T10:00"}).status_code == 422
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert client.post(address, {"delivered_at": now, "ticket": "REM-1"}).status_code == 302
    with django_assert_max_num_queries(12):
        shown = client.get(request).content.decode()
    assert "Entered in the web form" in shown
    assert "REM-1" in shown
    client.force_login(cast.auditor)
    assert client.post(address).status_code == 403
    client.force_login(cast.outsider)
    assert client.post(address).status_code == 404


def test_a_form_is_proposed_and_activated_by_two(cast, client) -> None:
    organisation = stages.telegram(cast)
    address = reverse("platforms:propose", args=[organisation.pk])
    client.force_login(cast.analyst)
    for wrong in ({"form_url": "http://telegram.test/report"}, {"email": "a@b.test", "form_url": stages.FORM}, {}):
        assert client.post(address, {"language": "en", "roles": "removal"} | wrong).status_code == 422
    client.post(address, {"language": "en", "roles": "removal", "form_url": stages.FORM})
    form = Contact.objects.get(form_url=stages.FORM)
    client.post(reverse("platforms:activate", args=[form.pk]))
    form.refresh_from_db()
    assert form.status == "proposed"
    with pytest.raises(Refused, match="no test mail"):
        services.send_contact_test(contact=form, by=cast.analyst)
    client.force_login(cast.supervisor)
    client.post(reverse("platforms:activate", args=[form.pk]))
    form.refresh_from_db()
    assert form.status == "active"
    assert stages.FORM.encode() in client.get(reverse("platforms:organisation", args=[organisation.pk])).content
