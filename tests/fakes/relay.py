"""A mail server on loopback that can be stopped at any word of the dialogue.

It rests on RFC 5321; tests/mailroom/test_round_trip.py and test_sender_tls.py hold the same dialogue with real servers.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

ANSWERS = {
    "connect": "220 relay.test ESMTP",
    "ehlo": "250-relay.test\r\n250 SIZE 36700160",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go ahead",
    "content": "250 2.0.0 queued",
    "rset": "250 2.0.0 ok",
    "noop": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
}
DROP = ""  # as an answer: close the connection without a word
FORGET = "forget"  # the same, and what was being handed over is lost; DROP after the content has taken it


@dataclass(frozen=True)
class Taken:
    """One mail that the relay said yes to."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass
class FakeRelay:
    """`answers` may be changed at any time, and be functions; `before[step]` is called before a step is answered.

    Steps are connect, ehlo, mail, rcpt, data, content, quit; "rcpt archive" and "rcpt platform" are more precise.
    """

    port: int = 0
    answers: Mapping[str, str | Callable[[], str]] = field(default_factory=dict)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    after: dict[str, Callable[[], None]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __enter__(self) -> "FakeRelay":
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                self._talk(connection, lines)
            except OSError:
                return

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        sender = ""
        recipients: list[str] = []
        if not self._answer(connection, "connect"):
            return
        while line := lines.readline():
            words = line.decode().rstrip("\r\n")
            verb = words.split(" ")[0].lower()
            address = words.partition("<")[2].partition(">")[0]
            step = f"rcpt {'archive' if address.startswith('archive@') else 'platform'}" if verb == "rcpt" else verb
            answer = self._answer(connection, step)
            if not answer or verb == "quit":
                return
            if verb in ("mail", "rset"):
                sender, recipients = address, []
            elif verb == "rcpt" and answer.startswith("2"):
                recipients.append(address)
            elif verb == "data" and answer.startswith("354"):
                data = self._content(lines)
                if data is None or not self._answer(connection, "content", Taken(sender, tuple(recipients), data)):
                    return

    def _content(self, lines: BinaryIO) -> bytes | None:
        data = b""
        while line := lines.readline():
            if line == b".\r\n":
                return data
            data += line.removeprefix(b".")
        return None

    def _answer(self, connection: socket.socket, step: str, mail: Taken | None = None) -> str:
        self.seen.append(step)
        for name in (step, step.split(" ")[0]):
            if name in self.before:
                self.before[name]()
                break
        verb = step.split(" ")[0]
        given = self.answers.get(step, self.answers.get(verb, ANSWERS.get(verb, "502 no")))
        answer = given() if callable(given) else given
        if answer == FORGET:
            mail, answer = None, DROP
        if mail is not None and (answer.startswith("2") or answer == DROP):
            self.taken.append(mail)  # a server that falls silent may have taken it all the same
        if answer:
            connection.sendall(answer.encode() + b"\r\n")
        if step in self.after:
            self.after[step]()
        return answer
