"""A test mail goes to a proposed contact, and only its own answer, or a person's word, opens the way to activation."""

import re
from email import message_from_bytes, policy

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import GRANTS, Permission
from accounts.states import Role
from audit.errors import Refused
from audit.models import AccessLog, Event
from audit.states import Action
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import inbox, outbox, sending
from mailroom.services.sending import Answer, Result
from mailroom.states import Ending, Step
from platforms.models import Contact
from platforms.services import activate_contact, propose_contact, retire_contact
from platforms.states import ContactStatus
from takedowns import rules, services
from takedowns.models import ContactTest, ContactTestAnswer, Reply
from takedowns.states import ContactAnswerKind, ContactTestState
from tests.at_once import at_once, failures
from tests.takedowns import stages
from tests.waiting import until

OFFERED = "korea@telegram.test"


@pytest.fixture
def at(client):
    """`at(person)` is a browser with that person logged in."""

    def log_in(person):
        client.force_login(person)
        return client

    return log_in


@pytest.fixture
def proposed(cast) -> Contact:
    telegram = stages.telegram(cast)
    return propose_contact(organisation=telegram, email=OFFERED, language="en", by=cast.analyst)


@pytest.fixture
def test(cast, proposed) -> ContactTest:
    """A test mail that left a minute ago."""
    made = services.send_contact_test(contact=proposed, by=cast.analyst)
    left(made)
    return made


def left(test: ContactTest) -> None:
    OutgoingMail.objects.filter(pk=test.mail_id).update(state="accepted", accepted_at=timezone.now())


def come_back(
    test: ContactTest,
    text: str = "Received.",
    *,
    sender: str = OFFERED,
    head: str = "",
    to: str = "",
    env: str = "x@y.z",
) -> IncomingMail:
    """A mail comes in at the door, by default for the test mail's reply address, and is filed."""
    to = to or f"takedown+r.{test.mail.token}@portal.test"
    raw = (
        f"From: Liaison <{sender}>\r\nTo: <{to}>\r\nSubject: Re: test\r\n{head}"
        f"Message-ID: <{timezone.now().timestamp()}@telegram.test>\r\n\r\n{text}\r\n"
    ).encode()
    mail = inbox.receive(door="lmtp", envelope_from=OFFERED, envelope_to=[to], data=raw)
    while inbox.parse_next() or services.file_next():
        pass
    mail.refresh_from_db()
    assert mail.filed_at
    return mail


def report(test: ContactTest, action: str = "failed", status: str = "5.1.1") -> IncomingMail:
    """What a mail server reports about the test mail, to its return address."""
    body = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.telegram.test\r\n\r\n"
        f"Final-Recipient: rfc822; {test.mail.recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} No such box here\r\n--b--\r\n"
    )
    to = f"bounce+v.{test.mail.token}@portal.test"
    raw = (
        f"From: <mailer-daemon@telegram.test>\r\nTo: <{to}>\r\nMessage-ID: <{timezone.now().timestamp()}@mx>\r\n{body}"
    )
    mail = inbox.receive(door="lmtp", envelope_from="", envelope_to=[to], data=raw.encode())
    while inbox.parse_next() or services.file_next():
        pass
    return mail


def state(test: ContactTest) -> ContactTestState:
    return rules.state_of_test(ContactTest.objects.get(pk=test.pk))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_test_mail_names_nothing_and_nobody(cast, language) -> None:
    reply = stages.replied(cast)
    contact = propose_contact(
        organisation=stages.telegram(cast),
        email=OFFERED,
        language=language,
        by=cast.second_analyst,
        note="Ms Lee said.",
    )
    test = services.send_contact_test(contact=contact, by=cast.analyst)
    sent = message_from_bytes(outbox.read_bytes(test.mail), policy=policy.default)
    text = f"{sent['Subject']}\n{sent.get_content()}"
    assert sent["To"] == OFFERED
    assert sent["Reply-To"].addresses[0].addr_spec == f"takedown+r.{test.mail.token}@portal.test"
    assert sent["Auto-Submitted"] is None
    assert ("확인했습니다" in text) if language == "ko" else ("Received" in text)
    for word in ("http", "t.me", "portal_demo_room", reply.request.number, reply.request.case.number, "Lee", "Analyst"):
        assert word not in text
    assert not re.search(r"\{\{|\{%|\[\[", text)
    events = Event.objects.for_object(contact).filter(action=Action.CONTACT_TEST_SENT)
    assert [event.actor for event in events] == [cast.analyst.pk]


