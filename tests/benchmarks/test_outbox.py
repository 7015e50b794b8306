"""Letters a second through the outbox to a local sink, with one real sender and with two, beside plain SMTP.

No limit a domain is set; the senders run at production's own pace otherwise. Plain SMTP is the same letters spoken to
the same sink on one connection by a program that keeps no account of them: the most that this machine could do.
"""

import smtplib
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Max, Min

from mailroom.models import OutgoingMail
from mailroom.services import outbox
from mailroom.states import OutgoingState
from tests.benchmarks.report import report
from tests.fakes.relay import FakeRelay
from tests.mailroom.processes import manage
from tests.servers import empty
from tests.waiting import until

LETTERS = 400
PACE = {"MAIL_POLL_SECONDS": 1, "MAIL_RECONNECT_SECONDS": 15, "MAIL_BEAT_SECONDS": 10}


def write() -> None:
    empty("default")
    for n in range(LETTERS):
        with transaction.atomic():
            outbox.enqueue(
                identity=outbox.new_identity(),
                idempotency_key=str(n),
                to="dmca@telegram.test",
                subject="[2024-0001] 삭제 요청",
                body="".join(f"{line}. https://t.me/portal_demo_room/{line}\n" for line in range(1, 26)),
                language="ko",
                by=None,
            )


def letters_a_second(senders: int) -> float:
    """From the first letter that was taken to the last: what it takes to start is not counted."""
    write()
    with FakeRelay() as relay, ExitStack() as running:
        for _ in range(senders):
            running.enter_context(manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=relay.port, **PACE))
        taken = OutgoingMail.objects.filter(state=OutgoingState.ACCEPTED)
        until(lambda: taken.count() == LETTERS, timeout=300, what="all letters taken", every=0.5)
        assert len(relay.taken) == LETTERS
    span = taken.aggregate(first=Min("accepted_at"), last=Max("accepted_at"))
    elapsed: timedelta = span["last"] - span["first"]
    return (LETTERS - 1) / elapsed.total_seconds()


def plain_letters_a_second() -> float:
    write()
    letters = [(mail.envelope_from, mail.recipient, outbox.read_bytes(mail)) for mail in OutgoingMail.objects.all()]
    with FakeRelay() as relay, smtplib.SMTP("127.0.0.1", relay.port) as server:
        began = time.monotonic()
        for sender, recipient, data in letters:
            server.sendmail(sender, [recipient, "archive@portal.test"], data)
        elapsed = time.monotonic() - began
        assert len(relay.taken) == LETTERS
    return LETTERS / elapsed


@pytest.mark.django_db(transaction=True)
def test_letters_a_second() -> None:
    plain, one, two = plain_letters_a_second(), letters_a_second(1), letters_a_second(2)
    report("outbox", {"plain SMTP, no account kept": plain, "one sender": one, "two senders": two}, "letters/s")
    report("outbox-share", {"one sender": one / plain, "two senders": two / plain}, "of plain SMTP")
