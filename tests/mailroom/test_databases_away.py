"""The processes go on after both databases were away: each has a connection to the one of keys, too."""

from collections.abc import Callable, Iterator

import pytest

from mailroom.models import IncomingMail, Pulse
from mailroom.services import inbox
from mailroom.states import IncomingState, Part
from tests.mailroom import dovecot
from tests.mailroom.dovecot import Dovecot
from tests.mailroom.processes import cut_off_databases, manage
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
LIAISON = "dmca@telegram.test"


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot.running() as found:
        yield found


def reply(number: int) -> bytes:
    head = f"From: {LIAISON}\r\nTo: takedown@portal.test\r\nMessage-ID: <away-{number}@telegram.test>\r\n"
    return f"{head}Subject: Re: request\r\n\r\n{number}. removed\r\n".encode()


def stored(count: int) -> Callable[[], bool]:
    return lambda: IncomingMail.objects.count() == count


def test_the_reader_reads_on() -> None:
    with manage("read_mail"):
        for number in (1, 2):
            mail = inbox.receive(
                door="lmtp", envelope_from=LIAISON, envelope_to=["takedown@portal.test"], data=reply(number)
            )
            read = IncomingMail.objects.filter(pk=mail.pk, state=IncomingState.PARSED)
            until(read.exists, timeout=20, what=f"mail {number} is read")
            cut_off_databases()


@pytest.mark.skipif(dovecot.PROGRAM is None, reason="Dovecot is not here (Debian's dovecot-imapd)")
def test_the_fetcher_fetches_on(server: Dovecot) -> None:
    with manage("fetch_mail", MAIL_IMAP_URL=server.url("takedown"), MAIL_IMAP_SWEEP_SECONDS=2):
        until(Pulse.objects.filter(part=Part.FETCHER).exists, what="the fetcher runs")
        for number in (1, 2):
            with server.mailbox("takedown") as client:
                client.append("INBOX", reply(number))
            until(stored(number), timeout=30, what=f"mail {number} is stored")
            cut_off_databases()