@pytest.mark.django_db
def test_there_and_back(cast, test) -> None:
    assert state(test) == ContactTestState.SENT
    mail = come_back(test, sender="Korea@Telegram.test")
    contact = Contact.objects.get(pk=test.contact_id)
    assert (contact.tested_by, contact.tested_at) == (cast.analyst, mail.received_at)
    assert (state(test), contact.status) == (ContactTestState.PASSED, ContactStatus.PROPOSED)
    acts = Event.objects.for_object(contact).order_by("at").values_list("action", "actor")
    assert list(acts)[-3:] == [
        (Action.CONTACT_TEST_SENT, cast.analyst.pk),
        (Action.CONTACT_TESTED, cast.analyst.pk),
        (Action.CONTACT_TEST_ANSWERED, None),
    ]
    assert activate_contact(contact=contact, by=cast.supervisor).status == ContactStatus.ACTIVE
    assert not IncomingMail.objects.unmatched().exists()
    assert not Reply.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"sender": "someone@elsewhere.test"}, ContactAnswerKind.DOUBTFUL),
        ({"sender": "korea@telegram.test.evil.example"}, ContactAnswerKind.DOUBTFUL),
        ({"sender": f"{OFFERED}>, <other@telegram.test"}, ContactAnswerKind.DOUBTFUL),
        ({"head": "Auto-Submitted: auto-replied\r\n"}, ContactAnswerKind.AUTOMATIC),
        ({"head": "Precedence: bulk\r\n"}, ContactAnswerKind.DOUBTFUL),
    ],
    ids=["elsewhere", "look-alike", "two senders", "out of office", "bulk"],
)
def test_what_is_not_plainly_its_own_answer_records_nothing(cast, test, more, kind) -> None:
    come_back(test, **more)
    assert ContactTestAnswer.objects.get().kind == kind
    contact = Contact.objects.get(pk=test.contact_id)
    assert contact.tested_at is None
    with pytest.raises(Refused, match="test mail"):
        activate_contact(contact=contact, by=cast.supervisor)


@pytest.mark.django_db
def test_an_answer_to_the_thread_only_is_doubtful(test) -> None:
    come_back(test, head=f"In-Reply-To: {test.mail.message_id}\r\n", to="takedown@portal.test")
    assert ContactTestAnswer.objects.get().kind == ContactAnswerKind.DOUBTFUL
    assert state(test) == ContactTestState.TO_DECIDE


@pytest.mark.django_db
def test_the_same_answer_twice_is_filed_once(test) -> None:
    raw = f"From: <{OFFERED}>\r\nMessage-ID: <one@telegram.test>\r\n\r\nReceived.\r\n".encode()
    to = f"takedown+r.{test.mail.token}@portal.test"
    for trace in (b"", b"Received: from a by b\r\n", b""):
        inbox.receive(door="lmtp", envelope_from=OFFERED, envelope_to=[to], data=trace + raw)
        while inbox.parse_next() or services.file_next():
            pass
    assert ContactTestAnswer.objects.count() == 1


@pytest.mark.django_db
def test_a_mail_that_answers_a_letter_and_a_test_is_filed_under_both(cast) -> None:
    request = stages.approved(cast)
    contact = propose_contact(organisation=request.addressee, email=OFFERED, language="en", by=cast.analyst)
    test = services.send_contact_test(contact=contact, by=cast.analyst)
    raw = f"From: <{OFFERED}>\r\nMessage-ID: <both@telegram.test>\r\n\r\n1-3 have been removed.\r\n".encode()
    tokens = (test.mail.token, request.letters.get().mail.token)
    to = [f"takedown+r.{token}@portal.test" for token in tokens]
    inbox.receive(door="lmtp", envelope_from=OFFERED, envelope_to=to, data=raw)
    while inbox.parse_next() or services.file_next():
        pass
    assert ContactTestAnswer.objects.get().kind == ContactAnswerKind.GENUINE
    assert Reply.objects.get().claims.count() == 0  # not an active contact yet
    assert not services.file_next()


@pytest.mark.django_db
def test_a_bounce_shows_the_servers_words(cast, at, test) -> None:
    report(test)
    assert state(test) == ContactTestState.BOUNCED
    assert Contact.objects.get(pk=test.contact_id).tested_at is None
    page = at(cast.analyst).get(reverse("platforms:organisation", args=[test.contact.organisation_id]))
    assert "Could not be delivered" in page.content.decode()
    assert "No such box here" in page.content.decode()
    services.send_contact_test(contact=test.contact, by=cast.analyst)  # and may be tried again


