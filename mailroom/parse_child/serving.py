"""A warm process that does one piece of work after another, each in a fork of its own.

The fork starts from the same clean memory every time, so nothing of one mail can reach the next, and the kernel's
limits hold for one mail, not for all of them. The warm process itself never sees a mail: each fork is made before its
order comes, and takes the order itself. What it costs to make one is paid while nobody waits.
"""

import gc
import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any, NoReturn

from mailroom.parse_child.limits import OUTPUT_BYTES

ORDER_BYTES = 256 * 1024
NOBODY = 65534
READY = b"ready"
NO_ORDER = 3  # exit of a fork to which none came: the socket closed

Work = Callable[[bytes, dict[str, Any]], bytes]


def serve(work: Work, *, warm: Callable[[], object]) -> None:
    """Take orders from the socket on standard input, until it closes: JSON and two files, the mail and the answer.

    Each order is answered with {"exit": …, "signal": …, "peak_kb": …} of the fork that did it. A fork that is killed
    from outside may not have taken its order yet: whoever hears of that should end the warm process.
    `warm` works on a mail of our own, so that a fork has its copies of the memory it writes to before an order comes.
    """
    warm()
    control = socket.socket(fileno=0)
    gc.collect()
    gc.freeze()  # a fork's own collections leave the shared pages alone
    control.send(READY)
    while True:
        pid = os.fork()
        if pid == 0:
            _wait_and_do(control, work, warm)
        _pid, status, used = os.wait4(pid, 0)
        if os.waitstatus_to_exitcode(status) == NO_ORDER:
            return
        ended = {
            "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "peak_kb": used.ru_maxrss,
        }
        control.send(json.dumps(ended).encode())


def _wait_and_do(control: socket.socket, work: Work, warm: Callable[[], object]) -> NoReturn:
    """In the fork. Whatever goes wrong, it ends here and never returns into the warm process's loop."""
    status = NO_ORDER
    try:
        warm()
        # Of a closed socket neither comes: that ends this fork, and with it the warm process.
        message, (mail, answer), _flags, _address = socket.recv_fds(control, ORDER_BYTES, 2)
        order = json.loads(message)
        status = 1
        control.close()
        confine(seconds=order["seconds"], memory=order["memory"])
        with os.fdopen(mail, "rb") as file:
            data = file.read()
        written = work(data, order)
        with os.fdopen(answer, "wb") as file:
            file.write(written)
        status = 0
    finally:
        os._exit(status)


def confine(*, seconds: float, memory: int) -> None:
    """From here on: so much wall time, processor time and memory, no files, no processes, bounded output, no rights.

    The wall's clock needs nobody to watch it: its signal is not caught, so the kernel itself ends the process.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    whole = max(1, round(seconds + 0.5))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if os.geteuid() == 0:  # limits on processes do not bind root
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
