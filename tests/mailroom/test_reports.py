"""Reports about delivery: what counts, for whom, and what a stranger's word is worth."""

import uuid
from collections.abc import Callable

import pytest

from audit.models import Event
from mailroom.models import DeliveryReport, IncomingMail, OutgoingMail
from mailroom.parse_child.main import read
from mailroom.services import inbox
from mailroom.states import Kind, MatchedBy, OutgoingState, ReportAbout, ReportAction, ReportSource

pytestmark = pytest.mark.django_db
Letter = Callable[..., OutgoingMail]
PLATFORM, ARCHIVE, DAEMON = "dmca@telegram.test", "archive@portal.test", "MAILER-DAEMON@relay.test"
POSTMASTER = "postmaster@relay.test"


def fields(recipient: str, *, action: str = "failed", status: str = "5.1.1", original: str = "") -> str:
    lines = [f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}"]
    lines += [f"Original-Recipient: rfc822; {original}"] if original else []
    return "\r\n".join([*lines, f"Diagnostic-Code: smtp; 550 {status} so it is"]) + "\r\n"


def dsn(*recipients: str, words: str = "See below.", subject: str = "Undelivered Mail Returned to Sender") -> bytes:
    status = "Reporting-MTA: dns; relay.test\r\n\r\n" + "\r\n".join(recipients)
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@relay.test>\r\nSubject: {subject}\r\n"
        f"Message-ID: <{uuid.uuid4()}@relay.test>\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        f"--B\r\n\r\n{words}\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n"
        "--B\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: ours\r\n--B--\r\n"
    ).encode()


def plain(
    words: str, *, sender: str = "MAILER-DAEMON@relay.test", subject: str = "failure notice", **more: str
) -> bytes:
    head = {"From": sender, "Subject": subject, "Message-ID": f"<{uuid.uuid4()}@relay.test>"}
    head |= {name.replace("_", "-"): value for name, value in more.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in head.items()) + f"\r\n{words}\r\n").encode()


def take_in(data: bytes, *recipients: str) -> IncomingMail:
    mail = inbox.receive(door="lmtp", envelope_from="", envelope_to=recipients, data=data)
    while inbox.parse_next():
        pass
    mail.refresh_from_db()
    return mail


def told(mail: IncomingMail) -> list[tuple[str, str, str]]:
    return list(mail.reports.values_list("about", "action", "status"))


def test_a_report_to_the_letters_return_address_about_its_recipient_counts(letter: Letter) -> None:
    sent = letter()
    mail = take_in(dsn(fields(PLATFORM.upper())), sent.envelope_from)
    assert (mail.kind, mail.answers, mail.matched_by) == (Kind.BOUNCE, sent, MatchedBy.VERP)
    report = mail.reports.get()
    assert (report.about, report.action, report.status) == (ReportAbout.RECIPIENT, ReportAction.FAILED, "5.1.1")
    assert (report.outgoing, report.final_recipient, report.source) == (sent, PLATFORM, ReportSource.FIELDS)
    assert report.diagnostic == "smtp; 550 5.1.1 so it is"
    assert list(OutgoingMail.objects.bounced()) == [sent]
    assert Event.objects.get(action="mail.bounced").object_id == sent.pk
    sent.refresh_from_db()
    assert sent.state == OutgoingState.QUEUED  # what the outbox knows is not the report's to change


def test_behind_an_alias_the_original_recipient_counts(letter: Letter) -> None:
    sent = letter()
    mail = take_in(dsn(fields("box17@internal.test", original=PLATFORM)), sent.envelope_from)
    assert told(mail) == [("recipient", "failed", "5.1.1")]


def test_a_report_about_our_archive_is_an_alarm_and_touches_no_platform(letter: Letter) -> None:
    sent = letter()
    mail = take_in(dsn(fields(ARCHIVE, status="5.2.2")), sent.envelope_from)
    assert mail.kind == Kind.ARCHIVE_FAIL
    assert told(mail) == [("archive", "failed", "5.2.2")]
    assert list(DeliveryReport.objects.of_archive()) == [mail.reports.get()]
    assert not OutgoingMail.objects.bounced().exists()
    assert not IncomingMail.objects.unfiled().exists()
    assert Event.objects.filter(action="mail.archive_failed").count() == 1
    assert not Event.objects.filter(action="mail.bounced").exists()


