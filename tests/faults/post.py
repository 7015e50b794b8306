"""A post office to break: real senders, door and reader, a relay that does as it is told, and what arrived where."""

import heapq
import json
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import DatabaseError, InterfaceError, connections, transaction

from mailroom.models import Alarm, OutgoingMail
from mailroom.services import outbox
from mailroom.states import AlarmKind, NotResent, OutgoingState
from tests.fakes.relay import FakeRelay, Taken
from tests.mailroom.processes import ROOT, environment, free_port

T = TypeVar("T")
PLATFORM = "dmca@telegram.test"
# A day's times in seconds, as they are set here: SMTP's timeout of a minute is two seconds, and so on.
TIMES = {
    "MAIL_SMTP_TIMEOUT": 2,
    "MAIL_LEASE": 3,
    "MAIL_POLL_SECONDS": 0.1,
    "MAIL_RETRY_SECONDS": "0.1,0.2,0.4",
    "MAIL_RECONNECT_SECONDS": 0.2,
    "MAIL_RESEND_SECONDS": 3,
    "MAIL_CANARY_SECONDS": 0,
    "MAIL_CANARY_LATE_SECONDS": 2,
    "MAIL_BEAT_SECONDS": 0.5,
    "MAIL_BREAKER_PAUSE": 0.3,
    "MAIL_BREAKER_LONGEST": 0.6,
}
RETRY_OF_RELAY = 0.3  # seconds; shorter than MAIL_RESEND_SECONDS, as everywhere
ENDED = (OutgoingState.ACCEPTED, OutgoingState.REJECTED, OutgoingState.UNCERTAIN)
# What is waited for; the other reasons will not change in a scenario's time.
MAY_CHANGE = {
    "",
    NotResent.TOO_EARLY,
    NotResent.DOOR_CLOSED,
    NotResent.NO_CANARY,
    NotResent.MAIL_UNREAD,
    NotResent.COPIES_MISSING,
}


@dataclass(frozen=True)
class Row:
    """What came of one scenario."""

    scenario: str
    letters: int
    lost: int
    doubled: int
    uncertain: int
    again: int
    refused: int
    seconds: float

    @property
    def sound(self) -> bool:
        return not self.lost and not self.doubled


class Killable(Protocol):
    def kill(self) -> None: ...


class Nursery:
    """See nursery.py. One for a whole run; relay and door keep their ports."""

    def __init__(self) -> None:
        self.relay_port, self.door_port = free_port(), free_port()
        self.log = tempfile.NamedTemporaryFile(prefix="portal-faults-", suffix=".log", delete=False)  # noqa: SIM115
        values = environment(EMAIL_HOST="127.0.0.1", EMAIL_PORT=self.relay_port, MAIL_DOOR_PORT=self.door_port, **TIMES)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT, env=values, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        self._lock = threading.Lock()
        self._answer()

    def ask(self, **order: Any) -> dict[str, Any]:
        with self._lock:
            assert self._process.stdin
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the nursery has died, see {self.log.name}")
        return json.loads(line)

    def close(self, *, keep_log: bool = False) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)
        self.log.close()
        if not keep_log:
            Path(self.log.name).unlink()


class Born:
    """One process of the post office."""

    def __init__(self, nursery: Nursery, command: list[str], clock: float = 0) -> None:
        self._nursery = nursery
        self.pid = nursery.ask(do="start", command=command, clock=clock)["pid"]

    def signal(self, number: int) -> None:
        self._nursery.ask(do="signal", pid=self.pid, number=int(number))

    def kill(self) -> None:
        self._nursery.ask(do="kill", pid=self.pid)

    def stop(self) -> None:
        self._nursery.ask(do="stop", pid=self.pid)


class Carrier:
    """The relay's other half: brings the archive's copies to our door by LMTP, and comes back when it is closed."""

    def __init__(self, relay: FakeRelay, door_port: int) -> None:
        self.delay: Callable[[Taken], float] = lambda taken: 0.0
        self._relay, self._port = relay, door_port
        self._waiting: list[tuple[float, int, Taken]] = []
        self._seen = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            for taken in self._relay.taken[self._seen :]:
                self._seen += 1
                if any(address.startswith("archive@") for address in taken.recipients):
                    heapq.heappush(self._waiting, (time.monotonic() + self.delay(taken), self._seen, taken))
            while self._waiting and self._waiting[0][0] <= time.monotonic() and not self._stop.is_set():
                _due, n, taken = heapq.heappop(self._waiting)
                if not self._bring(taken):
                    heapq.heappush(self._waiting, (time.monotonic() + RETRY_OF_RELAY, n, taken))

    def _bring(self, taken: Taken) -> bool:
        copy = b"Received: from portal.test by relay.test; Tue, 3 Sep 2024 10:30:00 +0900\r\n" + taken.data
        try:
            with smtplib.LMTP("127.0.0.1", self._port, timeout=5) as door:
                door.sendmail(taken.sender, ["archive@portal.test"], copy)
        except (OSError, smtplib.SMTPException):
            return False
        return True


