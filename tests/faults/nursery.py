"""Bears the real mail processes: a process that has loaded Django once and forks them, so that a start costs no second.

What it bears runs `manage.py`'s own commands, in a process of its own that can be stopped and killed. Orders come as
lines of JSON on standard input; when that ends, so does everything here. `clock` moves what the child's programs take
for the time of day by so many seconds; PostgreSQL's clock and the monotonic one stay as they are.
"""

import contextlib
import ctypes
import datetime as dt
import json
import os
import signal
import sys
import traceback
from typing import Any

import django
import time_machine
from django.core.management import call_command

PR_SET_PDEATHSIG = 1


def main() -> None:
    django.setup()
    born: set[int] = set()
    try:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            print(json.dumps(obey(json.loads(line), born)), flush=True)
    finally:
        for pid in born:
            end(pid, signal.SIGKILL)


def obey(order: dict[str, Any], born: set[int]) -> dict[str, Any]:
    if order["do"] == "start":
        pid = os.fork()
        if pid == 0:
            live(order["command"], order.get("clock", 0))
        born.add(pid)
        return {"pid": pid}
    pid = order["pid"]
    if pid not in born:  # not ours (any more): its number may be somebody else's by now
        return {"ended": True}
    if order["do"] == "signal":
        os.kill(pid, order["number"])
        return {"ended": False}
    end(pid, signal.SIGTERM if order["do"] == "stop" else signal.SIGKILL)
    born.remove(pid)
    return {"ended": True}


def end(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, number)
        os.waitpid(pid, 0)


def live(command: list[str], clock: float) -> None:
    """The child's whole life."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        if clock:
            time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=clock)).start()
        call_command(*command)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
