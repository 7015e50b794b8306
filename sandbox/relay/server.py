"""The relay itself: takes messages in, and works on every recipient until it is finished."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from typing import TypeVar

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Received

from . import bounces
from .client import Answer, Fate, Route, deliver
from .spool import Envelope, Queued, Spool

log = logging.getLogger("sandbox.relay")

T = TypeVar("T")

HOPS = 30  # more Received headers than this: the message goes round in a circle
CONVERSATIONS = 8  # at once with one destination, so that one that hangs keeps nobody else's mail waiting
SIZE_LIMIT = 36 * 2**20
GRACE = 3.0  # seconds that a conversation under way gets when the relay stops


@dataclass(frozen=True)
class Settings:
    """Times in seconds, sizes in bytes."""

    routes: Mapping[str, Route]
    hostname: str = "relay.test"
    size_limit: int = SIZE_LIMIT
    retry_first: float = 0.5
    retry_most: float = 5.0
    timeout: float = 30.0
    give_up_after: float = 5 * 24 * 3600.0


class Relay:
    """One queue, one listener. Lives in the event loop that calls `start`."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self.settings = settings
        self.spool = spool
        self._gates = {route: asyncio.Semaphore(CONVERSATIONS) for route in settings.routes.values()}
        self._talkers = ThreadPoolExecutor(CONVERSATIONS * max(1, len(self._gates)), "talk")
        self._writers = ThreadPoolExecutor(4, "spool")
        self._working: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listen, and take up whatever the queue holds from before. Raises OSError when the port is taken."""
        server = await asyncio.get_running_loop().create_server(self._session, host, port)
        for queued in self.spool.waiting():
            self._begin(queued)
        return server

    async def stop(self) -> None:
        """Begin no further attempt and wait shortly for those under way; what is not finished stays in the queue."""
        self._stopping.set()
        if self._working:
            await asyncio.wait(self._working.values(), timeout=GRACE)

    def _session(self) -> SMTP:
        return SMTP(self, hostname=self.settings.hostname, ident="relay", data_size_limit=self.settings.size_limit)

    # The listener's two questions (names are aiosmtpd's).

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Received, address: str, options: list[str]) -> str:
        local, at, domain = address.rpartition("@")
        if not (local and at and domain):
            return "501 5.1.3 the address has no domain"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Received) -> str:
        sender = (envelope.mail_from or "").strip("<>")
        # The same recipient named twice is one recipient.
        recipients = tuple(dict.fromkeys(envelope.rcpt_tos))
        message = self._trace(session) + bytes(envelope.original_content or b"")
        try:
            key = await self._accept(Envelope(sender, recipients, time.time()), message)
        except OSError:
            log.exception("a message could not be stored")
            return "451 4.3.0 could not be stored, try again later"
        return f"250 2.0.0 queued as {key}"

    async def _accept(self, envelope: Envelope, message: bytes, key: str = "") -> str:
        queued = await self._write(partial(self.spool.add, envelope=envelope, message=message, key=key))
        log.info("%s accepted, recipients: %d", queued.key, len(envelope.recipients))
        self._begin(queued)
        return queued.key

    def _trace(self, session: Session) -> bytes:
        peer = session.peer[0] if isinstance(session.peer, tuple) else "unknown"
        name = re.sub(r"[^A-Za-z0-9.\-\[\]:]", "?", session.host_name or "unknown")
        protocol = "ESMTP" if session.extended_smtp else "SMTP"
        by = f"by {self.settings.hostname} with {protocol}"
        return f"Received: from {name} ([{peer}])\r\n\t{by};\r\n\t{formatdate()}\r\n".encode("ascii", "replace")

    # The queue's work.

    def _begin(self, queued: Queued) -> None:
        if queued.key in self._working:  # a bounce that an earlier life had queued already
            return
        task = asyncio.get_running_loop().create_task(self._work(queued))
        self._working[queued.key] = task
        task.add_done_callback(partial(self._end, queued.key))

    def _end(self, key: str, task: "asyncio.Task[None]") -> None:
        del self._working[key]
        if error := task.exception():
            log.error("%s stays in the queue until the next start", key, exc_info=error)

    async def _work(self, queued: Queued) -> None:
        """Every recipient on its own clock: one whose destination is down keeps no other waiting."""
        open_ones = [n for n in range(len(queued.envelope.recipients)) if n not in queued.finished]
        finished = await asyncio.gather(*(self._work_on(queued, index) for index in open_ones))
        if all(finished):
            await self._write(partial(self.spool.remove, queued.key))

    async def _work_on(self, queued: Queued, index: int) -> bool:
        """Try until it is settled (True) or the relay stops (False)."""
        recipient = queued.envelope.recipients[index]
        route = self.settings.routes.get(recipient.rpartition("@")[2].lower())
        wait = self.settings.retry_first
        while not self._stopping.is_set():
            answer = await self._attempt(queued, recipient, route)
            log.info("%s/%d %s: %s %s", queued.key, index, answer.fate.value, answer.code, answer.text)
            answer = self._give_up(queued, answer)
            if answer.fate is not Fate.DEFERRED:
                await self._settle(queued, index, answer, route)
                return True
            await self._pause(wait)
            wait = min(wait * 2, self.settings.retry_most)
        return False

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _give_up(self, queued: Queued, answer: Answer) -> Answer:
        """A message that has waited for too long goes back; every other answer stays what it is."""
        waited = time.time() - queued.envelope.accepted_at
        if answer.fate is Fate.DEFERRED and waited > self.settings.give_up_after:
            return Answer(Fate.FAILED, 0, f"4.4.7 delivery time expired; the last answer was: {answer.text}")
        return answer

    async def _attempt(self, queued: Queued, recipient: str, route: Route | None) -> Answer:
        if route is None:
            return Answer(Fate.FAILED, 0, "5.1.2 no route to the recipient's domain")
        async with self._gates[route]:
            if self._stopping.is_set():  # it waited for its turn while the relay was told to stop
                return Answer(Fate.DEFERRED, 0, "4.3.2 the relay is stopping")
            talk = partial(self._talk, queued, recipient, route)
            return await asyncio.get_running_loop().run_in_executor(self._talkers, talk)

    def _talk(self, queued: Queued, recipient: str, route: Route) -> Answer:
        message = self.spool.message(queued.key)
        if _hops(message) > HOPS:
            return Answer(Fate.FAILED, 0, "5.4.6 too many hops, the mail goes round in a circle")
        sender = queued.envelope.sender
        if route.protocol == "lmtp":
            message = _with_return_path(message, sender)
        return deliver(
            route=route,
            sender=sender,
            recipient=recipient,
            message=message,
            hostname=self.settings.hostname,
            timeout=self.settings.timeout,
        )

    async def _settle(self, queued: Queued, index: int, answer: Answer, route: Route | None) -> None:
        """Bounce first, note afterwards: a kill between the two makes the same bounce once more, never none."""
        if answer.fate is Fate.FAILED and queued.envelope.sender:
            await self._bounce(queued, index, answer, route)
        await self._write(partial(self.spool.finish, key=queued.key, index=index, fate=answer.fate.value))

    async def _bounce(self, queued: Queued, index: int, answer: Answer, route: Route | None) -> None:
        # Made from the failed recipient, so that a bounce made once more after a kill carries the same Message-ID.
        key = f"{queued.key}-{index}"
        notification = bounces.compose(
            key=key,
            envelope=queued.envelope,
            recipient=queued.envelope.recipients[index],
            answer=answer,
            route=route,
            message=await self._write(partial(self.spool.message, queued.key)),
            hostname=self.settings.hostname,
        )
        await self._accept(Envelope("", (queued.envelope.sender,), time.time()), notification, key)

    async def _write(self, work: Callable[[], T]) -> T:
        """The disk is slow to sync: the listener answers others meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, work)


def _hops(message: bytes) -> int:
    return len(re.findall(rb"(?im)^Received:", message.partition(b"\r\n\r\n")[0]))


def _with_return_path(message: bytes, sender: str) -> bytes:
    """LMTP is the last hop: the envelope's sender is written down, and one that the sender made up is dropped."""
    blank = message.find(b"\r\n\r\n")
    head = message if blank < 0 else message[: blank + 2]
    honest = re.sub(rb"(?im)^Return-Path:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", b"", head)
    return f"Return-Path: <{sender}>\r\n".encode("ascii", "replace") + honest + message[len(head) :]
