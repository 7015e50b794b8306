"""A letter through the real processes and a real relay, its archive copy home again, and an answer after it."""

import smtplib
from collections.abc import Callable
from pathlib import Path

import pytest

from mailroom.digests import is_copy
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import inbox, outbox
from mailroom.states import Kind, MatchedBy, OutgoingState
from tests.fakes.relay import FakeRelay
from tests.mailroom.processes import free_port, manage
from tests.sandbox.processes import program
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_out_archived_and_answered(letter: Callable[..., OutgoingMail], tmp_path: Path, protocol: str) -> None:
    door = free_port()
    mail = letter(body="1. https://t.me/portal_demo_room/101\n.\n가나다\n" * 300)
    routes = [f"portal.test={protocol}://127.0.0.1:{door}"]
    with FakeRelay() as platform, manage("receive_mail", MAIL_DOOR_PORT=door, MAIL_DOOR_PROTOCOL=protocol):
        routes.append(f"telegram.test=smtp://127.0.0.1:{platform.port}")
        arguments = [word for route in routes for word in ("--route", route)]
        with program("sandbox.relay", "--listen", "127.0.0.1:0", "--spool", tmp_path, *arguments) as relay:
            port = relay.port("smtp")
            with manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
                until(lambda: platform.taken, what="the letter is with the platform")
                until(lambda: inbox.parse_next(), what="the archive copy is in")
            mail.refresh_from_db()
            assert mail.state == OutgoingState.ACCEPTED
            assert mail.archived_at is not None
            assert IncomingMail.objects.get().kind == Kind.ARCHIVE_COPY
            assert is_copy(letter=outbox.read_bytes(mail), mail=platform.taken[0].data)
            answer = f"From: dmca@telegram.test\r\nIn-Reply-To: {mail.message_id}\r\n\r\nDone.\r\n"
            with smtplib.SMTP("127.0.0.1", port, local_hostname="telegram.test") as client:
                client.sendmail("dmca@telegram.test", [f"takedown+r.{mail.token}@portal.test"], answer)
            until(lambda: inbox.parse_next(), what="the answer is in")
    reply = IncomingMail.objects.unfiled().get()
    assert (reply.answers, reply.matched_by, reply.sender) == (mail, MatchedBy.TOKEN, "dmca@telegram.test")
