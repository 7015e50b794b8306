"""Child processes that never outlive us, and free ports for them."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# The parent may have died before its child asked to be told: then nobody ever will tell it.
UNLESS_ORPHAN = 'test "$PPID" = "$0" && exec "$@"'


class CannotStart(Exception):
    """Something that the sandbox needs will not start; the message is one line for whoever typed the command."""


def free_port() -> int:
    """A loopback TCP port that nobody listens on at this moment; whoever uses it must cope with losing it.

    Chosen below the range from which the kernel takes ports for outgoing connections: one of those could otherwise
    sit on it by the time it is used.
    """
    while port_is_taken(port := random.randint(15000, 32000)):
        pass
    return port


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: str = "TERM",
) -> subprocess.Popen[bytes]:
    """Start `command` with its output appended to `log`.

    The kernel sends it `death_signal` when the thread that called spawn() ends, even by kill -9: call from a thread
    that lives as long as the child should. It gets a session of its own, so that Ctrl-C reaches only us and we stop
    the children in order. Raises CannotStart where the tool for that is missing.
    """
    if shutil.which("setpriv") is None:
        raise CannotStart("The program setpriv is missing (on Debian: apt-get install util-linux).")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", death_signal, "--", "sh", "-c", UNLESS_ORPHAN, str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )


def last_line(log: Path) -> str:
    """The last thing that a process said, for the one line that tells of its death."""
    if not log.exists():
        return ""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started; each has a session, hence a process group, of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ending(code: int) -> str:
    """How a process ended, in words."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