@pytest.mark.django_db
def test_a_delay_is_no_failure(test) -> None:
    report(test, "delayed", "4.4.1")
    assert ContactTestAnswer.objects.get().kind == ContactAnswerKind.DELAYED
    assert state(test) == ContactTestState.SENT


@pytest.mark.django_db
def test_refused_at_once_shows_the_servers_words(cast, at, test) -> None:
    OutgoingMail.objects.filter(pk=test.mail_id).update(state="queued", accepted_at=None)
    lease, refusal = sending.claim(), Answer(550, "5.1.1 no such user")
    assert lease
    sending.end(lease, Result(Ending.REJECTED, answer=refusal, step=Step.RECIPIENT, recipient=refusal))
    assert state(test) == ContactTestState.REFUSED
    page = at(cast.analyst).get(reverse("platforms:organisation", args=[test.contact.organisation_id]))
    assert "5.1.1 no such user" in page.content.decode()
    page = at(cast.analyst).get("/mail/")
    assert page.status_code == 200
    assert OFFERED in page.content.decode()


@pytest.mark.django_db
def test_one_test_mail_at_a_time(cast, proposed) -> None:
    test = services.send_contact_test(contact=proposed, by=cast.analyst)
    with pytest.raises(Refused, match="not left yet"):
        services.send_contact_test(contact=proposed, by=cast.supervisor)
    left(test)
    with pytest.raises(Refused, match="a moment ago"):
        services.send_contact_test(contact=proposed, by=cast.supervisor)
    later = timezone.now() + rules.TEST_AGAIN_AFTER
    services.send_contact_test(contact=proposed, by=cast.supervisor, at=later)
    assert OutgoingMail.objects.filter(recipient=OFFERED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_pressed_by_five_at_once(cast, proposed) -> None:
    results = at_once([lambda: services.send_contact_test(contact=proposed, by=cast.analyst)] * 5)
    assert [type(failure) for failure in failures(results)] == [Refused] * 4
    assert OutgoingMail.objects.filter(recipient=OFFERED).count() == 1


@pytest.mark.django_db
def test_only_a_proposed_contact_is_tested(cast, test) -> None:
    come_back(test)
    contact = Contact.objects.get(pk=test.contact_id)
    activate_contact(contact=contact, by=cast.supervisor)
    with pytest.raises(Refused, match="Only a proposed contact"):
        services.send_contact_test(contact=contact, by=cast.analyst)


@pytest.mark.django_db
def test_an_answer_after_it_was_retired_changes_nothing(cast, test) -> None:
    retire_contact(contact=test.contact, reason="Not theirs.", by=cast.analyst)
    come_back(test)
    contact = Contact.objects.get(pk=test.contact_id)
    assert (contact.status, contact.tested_at) == (ContactStatus.RETIRED, None)
    assert ContactTestAnswer.objects.get().kind == ContactAnswerKind.GENUINE


@pytest.mark.django_db
def test_a_person_decides_about_an_answer_from_elsewhere(cast, at, test) -> None:
    mail = come_back(test, "Received by the night shift.", sender="night@telegram.test")
    answer = ContactTestAnswer.objects.get()
    shown = reverse("platforms:organisation", args=[test.contact.organisation_id])
    to = reverse("takedowns:test_answer", args=[answer.pk])
    page = at(cast.supervisor).get(shown).content.decode()
    assert to in page
    assert "night@telegram.test" in page
    page = at(cast.supervisor).get(to).content.decode()
    assert "Received by the night shift." in page
    assert AccessLog.objects.get(object_id=mail.pk).actor == cast.supervisor.pk
    assert at(cast.supervisor).post(to, {"counts": "yes"}).url == shown
    contact = Contact.objects.get(pk=test.contact_id)
    # The one who had it sent stays the one of the test; the one who decided is named beside the answer.
    assert (contact.tested_by, contact.tested_at) == (cast.analyst, mail.received_at)
    assert "It counts, says Supervisor." in at(cast.analyst).get(shown).content.decode()
    event = Event.objects.for_object(contact).get(action=Action.CONTACT_ANSWER_DECIDED)
    assert (event.actor, event.detail["counts"]) == (cast.supervisor.pk, True)
    answer.refresh_from_db()
    with pytest.raises(Refused, match="nothing to decide"):
        services.decide_test_answer(answer=answer, counts=False, by=cast.analyst)


@pytest.mark.django_db
def test_it_does_not_count(cast, at, test) -> None:
    come_back(test, sender="someone@elsewhere.test")
    answer = ContactTestAnswer.objects.get()
    with pytest.raises(Refused, match="First decide"):
        services.send_contact_test(contact=test.contact, by=cast.analyst)
    at(cast.analyst).post(reverse("takedowns:test_answer", args=[answer.pk]), {"counts": "no"})
    assert Contact.objects.get(pk=test.contact_id).tested_at is None
    assert state(test) == ContactTestState.SENT
    page = at(cast.analyst).get(reverse("platforms:organisation", args=[test.contact.organisation_id]))
    assert "It does not count, says Analyst." in page.content.decode()
    come_back(test)
    assert state(test) == ContactTestState.PASSED


@pytest.mark.django_db
def test_only_a_doubtful_answer_can_be_decided(cast, test) -> None:
    come_back(test, head="Auto-Submitted: auto-replied\r\n")
    answer = ContactTestAnswer.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactTestAnswer.objects.update(counts=True, decided_by=cast.analyst, decided_at=timezone.now())
    with pytest.raises(Refused):
        services.decide_test_answer(answer=answer, counts=True, by=cast.analyst)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_each_role(cast, at, test, role) -> None:
    come_back(test, sender="someone@elsewhere.test")
    answer = ContactTestAnswer.objects.get()
    browser = at(getattr(cast, role.value))
    allowed = Permission.MANAGE_CONTACTS in GRANTS[role]
    addresses = {
        "get": reverse("takedowns:test_answer", args=[answer.pk]),
        "post": reverse("takedowns:contact_test", args=[test.contact_id]),
    }
    for method, address in addresses.items():
        assert getattr(browser, method)(address).status_code in ({200, 302} if allowed else {403}), method
    assert browser.get(addresses["post"]).status_code == 405


@pytest.mark.django_db
def test_those_who_only_read_see_the_history(cast, at, test) -> None:
    come_back(test)
    page = at(cast.auditor).get(reverse("platforms:organisation", args=[test.contact.organisation_id])).content.decode()
    assert "Test mail sent" in page
    assert "Answer from the address itself" in page
    assert reverse("takedowns:contact_test", args=[test.contact_id]) not in page
    assert reverse("takedowns:test_answer", args=[ContactTestAnswer.objects.get().pk]) not in page


@pytest.mark.django_db
def test_the_desk_says_what_comes_next(cast, at, proposed) -> None:
    def told() -> str:
        return at(cast.analyst).get("/waiting/contacts/").content.decode()

    assert "send a test mail" in told()
    test = services.send_contact_test(contact=proposed, by=cast.analyst)
    left(test)
    assert "wait for the answer" in told()
    report(test)
    assert "the test mail did not arrive" in told()
    come_back(test, sender="someone@elsewhere.test")
    assert "decide about the answer" in told()
    come_back(test)
    assert "activate it, by a second person" in told()


@pytest.mark.django_db
@pytest.mark.parametrize("many", [2, 30])
def test_queries_do_not_grow(cast, at, django_assert_max_num_queries, many) -> None:
    telegram = stages.telegram(cast)
    for n in range(many):
        contact = propose_contact(organisation=telegram, email=f"a{n}@telegram.test", language="en", by=cast.analyst)
        test = services.send_contact_test(contact=contact, by=cast.analyst)
        left(test)
        report(test) if n % 2 else come_back(test, sender=f"b{n}@telegram.test")
    browser = at(cast.supervisor)
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("platforms:organisation", args=[telegram.pk]))
    assert page.content.decode().count("Test mail sent") == many
    with django_assert_max_num_queries(12):
        assert (
            browser.get(reverse("takedowns:test_answer", args=[ContactTestAnswer.objects.first().pk])).status_code
            == 200
        )


def test_in_the_house(house) -> None:
    """Two people and the real platform: proposed, tested by mail there and back, activated."""
    analyst, supervisor = house.person("analyst"), house.person("supervisor")
    page = analyst.open("/organisations/")
    organisation = page.link("Telegram", to=r"/organisations/.+/")
    page = analyst.send(analyst.open(organisation).form("/propose/"), email="abuse@telegram.test", roles=["general"])
    assert "abuse@telegram.test" in page.text
    house.liaison("robot", mode="robot", hour_seconds=0.05)
    try:
        page = analyst.send(page.form("/test/"))
        assert "A test mail to abuse@telegram.test is on its way" in page.text
        until(
            lambda: "Answer from the address itself" in analyst.open(organisation).text, timeout=60, what="the answer"
        )
    finally:
        house.liaison("robot", mode="hand")
    page = supervisor.send(supervisor.open(organisation).form("/activate/"))
    assert "abuse@telegram.test is active" in page.text
