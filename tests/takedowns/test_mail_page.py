"""The page of the mail: who sees it, who acts on it, how many queries it takes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from mailroom.models import Alarm, DomainState, IncomingMail, Pulse
from mailroom.services import alarms, inbox
from mailroom.states import AlarmKind, Part

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
    for words in (b"Our own mail came back.", b"slow.test", b"Reading it took too long.", b"Silent"):
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


def test_its_queries_do_not_grow(cast, client, trouble, django_assert_max_num_queries) -> None:
    for n in range(20):
        alarms.raise_alarm(kind=AlarmKind.DOMAIN_STOPPED, domain=f"d{n}.test")
        Pulse.objects.create(part=Part.SENDER, place=f"p{n}")
    client.force_login(cast.supervisor)
    with django_assert_max_num_queries(12):
        assert client.get("/mail/").status_code == 200
