"""`make run`: the whole portal in one terminal, stopped by one Ctrl-C, its data kept in var/.

python -m sandbox.run
"""

import json
import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType

from sandbox.cast import CAST
from sandbox.environment import running
from sandbox.parts import ROOT
from sandbox.processes import CannotStart
from sandbox.stack import Stack

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RUN_FILE = "run.json"
FIRST_STEPS = """\
Open the address, press a person's name, and watch: the story of the 25 videos begins then. The strip at the top of
every page says where it stands; "Take over" lets you play. A line of it is told here whenever something happens.
The simulated platform's desk: {liaison}

To begin afresh: stop this, remove the folder {var}, start it again.
"""


class Stopped(Exception):
    """Somebody asked us to stop."""


class Follower:
    """Tells what the story's player says, line by line."""

    def __init__(self, stack: Stack) -> None:
        self._log, self._told = stack.var / "log" / "player.log", 0

    def tell(self) -> None:
        for line in self._log.read_text(errors="replace").splitlines(keepends=True)[self._told :]:
            if not line.endswith("\n"):
                return
            _say(f"story {line.rstrip()}")
            self._told += 1


def main() -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    stack = None
    run_file = None
    try:
        stack = Stack(var=_folder(), web_port=_port(), robot=True, say=_say)
        run_file = stack.var / RUN_FILE
        if running(stack.var) is None:
            run_file.unlink(missing_ok=True)  # one that a kill -9 left behind must not pass for ready
        stack.start_all()
        _write(run_file, stack)
        _tell(stack)
        stack.start("player")
        story = Follower(stack)
        while True:
            stack.watch_once()
            story.tell()
            time.sleep(0.3)
    except Stopped:
        return 0
    except (CannotStart, OSError) as problem:
        print(f"sandbox: {problem}", file=sys.stderr, flush=True)
        return 1
    finally:
        _ignore_signals()
        if stack is not None and stack.is_ours:
            _say("stopping")
            if run_file is not None:
                run_file.unlink(missing_ok=True)
            stack.stop_all()
            _say("stopped; the data are kept in " + str(stack.var))


def _stop(number: int, frame: FrameType | None) -> None:
    _ignore_signals()
    raise Stopped


def _ignore_signals() -> None:
    """An impatient second Ctrl-C must not leave half of it running."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _folder() -> Path:
    return Path(os.environ.get("PORTAL_VAR", ROOT / "var"))


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def _accounts(stack: Stack) -> dict[str, dict[str, str]]:
    return {person.role: {"username": person.username, "password": stack.secrets.login_password} for person in CAST}


def _write(path: Path, stack: Stack) -> None:
    facts = {"url": stack.url, "accounts": _accounts(stack), "ports": stack.ports, "liaison": stack.liaison_url}
    making = path.with_suffix(".making")
    making.touch(mode=0o600)
    making.write_text(json.dumps(facts, indent=2))
    making.replace(path)


def _tell(stack: Stack) -> None:
    people = "\n".join(f"  {person.role:16} {person.username:10} {person.name} {person.romanised}" for person in CAST)
    print(f"\nThe portal is at {stack.url}\n\nLog in with the password {stack.secrets.login_password}\n{people}\n")
    print(FIRST_STEPS.format(liaison=stack.liaison_url, var=stack.var))
    print(f"Logs are in {stack.var / 'log'}. Ctrl-C stops everything.\n", flush=True)


def _say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
