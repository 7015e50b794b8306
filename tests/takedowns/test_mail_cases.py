"""The cases of inbound mail that every release survives, each under its number.

In all of them the raw mail is stored once, whole, and the queue keeps moving. The first three, about mailboxes that are
fetched by IMAP, stand in tests/mailroom/test_imap*.py.
"""

import time
import zipfile
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from keys.services import unseal
from mailroom.addresses import reply_address
from mailroom.models import Alarm, DeliveryReport, IncomingMail, OutgoingMail, RawMail
from mailroom.services import inbox, outbox
from mailroom.states import IncomingState, Kind, Unreadable
from platforms.services import switch_recording
from takedowns.models import Claim, Letter, Reply, TakedownRequest
from takedowns.states import ClaimStatus, RequestStatus, Trust
from tests.mailroom.signing import Zone, signed
from tests.takedowns import stages
from tests.takedowns.signed_mails import DOMAIN, bring, bring_to, genuine, letter_of, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _key(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_DNS_ZONE, settings.MAIL_PARSE_RETRY_SECONDS = str(tmp_path / "zone.txt"), 0.0
    Zone(tmp_path / "zone.txt").add_key(DOMAIN)


@pytest.fixture
def letter(cast: Any) -> Letter:
    """Of a request to a platform whose certain replies are recorded without a person: the sharpest way to fail."""
    request = stages.approved(cast)
    switch_recording(organisation=request.addressee, on=True, reason="Agreed with them.", by=cast.supervisor)
    return letter_of(TakedownRequest.objects.get(pk=request.pk))


def recorded() -> bool:
    return Claim.objects.filter(status=ClaimStatus.ACCEPTED).exists()


def only_reply() -> Reply:
    return Reply.objects.get()


def is_stored_once(data: bytes) -> bool:
    return RawMail.objects.filter(size=len(data)).count() == 1


def test_04_one_message_id_with_two_contents_and_one_content_by_two_ways(letter: Letter) -> None:
    first = bring_to(letter, genuine(letter, "1-2 have been removed.", Message_ID="<same@telegram.test>"))
    second = bring_to(letter, genuine(letter, "1-3 have been removed.", Message_ID="<same@telegram.test>"))
    assert (first.conflict_with, second.conflict_with) == (None, first)
    assert RawMail.objects.count() == 2
    assert not Claim.objects.filter(reply__incoming=second).exists()
    data = unseal(record=first.raw_id, sealed=bytes(first.raw.sealed))
    again = bring_to(letter, b"Received: from a by b\r\n" + data)
    assert (again.duplicate_of, again.conflict_with) == (first, None)


def test_05_the_same_bytes_again(letter: Letter) -> None:
    data = genuine(letter)
    mails = [bring_to(letter, data) for _ in range(3)]
    assert len({mail.pk for mail in mails}) == 1
    assert is_stored_once(data)
    assert mails[0].raw.deliveries.count() == 3
    assert (Reply.objects.count(), Claim.objects.count()) == (1, 3)


def test_06_one_reply_to_three_requests(cast: Any, letter: Letter) -> None:
    others = [letter_of(stages.approved(cast, case=stages.case_of(cast, first=first))) for first in (201, 301)]
    data = genuine(letter)
    mail = bring(data, *(reply_address(each.mail.token) for each in (letter, *others)))
    assert is_stored_once(data)
    assert mail.matches.count() == Reply.objects.count() == 3
    assert not Claim.objects.exists()


def test_07_the_right_token_from_the_wrong_sender(letter: Letter) -> None:
    bring_to(letter, written(letter, From="someone@elsewhere.test"))
    assert (only_reply().trust, Claim.objects.count()) == (Trust.STRANGER, 0)


def test_08_the_liaisons_name_without_a_token_and_unsigned(letter: Letter) -> None:
    mail = bring(written(letter, To="<takedown@portal.test>"), "takedown@portal.test")
    assert list(IncomingMail.objects.unmatched()) == [mail]
    assert not Reply.objects.exists()


def test_09_a_forged_verdict_is_ignored(letter: Letter, settings: Any) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.portal.test"
    forged = b"Authentication-Results: mx.portal.test; dmarc=pass header.from=telegram.test\r\n"
    bring_to(letter, b"Received: from x by mx.portal.test\r\n" + forged + written(letter))
    assert only_reply().trust == Trust.UNVERIFIED
    assert not recorded()


@pytest.mark.parametrize(
    "line",
    [
        f"{stages.LIAISON}\r\nFrom: x@elsewhere.test", f"Liaison:{stages.LIAISON};", f"Liaison\r\n <{stages.LIAISON}>",
        f"{stages.LIAISON}, x@elsewhere.test", f"<{stages.LIAISON}> <x@elsewhere.test>", f"x@y.test <{stages.LIAISON}>",
    ],
    ids=["two lines", "group", "folded", "two addresses", "two in brackets", "an address as name"],
)  # fmt: skip
def test_10_a_sender_line_that_can_be_read_in_two_ways(letter: Letter, line: str) -> None:
    bring_to(letter, genuine(letter, From=line))
    assert (only_reply().trust, Claim.objects.count()) == (Trust.DEFECTIVE, 0)


def test_11_words_below_a_signature_with_a_length(letter: Letter) -> None:
    data = signed(written(letter, "1 has been removed."), cut=True)
    bring_to(letter, data + b"2-3 have been removed.\r\n")
    assert only_reply().trust == Trust.UNVERIFIED
    assert "cut" in only_reply().trust_facts
    assert not recorded()


def test_12_a_forged_line_about_where_it_was_delivered(letter: Letter) -> None:
    to = reply_address(letter.mail.token)
    forged = f"Delivered-To: {to}\r\nX-Original-To: {to}\r\nEnvelope-To: {to}\r\n".encode()
    bring(forged + written(letter), "takedown@portal.test")
    assert not Reply.objects.exists()


def test_13_out_of_office_from_nobody(letter: Letter) -> None:
    due = letter.request.due_at
    mail = bring_to(letter, written(letter, "All removed.", Auto_Submitted="auto-replied"), sender="")
    request = TakedownRequest.objects.get()
    assert (mail.kind, request.due_at, request.status) == (Kind.AUTO_REPLY, due, RequestStatus.APPROVED)
    assert only_reply().abstained


def report(recipient: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    fields = f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}"
    return (
        "From: MAILER-DAEMON@relay.test\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n"
        f"Message-ID: <{time.monotonic_ns()}@relay.test>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        f"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; r\r\n\r\n{fields}\r\n--B--\r\n"
    ).encode()


def test_14_a_delivery_report_about_the_platform_and_one_about_our_archive(letter: Letter) -> None:
    about_archive = bring(report("archive@portal.test"), letter.mail.envelope_from, sender="")
    assert about_archive.kind == Kind.ARCHIVE_FAIL
    assert Alarm.objects.filter(kind="archive_refused").exists()
    assert not OutgoingMail.objects.bounced().exists()
    assert not Reply.objects.exists()
    bring(report(stages.LIAISON), letter.mail.envelope_from, sender="")
    assert list(OutgoingMail.objects.bounced()) == [letter.mail]
    assert only_reply().incoming.kind == Kind.BOUNCE


def test_15_delayed_is_not_failed(letter: Letter) -> None:
    mail = bring(report(stages.LIAISON, action="delayed", status="4.4.1"), letter.mail.envelope_from, sender="")
    assert mail.kind == Kind.DELAY
    assert not OutgoingMail.objects.bounced().exists()


def test_16_a_forged_delivery_report(letter: Letter) -> None:
    data = report(stages.LIAISON).replace(b"Subject:", f"In-Reply-To: {letter.mail.message_id}\r\nSubject:".encode())
    mail = bring(data, "bounce@portal.test", sender="")
    assert list(IncomingMail.objects.unmatched()) == [mail]
    assert not DeliveryReport.objects.exclude(outgoing=None).exists()


def test_17_our_own_mail_looped_and_two_robots_talking(letter: Letter) -> None:
    sent = OutgoingMail.objects.count()
    mail = bring_to(letter, outbox.read_bytes(letter.mail))
    assert mail.kind == Kind.OWN_LOOP
    assert Alarm.objects.filter(kind="own_loop").exists()
    for _ in range(3):
        bring_to(letter, written(letter, "Thank you for your mail.", Auto_Submitted="auto-replied"))
    assert OutgoingMail.objects.count() == sent
    assert not recorded()


def nested(depth: int) -> bytes:
    opening = "Content-Type: multipart/mixed; boundary=b{0}\r\n\r\n--b{0}\r\n"
    return "".join(opening.format(n) for n in range(depth)).encode()


TOO_MUCH = {
    "1,500 nested multiparts": (b"From: a@b.test\r\n" + nested(1500), Unreadable.TOO_DEEP),
    "20,000 parts": (
        b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
        Unreadable.TOO_MANY_PARTS,
    ),
    "20,000 encoded words": (
        b"From: a@b.test\r\nSubject: " + b"=?utf-8?B?YQ==?= " * 20_000 + b"\r\n\r\nx\r\n",
        Unreadable.HEADERS_TOO_LONG,
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_18_and_19_a_limit_is_hit_and_the_next_mail_goes_through(
    letter: Letter, name: str, record_property: Any
) -> None:
    data, why = TOO_MUCH[name]
    to, started = reply_address(letter.mail.token), time.monotonic()
    poison = inbox.receive(door="lmtp", envelope_from="x@y.test", envelope_to=[to], data=data)
    bring_to(letter, genuine(letter))
    record_property("seconds", round(time.monotonic() - started, 2))
    poison.refresh_from_db()
    assert (poison.state, poison.unreadable, poison.tries) == (IncomingState.POISON, why, 1)
    assert list(IncomingMail.objects.poison()) == [poison]
    assert recorded()


def test_19_an_id_that_upsets_the_library(letter: Letter) -> None:
    mail = bring_to(letter, written(letter, Message_ID="<[@]>", References="<[@]> " * 2_000))
    assert (mail.state, mail.message_id, Claim.objects.count()) == (IncomingState.PARSED, "<[@]>", 3)


@pytest.mark.parametrize("text", ["On " * 20_000, "\n" * 200_000, "On x wrote:\n" * 5_000, "> " * 30_000])
def test_20_endless_words_are_read_at_once_or_left_to_a_person(letter: Letter, text: str, record_property: Any) -> None:
    started = time.monotonic()
    bring_to(letter, genuine(letter, text))
    record_property("seconds", round(time.monotonic() - started, 2))
    assert only_reply().incoming.state == IncomingState.PARSED
    assert not Claim.objects.exists()


@pytest.fixture
def analyst(cast: Any) -> Client:
    client = Client()
    client.force_login(cast.analyst)
    return client


def test_21_what_would_run_or_fetch(letter: Letter, analyst: Client) -> None:
    page = (
        '<script>alert(1)</script><svg onload="alert(2)"></svg><a href="javascript:alert(3)">x</a>'
        '<img src="https://x.test/pixel"><p>1-3 have been removed.</p>'
    )
    name = "<script>alert(4)</script>.csv"
    body = (
        f"--B\r\nContent-Type: text/html\r\n\r\n{page}\r\n--B\r\nContent-Type: application/x\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--B--'
    )
    bring_to(letter, genuine(letter, body, Content_Type='multipart/mixed; boundary="B"'))
    shown = analyst.get(reverse("takedowns:reply_page", args=[only_reply().pk]))
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    around = analyst.get(reverse("takedowns:reply", args=[only_reply().pk]))
    for html in (shown.content.decode(), around.content.decode()):
        for never in ("alert(1)", "<script>alert", "javascript:", "x.test", "onload="):
            assert never not in html


def test_22_a_zip_bomb_a_path_and_a_mail_in_a_zip(letter: Letter, analyst: Client) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", b"\0" * 50_000_000)
        archive.writestr("mail.eml", written(letter, "1-3 have been removed."))
    parts = "".join(
        "--B\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{b64encode(packed.getvalue()).decode()}\r\n'
        for name in ("../../x", "bomb.zip")
    )
    bring_to(letter, genuine(letter, f"{parts}--B--", Content_Type='multipart/mixed; boundary="B"'))
    assert not Claim.objects.exists()
    for n, ending in enumerate(("bin", "zip")):
        got = analyst.get(reverse("takedowns:reply_attachment", args=[only_reply().pk, n]))
        name = f"{letter.request.number}-{n + 1}.{ending}"
        assert got.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert got.content == packed.getvalue()


def test_23_line_ends_in_what_our_own_letter_would_repeat(letter: Letter) -> None:
    subject = "=?utf-8?Q?Re=3A_x=0D=0ABcc=3A_victim=40elsewhere.test?="
    mail = bring_to(letter, written(letter, Subject=subject))
    words = inbox.read_text(mail).subject
    assert "\r" not in words
    assert "\n" not in words
    with transaction.atomic():
        ours = outbox.enqueue(
            identity=outbox.new_identity(),
            idempotency_key="case 23",
            to=stages.LIAISON,
            subject=f"Re: {words}\r\nBcc: x@y.test",
            body="Thank you.",
            language="en",
            by=None,
        )
    head = outbox.read_bytes(ours).partition(b"\r\n\r\n")[0].lower()
    assert b"\nbcc:" not in head


SAYS_NO_REMOVAL = (
    "All 24 removed.", "Items 1-25 will be removed.", "1-25번은 삭제 예정입니다.", "요청이 접수되었습니다.",
    "정보통신망법 제44조의7에 따라 검토하겠습니다.",
)  # fmt: skip


def test_24_words_that_sound_like_a_removal(cast: Any) -> None:
    request = stages.approved(cast, items=25)
    switch_recording(organisation=request.addressee, on=True, reason="Agreed with them.", by=cast.supervisor)
    for text in SAYS_NO_REMOVAL:
        bring_to(letter_of(request), genuine(letter_of(request), text))
    assert Reply.objects.count() == len(SAYS_NO_REMOVAL)
    assert not Claim.objects.filter(kind="removed").exists()


def test_25_answers_between_our_lines_and_our_letter_quoted_whole(cast: Any) -> None:
    request = stages.approved(cast, items=25)
    letter = letter_of(request)
    line = letter.items.get(printed_label="7")
    bring_to(letter, written(letter, f"> 7. {line.printed_link}\n삭제 불가\n"))
    assert list(Claim.objects.values_list("takedown_item__number", "kind")) == [(7, "refused")]
    quoted = "".join(f"> {row}\n" for row in letter.revision.body.splitlines())
    bring_to(letter, written(letter, f"Received, thanks.\n\n{quoted}"))
    assert Reply.objects.latest("filed_at").claims.count() == 0
