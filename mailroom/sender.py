"""Takes one letter after the other from the outbox, hands it to the mail server, and writes down what was answered."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from keys.errors import KeyMissing, KeyShredded, TamperedRecord
from mailroom.addresses import archive_address, bounce_address
from mailroom.dialogue import Mail, Relay
from mailroom.models import Canary
from mailroom.services import canaries, sending
from mailroom.services.outbox import read_bytes
from mailroom.services.reconciling import resend_lost
from mailroom.services.sending import Answer, Lease, Result
from mailroom.states import Ending

logger = logging.getLogger(__name__)

DATABASE_ERRORS = (DatabaseError, InterfaceError)


class Tending:
    """What has to be looked after between letters. How often is this machine's affair; what is found is not."""

    def __init__(self) -> None:
        self._looked: dict[str, float] = {}

    def tend(self, relay: Relay) -> None:
        if self._again("lapsed", settings.MAIL_POLL_SECONDS):
            sending.end_lapsed()
        if self._again("lost", settings.MAIL_RECONNECT_SECONDS):
            resend_lost()
        if self._again("canary", settings.MAIL_POLL_SECONDS):
            send_canary(relay)
            canaries.watch()

    def _again(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if what in self._looked and now - self._looked[what] < seconds:
            return False
        self._looked[what] = now
        return True


def work(tending: Tending, stopping: threading.Event, turn: Callable[[], None]) -> None:
    """Send what is due, on one connection, and look after what earlier tries left behind. `turn` is called often."""
    with Relay() as relay:
        tending.tend(relay)
        while not stopping.is_set() and send_next(relay):
            turn()
            tending.tend(relay)


def send_canary(relay: Relay) -> bool:
    """Send a mail to ourselves when one is due."""
    canary = canaries.begin()
    if canary is not None:
        mail = Mail(bounce_address(canary.token), archive_address(), "", bytes(canary.content))
        canaries.end(canary, relay.hand_over(mail, _Free(canary)))
    return canary is not None


def send_next(relay: Relay | None = None) -> bool:
    """Try the letter that has waited longest. False when none is due. `relay` is kept open for the next one."""
    if relay is None:
        with Relay() as for_this_one:
            return send_next(for_this_one)
    lease = sending.claim(connected=relay.is_ready())
    if lease is None:
        return False
    _write_down(lease, _try(lease, relay))
    return True


@dataclass(frozen=True)
class _Leased:
    """The letter's lease has to hold at each step."""

    lease: Lease

    def reach_envelope(self) -> bool:
        return sending.reach_envelope(self.lease)

    def begin_data(self, *, recipient: Answer, archive: Answer) -> bool:
        return sending.begin_data(self.lease, recipient=recipient, archive=archive)


@dataclass(frozen=True)
class _Free:
    """Nobody else sends this canary; all that has to be known is when it left."""

    canary: Canary

    def reach_envelope(self) -> bool:
        return True

    def begin_data(self, *, recipient: Answer, archive: Answer) -> bool:
        return canaries.leave(self.canary)


def _try(lease: Lease, relay: Relay) -> Result:
    letter = lease.mail
    try:
        data = read_bytes(letter)
        if hashlib.sha256(data).hexdigest() != letter.sha256:
            return Result(Ending.UNREADABLE)
        mail = Mail(letter.envelope_from, letter.recipient, archive_address(), data)
        return relay.hand_over(mail, _Leased(lease))
    except (KeyShredded, KeyMissing, TamperedRecord):
        return Result(Ending.UNREADABLE)
    except DATABASE_ERRORS as error:
        # The database is asked before DATA is spoken and not again until the server has answered: no copy can exist,
        # even if the commit that begins DATA went through and only its echo was lost.
        relay.drop()
        connections.close_all()
        return Result(Ending.LOST, Answer(None, type(error).__name__))


def _write_down(lease: Lease, result: Result) -> None:
    """Keep at it while the database is away: what the server said would be lost, and the letter uncertain."""
    deadline = time.monotonic() + settings.MAIL_LEASE
    while True:
        try:
            sending.end(lease, result)
            break
        except DATABASE_ERRORS:
            connections.close_all()
            if time.monotonic() > deadline:
                raise
            time.sleep(settings.MAIL_POLL_SECONDS)
    logger.info("letter %s: %s %s", lease.mail.pk, result.ending, result.answer.code or "")
