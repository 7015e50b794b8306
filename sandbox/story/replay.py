"""`make story`: the story from nothing, in a temporary folder, on free ports, a line for each act.

python -m sandbox.story.replay

Ends with 0 only when 25 removals are confirmed and the audit trail and the standings are whole; with 1 and a line for
each thing that is missing otherwise.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import httpx
import psycopg2

from sandbox.parts import ROOT
from sandbox.processes import CannotStart
from sandbox.stack import Stack
from sandbox.story.script import SCHOOL, SCHOOL_NUMBERS

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HURRY = {"MAIL_POLL_SECONDS": "0.3"}
HOUR_SECONDS = 0.1  # of the platform's robot
PATIENCE = 180  # seconds for the whole story; it takes about 30
CONFIRMED = """
SELECT count(DISTINCT confirmation.takedown_item_id)
FROM takedowns_removalconfirmation AS confirmation
JOIN takedowns_takedownitem AS line ON line.id = confirmation.takedown_item_id
JOIN cases_locator AS locator ON locator.content_item_id = line.item_id
LEFT JOIN takedowns_removalconfirmation AS later ON later.supersedes_id = confirmation.id
WHERE locator.key LIKE %s AND confirmation.basis <> 'void' AND later.id IS NULL
"""


class Stopped(Exception):
    """Somebody asked us to stop."""


class TooLong(Exception):
    """The story does not end."""


class Clock:
    """Lines with the seconds since the beginning and since the line before."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()

    def say(self, line: str) -> None:
        now = time.monotonic()
        print(f"{now - self._begun:6.1f} s {now - self._last:+6.1f}  {line}", flush=True)
        self._last = now


def main() -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    signal.signal(signal.SIGALRM, _too_long)
    clock = Clock()
    try:
        with tempfile.TemporaryDirectory(prefix="portal-story-") as folder:
            Path(folder).chmod(0o755)  # the database's user is not always ours
            return _replay(Path(folder) / "var", clock)
    except Stopped:
        clock.say("stopped; nothing is left behind")
        return 1
    except (CannotStart, OSError) as problem:
        print(f"story: {problem}", file=sys.stderr, flush=True)
        return 1


def _replay(var: Path, clock: Clock) -> int:
    stack = Stack(var=var, durable=False, robot=True, extra=HURRY, given=_without_servers(), say=clock.say)
    try:
        clock.say("starting the house: databases, mail, a simulated platform, the portal")
        stack.start_all()
        httpx.post(f"{stack.liaison_url}api/robot", json={"hour_seconds": HOUR_SECONDS}, timeout=10).raise_for_status()
        clock.say(f"the portal is at {stack.url} for as long as this takes")
        _play(stack, clock)
        problems = list(missing(stack))
    finally:
        _ignore(*STOP_SIGNALS)  # an impatient second Ctrl-C must not leave half of it running
        stack.stop_all()
    for problem in problems:
        clock.say(f"missing: {problem}")
    if not problems:
        clock.say("25 removals are confirmed; the audit trail and the standings are whole")
    return 1 if problems else 0


def _without_servers() -> dict[str, str]:
    """The environment without servers that it may name: the story is played on its own."""
    theirs = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_HOST")
    return {name: value for name, value in os.environ.items() if not name.endswith(theirs)}


def _play(stack: Stack, clock: Clock) -> None:
    """Run the player to the story's end, telling its lines as they come."""
    command = [sys.executable, "manage.py", "play_story", "--at", stack.url, "--pace", "0", "--until-over"]
    with subprocess.Popen(command, cwd=ROOT, env=stack.environment(), stdout=subprocess.PIPE, text=True) as player:
        assert player.stdout
        signal.alarm(PATIENCE)
        try:
            for line in player.stdout:
                clock.say(line.rstrip())
        except TooLong:
            clock.say(f"the story is not over after {PATIENCE} s")
        finally:
            signal.alarm(0)
            player.terminate()


def missing(stack: Stack) -> Iterator[str]:
    """What a story that went well would not lack."""
    with psycopg2.connect(stack.environment()["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(CONFIRMED, [f"{SCHOOL}/%"])
        (count,) = cursor.fetchone() or (0,)
    wanted = len(SCHOOL_NUMBERS)
    if count != wanted:
        yield f"{wanted} removals should be confirmed, {count} are"
    commands = ("verify_audit", "check_standing")
    with ThreadPoolExecutor() as pool:  # side by side: most of it is starting
        for command, done in zip(commands, pool.map(stack.run, commands), strict=True):
            if done.returncode:
                yield f"{command}: {(done.stdout + done.stderr).strip()}"


def _stop(number: int, frame: FrameType | None) -> None:
    _ignore(*STOP_SIGNALS)
    raise Stopped


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLong


def _ignore(*numbers: int) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
