"""The page of the mail: who sees it, who acts on it, how many queries it takes."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from mailroom.models import Alarm, DomainState, IncomingMail, OutgoingMail, Pulse
from mailroom.services import alarms, inbox, outbox, pulses, sending
from mailroom.services.sending import Answer, Result
from mailroom.states import AlarmKind, Ending, NotResent, OutgoingState, Part, Step
from takedowns import services
from takedowns.models import Letter
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def trouble(cast) -> dict[str, object]:
    """An alarm, a stopped domain, a mail that was given up, a process that went silent."""
    data = b"From: <somebody@elsewhere.test>\r\nTo: <takedown@portal.test>\r\nSubject: Hello\r\n\r\nHello.\r\n"
    mail = inbox.receive(door="lmtp", envelope_from="", envelope_to=["takedown@portal.test"], data=data)
    IncomingMail.objects.filter(pk=mail.pk).update(state="poison", unreadable="out_of_time", tries=5)
    alarms.raise_alarm(kind=AlarmKind.OWN_LOOP)
    now = timezone.now()
    domain = DomainState.objects.create(domain="slow.test", state="open", opened_at=now, retry_at=now)
    Pulse.objects.create(part=Part.SENDER, place="here", beat_at=now - timedelta(hours=1))
    return {"close_alarm": Alarm.objects.get().pk, "release_domain": domain.pk, "try_again": mail.pk}


def test_whoever_runs_it_acts_with_a_reason(cast, client, trouble) -> None:
    client.force_login(cast.administrator)
    page = client.get("/mail/").content
    for words in (
        b"Our own mail came back.",
        b"slow.test",
        b"Reading it took too long.",
        b"No letters leave.",
        b"Silent",
    ):
        assert words in page
    for name, pk in trouble.items():
        client.post(reverse(f"takedowns:{name}", args=[pk]), {"reason": ""})
    assert Alarm.objects.open().exists()
    assert DomainState.objects.get().state == "open"
    for name, pk in list(trouble.items())[:2]:
        client.post(reverse(f"takedowns:{name}", args=[pk]), {"reason": "Seen to."})
    assert not Alarm.objects.open().exists()
    assert DomainState.objects.get().state == "closed"
    assert IncomingMail.objects.get().state == "waiting"
    told = {"alarm.closed", "domain.released", "mail.tried_again"}
    assert (
        set(Event.objects.filter(actor=cast.administrator.pk, action__in=told).values_list("action", flat=True)) == told
    )


def test_the_same_twice_is_refused_in_words(cast, client, trouble) -> None:
    client.force_login(cast.supervisor)
    address = reverse("takedowns:close_alarm", args=[trouble["close_alarm"]])
    client.post(address, {"reason": "Seen to."})
    assert b"closed already" in client.post(address, {"reason": "Seen to."}, follow=True).content


def test_others_only_look_or_not_even_that(cast, client, trouble) -> None:
    acting = {"supervisor", "second_supervisor", "administrator"}
    seeing = {"analyst", "second_analyst", "outsider"} | acting
    for role, person in vars(cast).items():
        if role in {"team", "other_team"} | acting:
            continue
        client.force_login(person)
        page = client.get("/mail/")
        assert page.status_code == 200 if role in seeing else page.status_code in {302, 403}, role
        for name, pk in trouble.items():
            address = reverse(f"takedowns:{name}", args=[pk])
            assert address.encode() not in page.content
            assert client.post(address, {"reason": "Mine."}).status_code in {302, 403}, role
    assert Alarm.objects.open().exists()
    assert DomainState.objects.get().state == "open"
    assert IncomingMail.objects.get().state == "poison"


def test_nothing_waits_for_anybody(cast, client) -> None:
    for part in (Part.SENDER, Part.DOOR, Part.READER):
        pulses.begin(part=part, place=f"machine:{part}")
    client.force_login(cast.analyst)
    page = client.get("/mail/").content.decode()
    assert "Nothing waits for anybody" in page
    assert 'id="tasks"' not in page
    assert "Letters leave" in page
    assert "machine:" not in page  # for whoever runs it only
    client.force_login(cast.administrator)
    assert "machine:sender" in client.get("/mail/").content.decode()


def test_a_refused_letter_leads_to_its_request(cast, client) -> None:
    request = stages.approved(cast)
    mail = request.letters.get().mail
    lease = sending.claim()
    assert lease
    sending.reach_envelope(lease)
    refusal = Answer(550, "5.7.1 we take no mail from you")
    sending.end(lease, Result(Ending.REJECTED, step=Step.RECIPIENT, answer=refusal, recipient=refusal))
    page = reverse("takedowns:request", args=[request.pk])
    for person, leads in ((cast.analyst, True), (cast.supervisor, True), (cast.administrator, False)):
        client.force_login(person)
        shown = client.get("/mail/").content.decode()
        tasks = shown[shown.index('id="tasks"') : shown.index('class="figures"')]
        assert "A letter was refused for good." in tasks
        assert "550 5.7.1 we take no mail from you" in tasks
        assert mail.recipient in tasks
        assert (page in tasks) == leads
    domain = shown[shown.index('id="domains"') : shown.index('id="ways"')]
    assert [words.strip() for words in re.findall(r'data-label="Refused">([^<]*)<', domain)] == ["1"]


def test_an_uncertain_letter_leads_to_its_decision(cast, client) -> None:
    stages.approved(cast)
    lease = sending.claim()
    assert lease
    sending.reach_envelope(lease)
    taken = Answer(250, "2.1.5 ok")
    sending.begin_data(lease, recipient=taken, archive=taken)
    sending.end(lease, Result(Ending.UNCERTAIN, recipient=taken, archive=taken))
    client.force_login(cast.analyst)
    shown = client.get("/mail/").content.decode()
    assert "Nobody knows whether this letter arrived." in shown
    assert reverse("takedowns:uncertain", args=[Letter.objects.get().pk]) in shown


def broken_off(*, wants_answers: bool = True, recipient: str = "somebody@portal.test") -> OutgoingMail:
    """A mail of ours that is no letter, and of which nobody knows whether it arrived."""
    mail = outbox.enqueue(
        identity=outbox.new_identity(),
        idempotency_key=recipient,
        to=recipient,
        subject="News",
        body="Something waits.",
        language="en",
        wants_answers=wants_answers,
        by=None,
    )
    lease = sending.claim()
    assert lease
    sending.reach_envelope(lease)
    taken = Answer(250, "2.1.5 ok")
    sending.begin_data(lease, recipient=taken, archive=taken)
    sending.end(lease, Result(Ending.UNCERTAIN, recipient=taken, archive=taken))
    OutgoingMail.objects.filter(pk=mail.pk).update(not_resent="copies_missing")
    return OutgoingMail.objects.get(pk=mail.pk)


def test_whoever_runs_the_mail_decides_about_an_uncertain_notice(cast, client, django_assert_max_num_queries) -> None:
    mail = broken_off(wants_answers=False)
    address = reverse("takedowns:uncertain_mail", args=[mail.pk])
    client.force_login(cast.administrator)
    listed = client.get("/mail/").content.decode()
    assert address in listed[listed.index('id="leaving"') :]
    assert str(NotResent.COPIES_MISSING.label) in listed
    with django_assert_max_num_queries(12):
        page = client.get(address).content.decode()
    assert str(NotResent.COPIES_MISSING.label) in page
    assert "Whoever it is for finds it in the portal" in page
    assert client.post(address, {"decision": "resend", "reason": " "}).status_code == 422
    assert client.post(address, {"decision": "resend", "reason": "They miss it."}).url == "/mail/"
    mail.refresh_from_db()
    assert mail.state == OutgoingState.QUEUED
    assert Event.objects.get(action="mail.decided").actor == cast.administrator.pk
    assert "not uncertain any more" in client.get(address).content.decode()


def test_others_do_not_decide_about_a_notice(cast, client) -> None:
    mail = broken_off(wants_answers=False)
    address = reverse("takedowns:uncertain_mail", args=[mail.pk])
    client.force_login(cast.analyst)
    assert address.encode() not in client.get("/mail/").content
    assert client.get(address).status_code == 200
    assert client.post(address, {"decision": "accepted", "reason": "Mine."}).status_code == 422
    for person in (cast.auditor, cast.intake):
        client.force_login(person)
        assert client.get(address).status_code == 403
    mail.refresh_from_db()
    assert mail.state == OutgoingState.UNCERTAIN


def test_an_uncertain_test_mail_is_decided_by_whoever_works_on_cases(cast, client) -> None:
    mail = broken_off(recipient=stages.LIAISON)
    address = reverse("takedowns:uncertain_mail", args=[mail.pk])
    client.force_login(cast.administrator)
    assert address.encode() not in client.get("/mail/").content
    client.force_login(cast.analyst)
    shown = client.get("/mail/").content.decode()
    assert address in shown[shown.index('id="tasks"') : shown.index('class="figures"')]
    assert "Look whether a reply to it has come" in client.get(address).content.decode()
    assert client.post(address, {"decision": "accepted", "reason": "They rang."}).status_code == 302
    mail.refresh_from_db()
    assert mail.state == OutgoingState.ACCEPTED


def test_a_letter_of_a_request_is_decided_on_its_own_page(cast, client) -> None:
    letter = stages.approved(cast).letters.get()
    client.force_login(cast.administrator)
    assert client.get(reverse("takedowns:uncertain_mail", args=[letter.mail_id])).status_code == 404


def test_a_letter_to_a_form_waits_for_somebody_to_enter_it(cast, client) -> None:
    letter = stages.to_a_form(cast)
    page = f"{reverse('takedowns:letter', args=[letter.pk])}#enter"
    for person, leads in ((cast.analyst, True), (cast.administrator, False), (cast.outsider, False)):
        client.force_login(person)
        shown = client.get("/mail/").content.decode()
        tasks = shown[shown.index('id="tasks"') : shown.index('class="figures"')]
        assert "A letter has to be entered in the platform’s web form." in tasks
        assert letter.number in tasks
        assert (page in tasks) == leads
        assert 'id="leaving"' not in shown
    services.deliver_by_hand(letter=letter, delivered_at=timezone.now(), by=cast.analyst)
    assert letter.number not in client.get("/mail/").content.decode()


def test_an_unreadable_mail_says_what_is_known_of_it(cast, client, trouble) -> None:
    again = reverse("takedowns:try_again", args=[trouble["try_again"]])
    for person, may_run in ((cast.analyst, False), (cast.supervisor, True)):
        client.force_login(person)
        page = client.get(reverse("takedowns:unmatched_mail", args=[trouble["try_again"]])).content.decode()
        assert "Unknown sender" in page
        for fact in ("Reading it took too long.", "takedown@portal.test", "\xa0bytes", "kept as it came"):
            assert fact in page
        assert (again in page) == may_run


def test_its_queries_do_not_grow(cast, client, trouble, django_assert_max_num_queries) -> None:
    for n in range(20):
        alarms.raise_alarm(kind=AlarmKind.DOMAIN_STOPPED, domain=f"d{n}.test")
        Pulse.objects.create(part=Part.SENDER, place=f"p{n}")
    client.force_login(cast.supervisor)
    with django_assert_max_num_queries(12):
        assert client.get("/mail/").status_code == 200
