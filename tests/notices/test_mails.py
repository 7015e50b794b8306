"""Mails to staff: a kind, a number and the portal's own address; nothing that names anybody."""

import re
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from accounts.models import User
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import inbox, outbox
from notices import services
from notices.models import Notice
from notices.states import NewsKind, Way
from takedowns import services as takedown_services
from takedowns.models import Reply
from tests.takedowns import stages
from tests.waiting import until

pytestmark = pytest.mark.django_db

ADDRESS = "analyst@agency.test"


@pytest.fixture
def by_mail(cast, settings):
    settings.PORTAL_URL = "https://portal.test/"
    User.objects.filter(pk=cast.analyst.pk).update(email=ADDRESS)
    everything = [kind for kind in NewsKind if kind not in (NewsKind.APPROVAL, NewsKind.MESSAGE)]
    services.choose_ways(ways=dict.fromkeys(everything, Way.MAIL), by=cast.analyst)


def mailed() -> OutgoingMail:
    services.tell_news()
    assert services.mail_notices() == 1
    return OutgoingMail.objects.get(recipient=ADDRESS)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_a_mail_says(cast, by_mail, language) -> None:
    User.objects.filter(pk=cast.analyst.pk).update(language=language)
    reply = stages.replied(cast)
    sent = message_from_bytes(outbox.read_bytes(mailed()), policy=policy.default)
    text = sent.get_content()
    assert f"https://portal.test/replies/{reply.pk}/" in text
    assert reply.request.number in text
    assert "https://portal.test/account/#notices" in text
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Reply-To"].addresses[0].addr_spec == "takedown@portal.test"
    assert sent["In-Reply-To"] is None
    assert ("회신이 도착했습니다" in sent["Subject"]) == (language == "ko")
    everything = f"{sent['Subject']} {text}"
    for word in (reply.request.case.title, "portal_demo_room", "t.me", "Analyst", "removed", "Telegram"):
        assert word not in everything
    assert reply.request.number not in sent["Subject"]
    assert not re.search(r"\{\{|\{%", everything)


@pytest.mark.django_db(transaction=True)
def test_several_news_are_one_mail_and_the_next_waits(cast, by_mail, owner_cursor) -> None:
    first = stages.replied(cast)
    second = stages.replied(cast, case=stages.case_of(cast, first=301))
    sent = message_from_bytes(outbox.read_bytes(mailed()), policy=policy.default)
    assert "2 notices" in sent["Subject"]
    assert all(str(reply.pk) in sent.get_content() for reply in (first, second))
    stages.replied(cast, case=stages.case_of(cast, first=401))
    services.tell_news()
    assert services.mail_notices() == 0
    with owner_cursor() as cursor:  # the portal itself may not put a mail back in time
        cursor.execute("UPDATE mailroom_outgoingmail SET queued_at = now() - %s", [services.PAUSE])
    assert services.mail_notices() == 1


def test_a_surge_is_still_one_short_mail(cast, by_mail) -> None:
    request = stages.approved(cast, items=40)
    stages.mark_left(request)
    stages.found(request)
    stages.found(request, "live")
    text = message_from_bytes(outbox.read_bytes(mailed()), policy=policy.default).get_content()
    assert text.count("/items/") == 30
    assert "10 more" in text
    assert "https://portal.test/notifications/" in text


def test_read_or_settled_before_it_left_is_not_mailed(cast, by_mail) -> None:
    stages.replied(cast)
    services.tell_news()
    services.mark_read(by=cast.analyst)
    assert services.mail_notices() == 0


@pytest.mark.parametrize("email", ["", "two@a.test, three@b.test", "no address"])
def test_without_a_usable_address_it_stays_in_the_portal(cast, by_mail, email) -> None:
    User.objects.filter(pk=cast.analyst.pk).update(email=email)
    stages.replied(cast)
    services.tell_news()
    assert services.mail_notices() == 0
    assert Notice.objects.unread().count() == 1


def answer(mail: OutgoingMail, *, to: str, head: str = "", sender: str = ADDRESS, env: str = ADDRESS) -> IncomingMail:
    raw = f"From: <{sender}>\r\nTo: <{to}>\r\nMessage-ID: <{timezone.now().timestamp()}@x.test>\r\n{head}\r\nSeen.\r\n"
    incoming = inbox.receive(door="lmtp", envelope_from=env, envelope_to=[to], data=raw.encode())
    while inbox.parse_next() or takedown_services.file_next():
        pass
    incoming.refresh_from_db()
    return incoming


def test_an_answer_to_it_is_lost_to_nobody_and_answers_no_request(cast, by_mail) -> None:
    stages.replied(cast)
    mail = mailed()
    for to in ("takedown@portal.test", f"takedown+r.{mail.token}@portal.test"):
        incoming = answer(mail, to=to, head=f"In-Reply-To: {mail.message_id}\r\n")
        assert incoming in IncomingMail.objects.unmatched()
    assert Reply.objects.count() == 1


def test_a_mail_that_comes_back_shows_on_the_account_page(cast, by_mail, client) -> None:
    stages.replied(cast)
    mail = mailed()
    body = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {ADDRESS}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n--b--\r\n"
    )
    answer(mail, to=f"bounce+v.{mail.token}@portal.test", head=body, sender="mailer-daemon@agency.test", env="")
    assert services.put_away_reports() == 1
    assert services.put_away_reports() == 0
    client.force_login(cast.analyst)
    assert "mailbox full" in client.get("/account/").content.decode()
    assert not IncomingMail.objects.for_a_person().exists()


def test_the_thread_of_the_case_shows_no_mail_to_staff(cast, by_mail, client) -> None:
    reply = stages.replied(cast)
    mailed()
    client.force_login(cast.analyst)
    for address in (f"/requests/{reply.request_id}/", f"/cases/{reply.request.case_id}/thread/"):
        assert ADDRESS not in client.get(address).content.decode()
    assert ADDRESS in client.get("/mail/").content.decode()  # the post office shows what waits to leave


def test_in_the_house(house) -> None:
    """Through every real process: somebody submits, the clock tells, and a supervisor opens it from the bell."""
    analyst, supervisor = house.person("analyst"), house.person("supervisor")
    empty = analyst.open("/reports/new/").form("/reports/new/", having="links")
    report = analyst.send(
        empty, links="https://t.me/portal_demo_room/139", source="police", received_at="2024-09-03T09:00"
    )
    chosen = re.findall(r"[0-9a-f-]{36}", report.path)
    case = analyst.send(analyst.open("/reports/").form("/reports/group/"), reports=chosen, title="Told")
    drafted = analyst.send(analyst.open(f"{case.path}ask/").form("/ask/", having="contact"), language="en")
    request = analyst.send(drafted.form("/submit/"))

    def opened():
        """The notice about this request, followed to its page."""
        notices = supervisor.open("/notifications/")
        for address, words in notices.links:
            if words == "A request waits for approval" and (page := supervisor.open(address)).path == request.path:
                return page
        return None

    page = until(opened, timeout=60, what="the notice about the request")
    assert "Told" not in supervisor.open("/notifications/?all=1").text
    assert "Waiting for approval" in page.text
