"""Starting the sandbox's stand-alone programs in tests, and mailboxes that answer as they are told."""

import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import IO

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """`python -m <module> …` as a child; `ready` holds what its ready line says (smtp='127.0.0.1:…', web=…)."""

    def __init__(self, module: str, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = _stream(self.process.stdout).readline()
        if not said.startswith("ready "):
            self.kill()
            raise AssertionError(f"{module} did not start: {said}{_stream(self.process.stderr).read()}")
        self.ready = dict(word.split("=") for word in said.split()[1:])

    def port(self, name: str) -> int:
        return int(self.ready[name].rpartition(":")[2])

    def stop(self) -> int:
        """As Ctrl-C or a service manager would; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self._end()

    def _end(self) -> int:
        code = self.process.wait(20)
        for stream in (self.process.stdout, self.process.stderr):
            _stream(stream).close()
        return code


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@contextmanager
def program(module: str, *arguments: str | Path) -> Iterator[Program]:
    started = Program(module, *arguments)
    try:
        yield started
    finally:
        if started.process.returncode is None:
            started.kill()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Taken:
    """One message that a mailbox accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content)


@dataclass
class Mailbox:
    """A destination on loopback. `at_rcpt(address)` and `at_data()` may give an SMTP answer other than 250."""

    port: int
    lmtp: bool = False
    at_rcpt: Callable[[str], str] = lambda address: "250 2.1.5 ok"
    at_data: Callable[[], str] = lambda: "250 2.0.0 taken"
    taken: list[Taken] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        self.asked.append(address)
        answer = self.at_rcpt(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_data()
        if answer.startswith("2"):
            sender = (envelope.mail_from or "").strip("<>")
            self.taken.append(Taken(sender, tuple(envelope.rcpt_tos), envelope.original_content or b""))
        return answer

    def wait_for(self, count: int) -> list[Taken]:
        until(lambda: len(self.taken) >= count, what=f"{count} message(s) in the mailbox")
        return self.taken


class _Controller(Controller):
    """The library's listener, speaking LMTP where asked."""

    def factory(self) -> SMTP:
        speak = LMTP if self.handler.lmtp else SMTP
        return speak(self.handler, **self.SMTP_kwargs)


@contextmanager
def mailbox(box: Mailbox) -> Iterator[Mailbox]:
    listener = _Controller(box, hostname="127.0.0.1", port=box.port, server_hostname="mx.test")
    listener.start()
    try:
        yield box
    finally:
        listener.stop()


def send(port: int, sender: str, recipients: list[str], content: bytes) -> tuple[int, bytes]:
    """Hand a message to a listener; its answer to DATA."""
    with smtplib.SMTP("127.0.0.1", port, "client.test", timeout=10) as client:
        client.ehlo()
        client.mail(sender)
        for recipient in recipients:
            assert client.rcpt(recipient)[0] == 250
        return client.data(content)