def test_one_report_about_both_counts_for_both(letter: Letter) -> None:
    sent = letter()
    mail = take_in(dsn(fields(ARCHIVE), fields(PLATFORM)), sent.envelope_from)
    assert mail.kind == Kind.BOUNCE
    assert told(mail) == [("archive", "failed", "5.1.1"), ("recipient", "failed", "5.1.1")]
    assert list(OutgoingMail.objects.bounced()) == [sent]
    assert DeliveryReport.objects.of_archive().count() == 1


def test_delayed_is_not_failed(letter: Letter) -> None:
    sent = letter()
    mail = take_in(dsn(fields(PLATFORM, action="delayed", status="4.4.1")), sent.envelope_from)
    assert (mail.kind, told(mail)) == (Kind.DELAY, [("recipient", "delayed", "4.4.1")])
    without_action = take_in(dsn(fields(PLATFORM, action="", status="4.2.2")), sent.envelope_from)
    assert without_action.kind == Kind.DELAY
    assert not OutgoingMail.objects.bounced().exists()
    assert Event.objects.filter(action="mail.delayed").count() == 2


def test_given_up_after_temporary_answers_is_failed(letter: Letter) -> None:
    mail = take_in(dsn(fields(PLATFORM, action="failed", status="4.4.7")), letter().envelope_from)
    assert (mail.kind, told(mail)) == (Kind.BOUNCE, [("recipient", "failed", "4.4.7")])


def test_without_our_return_address_it_is_unmatched_and_has_no_effect(letter: Letter) -> None:
    sent = letter()
    forged = dsn(fields(PLATFORM)).replace(b"Subject:", f"In-Reply-To: {sent.message_id}\r\nSubject:".encode(), 1)
    token = sent.token
    unknown = take_in(forged, f"bounce+v.{'a' * len(token)}@portal.test")
    bare = take_in(forged.replace(b"<", b"<2", 1), "bounce@portal.test")
    reply = take_in(forged.replace(b"<", b"<3", 1), f"takedown+r.{token}@portal.test")
    assert {mail.kind for mail in (unknown, bare, reply)} == {Kind.BOUNCE}
    assert list(IncomingMail.objects.unmatched()) == [unknown, bare, reply]
    assert not DeliveryReport.objects.exclude(about=ReportAbout.OTHER, outgoing=None).exists()
    assert not OutgoingMail.objects.bounced().exists()
    assert not Event.objects.filter(action="mail.bounced").exists()


def test_about_somebody_else_it_is_shown_and_has_no_effect(letter: Letter) -> None:
    sent = letter()
    mail = take_in(dsn(fields("victim@elsewhere.test")), sent.envelope_from)
    assert (mail.answers, told(mail)) == (sent, [("other", "failed", "5.1.1")])
    assert list(IncomingMail.objects.unfiled()) == [mail]
    assert not OutgoingMail.objects.bounced().exists()


def test_the_same_report_again_counts_once(letter: Letter) -> None:
    sent, data = letter(), dsn(fields(PLATFORM))
    take_in(data, sent.envelope_from)
    take_in(data, sent.envelope_from)
    take_in(b"Received: from a by b\r\n" + data, sent.envelope_from)
    assert DeliveryReport.objects.count() == 1
    assert Event.objects.filter(action="mail.bounced").count() == 1


def test_it_counts_from_the_moment_it_comes_to_the_return_address(letter: Letter) -> None:
    sent, data = letter(), dsn(fields(PLATFORM))
    take_in(data, "bounce@portal.test")
    assert not OutgoingMail.objects.bounced().exists()
    mail = take_in(data, sent.envelope_from)
    assert told(mail) == [("recipient", "failed", "5.1.1")]
    assert Event.objects.filter(action="mail.bounced").count() == 1


