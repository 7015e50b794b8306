"""Letters a second through the outbox to a local sink, with one real sender and with two; no limit a domain is set."""

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


def letters_a_second(senders: int) -> float:
    """From the first letter that was taken to the last: what it takes to start is not counted."""
    empty("default")
    for n in range(LETTERS):
        with transaction.atomic():
            outbox.enqueue(
                identity=outbox.new_identity(),
                idempotency_key=f"{senders}:{n}",
                to="dmca@telegram.test",
                subject="[2024-0001] 삭제 요청",
                body="".join(f"{line}. https://t.me/portal_demo_room/{line}\n" for line in range(1, 26)),
                language="ko",
                by=None,
            )
    with FakeRelay() as relay, ExitStack() as running:
        for _ in range(senders):
            running.enter_context(manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=relay.port))
        taken = OutgoingMail.objects.filter(state=OutgoingState.ACCEPTED)
        until(lambda: taken.count() == LETTERS, timeout=300, what="all letters taken", every=0.5)
        assert len(relay.taken) == LETTERS
    span = taken.aggregate(first=Min("accepted_at"), last=Max("accepted_at"))
    elapsed: timedelta = span["last"] - span["first"]
    return (LETTERS - 1) / elapsed.total_seconds()


@pytest.mark.django_db(transaction=True)
def test_letters_a_second() -> None:
    figures = {"one sender": letters_a_second(1), "two senders": letters_a_second(2)}
    report("outbox", figures, "letters/s")
