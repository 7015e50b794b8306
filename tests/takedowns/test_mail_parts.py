"""A mail's layout in its cage, and its attachments as downloads: nothing runs, nothing is fetched, nothing unpacked."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from mailroom.models import IncomingMail
from mailroom.services import inbox
from takedowns import services
from takedowns.models import Reply
from tests.takedowns import stages

pytestmark = pytest.mark.django_db

PAGE = """<html><head><script>alert(1)</script><style>p{background:url(https://x.test/s.png)}</style></head>
<body onload="alert(2)"><p style="background:url(https://x.test/t.png)">1-3 <b>removed</b></p>
<img src="https://x.test/pixel.gif"><svg onload="alert(3)"><text>x</text></svg><a href="javascript:alert(4)">click</a>
<a href="https://x.test/link">link</a><form action="https://x.test/"><input name="password"></form>
<iframe src="https://x.test/frame"></iframe><table><tr><td colspan="2" onclick="alert(5)">cell</td></tr></table>
<meta http-equiv="refresh" content="0; url=https://x.test/m"><link rel="stylesheet" href="https://x.test/c.css">
<object data="https://x.test/o"></object><math><mtext><script>alert(6)</script></mtext></math></body></html>"""


def answer(cast: Any, head: str, body: str) -> Reply:
    request = stages.approved(cast)
    to = f"takedown+r.{request.letters.get().mail.token}@portal.test"
    data = f"From: <{stages.LIAISON}>\r\nTo: <{to}>\r\nMessage-ID: <p@telegram.test>\r\n{head}\r\n\r\n{body}"
    inbox.receive(door="lmtp", envelope_from="x@y.test", envelope_to=[to], data=data.encode())
    while inbox.parse_next() or services.file_next():
        pass
    return Reply.objects.get()


@pytest.fixture
def analyst(cast: Any) -> Client:
    client = Client()
    client.force_login(cast.analyst)
    return client


def attached(*names: str) -> tuple[str, str]:
    parts = [
        f"--B\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nPHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\r\n'
        for name in names
    ]
    return 'Content-Type: multipart/mixed; boundary="B"', "--B\r\n\r\n1 removed\r\n" + "".join(parts) + "--B--\r\n"


def test_the_page_is_cleaned_and_caged(cast: Any, analyst: Client) -> None:
    reply = answer(cast, "Content-Type: text/html", PAGE)
    shown = analyst.get(reverse("takedowns:reply_page", args=[reply.pk]))
    html = shown.content.decode()
    assert "<b>removed</b>" in html
    assert '<td colspan="2">cell</td>' in html
    for never in (
        "x.test",
        "alert",
        "javascript",
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<form",
        "<a",
        "style=",
        "onload",
    ):
        assert never not in html
    policy = shown.headers["Content-Security-Policy"]
    assert re.search(r"default-src 'none'", policy)
    assert re.search(r"(^|; )sandbox($|;)", policy)
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert AccessLog.objects.filter(given="reply.page", object_id=reply.pk).exists()


def test_the_replys_page_holds_it_in_a_frame_without_rights(cast: Any, analyst: Client) -> None:
    reply = answer(cast, "Content-Type: text/html", PAGE)
    shown = analyst.get(reverse("takedowns:reply", args=[reply.pk]))
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    frame = re.search(r"<iframe[^>]*>", shown.content.decode())
    assert frame is not None
    assert "sandbox " in frame[0]
    assert "allow-" not in frame[0]
    assert shown.headers["X-Frame-Options"] == "DENY"


def test_attachments_are_downloads_under_names_of_ours(cast: Any, analyst: Client) -> None:
    reply = answer(cast, *attached("../../x.exe", "bomb.zip", "<script>alert(1)</script>.svg", 'a\\"\\r\\nX: y.csv'))
    page = analyst.get(reverse("takedowns:reply", args=[reply.pk])).content.decode()
    assert "<script>alert(1)" not in page
    names = []
    for n in range(4):
        got = analyst.get(reverse("takedowns:reply_attachment", args=[reply.pk, n]))
        assert got.content == b"<script>alert(1)</script>"
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]
        named = re.fullmatch(r'attachment; filename="([\w-]+\.\w+)"', got.headers["Content-Disposition"])
        names.append(named[1] if named else got.headers["Content-Disposition"])
    number = reply.request.number
    assert names == [f"{number}-1.bin", f"{number}-2.zip", f"{number}-3.bin", f"{number}-4.csv"]
    assert set(AccessLog.objects.values_list("given", flat=True)) >= {f"attachment.{n}" for n in range(4)}
    assert analyst.get(reverse("takedowns:reply_attachment", args=[reply.pk, 4])).status_code == 404


def unmatched(head: str, body: str) -> IncomingMail:
    data = f"From: <x@y.test>\r\nTo: <takedown@portal.test>\r\nMessage-ID: <u@y.test>\r\n{head}\r\n\r\n{body}"
    mail = inbox.receive(
        door="lmtp", envelope_from="x@y.test", envelope_to=["takedown@portal.test"], data=data.encode()
    )
    while inbox.parse_next() or services.file_next():
        pass
    return IncomingMail.objects.get(pk=mail.pk)


def test_a_mail_without_a_request_has_the_same_cage(cast: Any, analyst: Client) -> None:
    mail = unmatched("Content-Type: text/html", PAGE)
    shown = analyst.get(reverse("takedowns:unmatched_mail", args=[mail.pk]))
    cage = reverse("takedowns:unmatched_page", args=[mail.pk])
    frame = re.search(r"<iframe[^>]*>", shown.content.decode())
    assert frame is not None
    assert "sandbox " in frame[0]
    assert "allow-" not in frame[0]
    assert cage in frame[0]
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    page = analyst.get(cage)
    assert "<b>removed</b>" in page.content.decode()
    for never in ("x.test", "alert", "<script", "<img", "<a", "style="):
        assert never not in page.content.decode()
    assert page.headers["Content-Security-Policy"].endswith("sandbox")
    assert AccessLog.objects.filter(given="mail.page", object_id=mail.pk).exists()


def test_attachments_of_a_mail_without_a_request(cast: Any, analyst: Client) -> None:
    mail = unmatched(*attached("../../x.exe", "bomb.zip"))
    page = analyst.get(reverse("takedowns:unmatched_mail", args=[mail.pk])).content.decode()
    came = f"{timezone.localtime(mail.received_at):%Y%m%d-%H%M}"
    for n, ending in ((0, "bin"), (1, "zip")):
        address = reverse("takedowns:unmatched_attachment", args=[mail.pk, n])
        assert address in page
        got = analyst.get(address)
        assert got.content == b"<script>alert(1)</script>"
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert got.headers["Content-Disposition"] == f'attachment; filename="mail-{came}-{n + 1}.{ending}"'
        assert AccessLog.objects.filter(given=f"attachment.{n}", object_id=mail.pk).exists()
    assert analyst.get(reverse("takedowns:unmatched_attachment", args=[mail.pk, 2])).status_code == 404


def test_who_may_not_see_a_mail_without_a_request_sees_nothing_of_it(cast: Any, analyst: Client) -> None:
    mail, reply = unmatched(*attached("a.csv")), answer(cast, *attached("a.csv"))
    for person in (cast.auditor, cast.administrator, cast.intake, cast.privacy_officer):
        client = Client()
        client.force_login(person)
        for name, keys in (("unmatched_page", [mail.pk]), ("unmatched_attachment", [mail.pk, 0])):
            assert client.get(reverse(f"takedowns:{name}", args=keys)).status_code == 403
    # A mail that lies under a request is not to be had by the way of the tray.
    for name, keys in (("unmatched_page", [reply.incoming_id]), ("unmatched_attachment", [reply.incoming_id, 0])):
        assert analyst.get(reverse(f"takedowns:{name}", args=keys)).status_code == 404


def test_nobody_elses_mails(cast: Any, analyst: Client) -> None:
    reply = answer(cast, *attached("a.csv"))
    addresses = [reverse("takedowns:reply_page", args=[reply.pk])]
    addresses.append(reverse("takedowns:reply_attachment", args=[reply.pk, 0]))
    for person in (cast.outsider, cast.auditor, cast.administrator, cast.intake, cast.privacy_officer):
        client = Client()
        client.force_login(person)
        assert {client.get(address).status_code for address in addresses} <= {403, 404}
