"""Warm processes for work on hostile mail, seen from our side: started once, asked often, replaced when they fail."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mailroom.parse_child.limits import OUTPUT_BYTES
from mailroom.parse_child.serving import READY
from mailroom.states import Unreadable

PROJECT = str(Path(__file__).resolve().parent.parent)
START_SECONDS = 60.0
# The fork ends itself at its limits; this much later nobody waits for it any more.
GRACE_SECONDS = 5.0
KEPT = 4  # idle processes; more only while more are asked at the same moment
OUT_OF_TIME = {signal.SIGALRM, signal.SIGXCPU}


class CannotRead(Exception):
    """The mail was not read; `why` says whether another try could help."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Done:
    """What the work wrote, and the most memory that its process held (kilobytes, with what all of them share)."""

    output: bytes
    peak_kb: int


class Child:
    """One warm process. For one caller at a time."""

    def __init__(self, options: Sequence[str], module: str) -> None:
        # Isolated (-I), no environment; the project's folder comes last in the path.
        start = f"import sys; sys.path.append(sys.argv.pop(1)); from {module} import main; main()"
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", *options, "-c", start, PROJECT],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
        self._control.settimeout(START_SECONDS)
        if self._hear() != READY:
            self.end()
            raise CannotRead(Unreadable.CHILD_DIED)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, data: bytes, order: Mapping[str, Any]) -> Done:
        """Raises CannotRead. Data in and answer out through memory files: nothing lies on a disk, nothing can jam."""
        with _memory_file("mail") as mail, _memory_file("answer") as answer:
            mail.write(data)
            mail.seek(0)
            self._control.settimeout(order["seconds"] + GRACE_SECONDS)
            try:
                socket.send_fds(self._control, [json.dumps(order).encode()], [mail.fileno(), answer.fileno()])
            except OSError:
                self.end()
                raise CannotRead(Unreadable.CHILD_DIED) from None
            ended = self._ended()
            answer.seek(0)
            return Done(answer.read(OUTPUT_BYTES), int(ended["peak_kb"]))

    def _ended(self) -> dict[str, Any]:
        heard = self._hear()
        if not heard:
            self.end()
            raise CannotRead(Unreadable.CHILD_DIED if heard == b"" else Unreadable.OUT_OF_TIME)
        ended: dict[str, Any] = json.loads(heard)
        if ended["signal"] in OUT_OF_TIME:
            raise CannotRead(Unreadable.OUT_OF_TIME)
        if ended["signal"]:  # perhaps before it took our order, which the next one would take for its own
            self.end()
        if ended["exit"] != 0:
            raise CannotRead(Unreadable.CHILD_DIED)
        return ended

    def _hear(self) -> bytes | None:
        """None when it does not speak in time, nothing when it is gone."""
        try:
            return self._control.recv(4096)
        except TimeoutError:
            return None
        except OSError:
            return b""

    def end(self) -> None:
        """With every fork of its own, at once."""
        self._control.close()
        if self.is_alive:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Children:
    """Warm processes of one kind, as many as callers at the same moment. They end with the process that started them:
    their socket closes."""

    def __init__(self, module: str, options: Sequence[str] = ()) -> None:
        self._module, self._options = module, options
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._owner = os.getpid()

    def ask(self, data: bytes, order: Mapping[str, Any]) -> Done:
        """Raises CannotRead."""
        child = self._take()
        try:
            return child.ask(data, order)
        finally:
            self._give_back(child)

    def _take(self) -> Child:
        with self._lock:
            if self._owner != os.getpid():  # we are a fork: those are our parent's
                self._owner, self._idle = os.getpid(), []
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    return child
                child.end()
        return Child(self._options, self._module)

    def _give_back(self, child: Child) -> None:
        with self._lock:
            if child.is_alive and len(self._idle) < KEPT:
                self._idle.append(child)
                return
        child.end()


def _memory_file(name: str) -> BinaryIO:
    return os.fdopen(os.memfd_create(name), "w+b")