@dataclass
class Post:
    """One scenario's post office, on an empty database."""

    nursery: Nursery
    relay: FakeRelay
    carrier: Carrier
    letters: list[uuid.UUID] = field(default_factory=list)
    born: list[Killable] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def start(self, *command: str, clock: float = 0) -> Born:
        born = Born(self.nursery, [*command], clock)
        self.born.append(born)
        return born

    @contextmanager
    def running(self, *command: str, clock: float = 0) -> Iterator[Born]:
        born = self.start(*command, clock=clock)
        try:
            yield born
        finally:
            born.stop()

    def write(self, count: int) -> None:
        for n in range(count):
            with transaction.atomic():
                letter = outbox.enqueue(
                    identity=outbox.new_identity(),
                    idempotency_key=f"{len(self.letters)}:{n}:{uuid.uuid4()}",
                    to=PLATFORM,
                    subject="[2024-0001] 삭제 요청",
                    body="1. https://t.me/portal_demo_room/101\n2. https://t.me/portal_demo_room/102\n",
                    language="ko",
                    by=None,
                )
            self.letters.append(letter.pk)

    def rows(self) -> list[OutgoingMail]:
        return ask(lambda: list(OutgoingMail.objects.filter(pk__in=self.letters).defer("sealed")))

    def ended(self) -> int:
        """Letters that have been tried to an end, whatever it is."""
        return sum(row.state in ENDED for row in self.rows())

    def wait_for(self, count: int, seconds: float = 60) -> bool:
        """Until so many letters have been tried to an end."""
        return self.wait(lambda: self.ended() >= count, seconds, f"{count} letters tried to an end")

    def copies(self) -> Counter[str]:
        """Message-ID → how often it lies in the platform's mailbox."""
        there = [taken for taken in list(self.relay.taken) if PLATFORM in taken.recipients]
        return Counter(BytesHeaderParser().parsebytes(taken.data)["Message-ID"] for taken in there)

    def at_rest(self) -> bool:
        """Nothing more will happen by itself."""
        return all(
            row.state in (OutgoingState.ACCEPTED, OutgoingState.REJECTED)
            or (row.state == OutgoingState.UNCERTAIN and row.not_resent not in MAY_CHANGE)
            for row in self.rows()
        )

    def wait(self, done: Callable[[], bool], seconds: float, what: str) -> bool:
        """False when it has not come in that time; the table tells what is missing then."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                sys.stderr.write(f"  not within {seconds:.0f} s: {what}\n")
                return False
            time.sleep(0.05)
        return True

    def settle(self, seconds: float = 40) -> None:
        """Until all letters are at rest and what the relay still holds for the archive has come in."""
        if not self.wait(self.at_rest, seconds, "all letters at rest"):
            left = Counter((row.state, row.not_resent, row.last_ending) for row in self.rows() if not row.accepted_at)
            sys.stderr.write(f"  {dict(left)}\n")

    def row(self, scenario: str) -> Row:
        copies, rows = self.copies(), self.rows()
        uncertain = [row for row in rows if row.state == OutgoingState.UNCERTAIN]
        refused = [row for row in rows if row.state == OutgoingState.REJECTED]
        figures = ask(outbox.queue_figures)
        tasks = set(ask(lambda: list(Alarm.objects.open().values_list("kind", "mail"))))
        assert figures.uncertain == len(uncertain), "uncertain and not counted"
        kept = {OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNCERTAIN}
        lost = [
            row
            for row in rows
            if not copies[row.message_id]
            and row.state not in kept
            and not (row.state == OutgoingState.REJECTED and (AlarmKind.LETTER_REFUSED, row.pk) in tasks)
        ]
        assert len(rows) == len(self.letters)
        again = [row for row in rows if row.resent_at]
        assert {(AlarmKind.LETTER_RESENT, row.pk) for row in again} <= tasks, "sent again and not flagged"
        return Row(
            scenario=scenario,
            letters=len(rows),
            lost=len(lost),
            doubled=sum(count > 1 for count in copies.values()),
            uncertain=len(uncertain),
            again=len(again),
            refused=len(refused),
            seconds=time.monotonic() - self.began,
        )


def ask(question: Callable[[], T], seconds: float = 30) -> T:
    """Ask the database, and again while it is away."""
    end = time.monotonic() + seconds
    while True:
        try:
            return question()
        except (DatabaseError, InterfaceError):
            connections.close_all()
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextmanager
def post(nursery: Nursery, *, door: bool = True) -> Iterator[Post]:
    """An empty outbox, the relay, and reader and door as real processes. The senders are the scenario's."""
    with FakeRelay(port=nursery.relay_port) as relay:
        carrier = Carrier(relay, nursery.door_port)
        office = Post(nursery, relay, carrier)
        office.start("read_mail", "--poll", "0.1")
        if door:
            office.start("receive_mail")
        try:
            yield office
        finally:
            carrier.close()
            for child in office.born:
                child.kill()