NOTICES = {
    "qmail": plain(f"Hi. This is the qmail-send program.\n\n<{PLATFORM}>:\nSorry, no mailbox of that name. (#5.1.1)"),
    "exim": plain("A message that you sent could not be delivered.", X_Failed_Recipients=PLATFORM, subject="Returned"),
    "smtp32": plain(f"Invalid final delivery userid: {PLATFORM}", sender=POSTMASTER, subject="Undeliverable Mail"),
    "korean": plain(
        f"{PLATFORM} 님에게 보내신 메일이 전송되지 못했습니다. 사서함 용량 초과",
        sender="postmaster@naver.test",
        subject="[메일 반송] 메일 전송 실패 안내",
    ),
}


@pytest.mark.parametrize("data", NOTICES.values(), ids=NOTICES)
def test_servers_that_know_no_standard(letter: Letter, data: bytes) -> None:
    sent = letter()
    mail = take_in(data, sent.envelope_from)
    assert mail.kind == Kind.BOUNCE
    assert told(mail)[0][:2] == ("recipient", "failed")
    assert list(OutgoingMail.objects.bounced()) == [sent]


def test_a_warning_in_words_is_a_delay(letter: Letter) -> None:
    words = f"THIS IS A WARNING ONLY. Delivery to {PLATFORM} has been delayed. It will be retried for 2 more days."
    mail = take_in(plain(words, subject="Delayed Mail (still being retried)"), letter().envelope_from)
    assert (mail.kind, told(mail)) == (Kind.DELAY, [("recipient", "delayed", "")])


def test_a_recipient_in_the_mail_that_is_given_back_counts_for_nothing(letter: Letter) -> None:
    words = (
        "Your message to somebody@elsewhere.test could not be delivered.\n\n"
        f"--- Below this line is a copy of the message.\n\nTo: {PLATFORM}\nSubject: ours\n"
    )
    mail = take_in(plain(words), letter().envelope_from)
    assert (mail.kind, told(mail)) == (Kind.BOUNCE, [])


ORDINARY = {
    "a help desk that found nothing": plain(
        "The link returns 404 not found and the account has been suspended.\n\n-----Original Message-----\nFrom: you",
        sender="no-reply@telegram.test", subject="Re: [2024-0001] 삭제 요청",
    ),
    "a postmaster who answers": plain(
        "The account has been disabled.", sender="postmaster@telegram.test", subject="Re: [2024-0001]"
    ),
    "a person about a bounce": plain(
        "Your last letter came back to us:\n> 550 5.1.1 no such user\n> could not be delivered",
        sender="dmca@telegram.test", subject="Re: undeliverable letter",
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", ORDINARY.values(), ids=ORDINARY)
def test_people_who_write_of_such_things_are_people(letter: Letter, data: bytes) -> None:
    mail = inbox.receive(
        door="lmtp",
        envelope_from=PLATFORM,
        envelope_to=[f"takedown+r.{letter().token}@portal.test"],
        data=data,
    )
    assert inbox.parse_next()
    mail.refresh_from_db()
    assert mail.kind == Kind.ORDINARY


def test_an_absence_note_without_a_sender_is_no_bounce(letter: Letter) -> None:
    words = f"I am on leave. My mailbox {PLATFORM} is full; the account will be disabled."
    mail = take_in(plain(words, sender=PLATFORM, subject="Automatic reply: request"), letter().envelope_from)
    assert (mail.kind, mail.automatic) == (Kind.AUTO_REPLY, "subject")


def test_fields_in_odd_shapes() -> None:
    status = (
        "Reporting-MTA: dns; x\r\nFinal-Recipient: RFC822;<A@B.Test>\r\nAction: Failed (bad)\r\nStatus: 5.1.1\r\n"
        "Final-Recipient: rfc822; c@d.test\r\n\r\nnot a field\r\n\r\n"
        "Original-Recipient: rfc822;e@f.test\r\nFinal-Recipient: x400; none\r\nAction: exploded\r\nStatus: 9.9.9\r\n"
    )
    found = read(dsn(status), html_seconds=1)["reports"]
    shapes = [(each["final"], each["original"], each["action"], each["status"]) for each in found]
    assert shapes == [
        ("a@b.test", "", "failed", "5.1.1"),
        ("c@d.test", "", "failed", "5.1.1"),
        ("", "e@f.test", "", ""),
    ]


def test_a_report_about_thousands_is_cut() -> None:
    assert len(read(dsn(*[fields(f"{n}@x.test") for n in range(5000)]), html_seconds=1)["reports"]) == 50
