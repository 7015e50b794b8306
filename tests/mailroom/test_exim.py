"""Delivery reports as a real mail server writes them: refused for good, put off, greylisted."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from mailroom.models import DeliveryReport, IncomingMail, OutgoingMail
from mailroom.services import inbox
from mailroom.states import Ending, Kind, OutgoingState, ReportAbout, ReportAction
from tests import servers
from tests.fakes.relay import FakeRelay
from tests.mailroom import exim
from tests.mailroom.exim import Exim
from tests.mailroom.processes import free_port, manage
from tests.waiting import until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(exim.why_not()), reason=exim.why_not() or "-"),
]


class House:
    """Our door and our sender, with a real Exim between them and the platform's server."""

    def __init__(self, server: Exim, platform: FakeRelay) -> None:
        self.exim, self.platform = server, platform

    def report(self, action: ReportAction) -> DeliveryReport:
        """The first report of this kind about a recipient of ours."""

        def found() -> DeliveryReport | None:
            while inbox.parse_next():
                pass
            return DeliveryReport.objects.filter(action=action).exclude(about=ReportAbout.OTHER).first()

        return until(found, what=f"a report that says {action}", timeout=40)


@pytest.fixture(scope="module")
def house(django_db_setup: None) -> Iterator[House]:
    door = free_port()
    with ExitStack() as stack:
        platform = stack.enter_context(FakeRelay())
        stack.enter_context(manage("receive_mail", MAIL_DOOR_PORT=door))
        server = stack.enter_context(exim.running(door=door, platform=platform.port))
        stack.enter_context(manage("send_letters", EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port))
        yield House(server, platform)
    for alias in servers.ALIASES:  # a copy or a report may have come in after the last test had been cleared away
        servers.empty(alias)


def test_a_box_that_does_not_exist_comes_back_as_failed(house: House, letter: Callable[..., OutgoingMail]) -> None:
    sent = letter(to="nouser@telegram.test")
    report = house.report(ReportAction.FAILED)
    assert (report.outgoing, report.about, report.status[0]) == (sent, ReportAbout.RECIPIENT, "5")
    assert report.final_recipient == "nouser@telegram.test"
    assert report.incoming.kind == Kind.BOUNCE
    assert list(OutgoingMail.objects.bounced()) == [sent]
    until(lambda: IncomingMail.objects.filter(kind=Kind.ARCHIVE_COPY).exists() or inbox.parse_next(), what="the copy")


def test_a_full_box_is_delayed_and_not_failed(house: House, letter: Callable[..., OutgoingMail]) -> None:
    sent = letter(to="full@telegram.test")
    report = house.report(ReportAction.DELAYED)
    assert (report.outgoing, report.about) == (sent, ReportAbout.RECIPIENT)
    assert report.incoming.kind == Kind.DELAY
    assert not OutgoingMail.objects.bounced().exists()
    sent.refresh_from_db()
    assert sent.state == OutgoingState.ACCEPTED


def test_greylisted_at_first_and_taken_later(house: House, letter: Callable[..., OutgoingMail]) -> None:
    sent = letter(to="greylisted@telegram.test")

    def tries() -> int:
        sent.refresh_from_db()
        return sent.attempts

    until(lambda: tries() >= 2, what="a second try")
    put_off = sent.tries.filter(ending=Ending.DEFERRED).first()
    assert put_off is not None
    assert (put_off.recipient_code, sent.accepted_at) == (451, None)
    assert not house.platform.taken
    house.exim.let_greylisted_in()
    until(lambda: house.platform.taken, what="the letter with the platform")
    until(lambda: tries() and sent.state == OutgoingState.ACCEPTED, what="the letter marked as taken")
    assert [taken.recipients for taken in house.platform.taken] == [("greylisted@telegram.test",)]
