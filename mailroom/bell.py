"""A bell between processes: whoever writes a row rings it, in the same transaction; whoever waits for rows hears it.

The bell only hurries. Nothing depends on hearing it: every waiter also looks after its poll interval.
"""

import select
import threading
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, connections

OUTBOX = "mailroom_outbox"
INBOX = "mailroom_inbox"
SLICE = 0.5  # seconds


def ring(channel: str) -> None:
    """Heard by waiters when the surrounding transaction commits, and not at all when it is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [channel])


class Bell:
    """One waiter on Django's own connection of this thread."""

    def __init__(self, channel: str) -> None:
        if not channel.isidentifier():
            raise ValueError(channel)
        self._channel = channel
        self._heard_on: Any = None

    def listen(self) -> None:
        """Before the first look at the table: what is written between the look and the wait still rings."""
        connection.ensure_connection()
        if connection.connection is not self._heard_on:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {self._channel}")
            self._heard_on = connection.connection

    def wait(self, seconds: float, stopping: threading.Event | None = None) -> None:
        """Until the bell rings or `stopping` is set, at most `seconds`; as long again while the database is away."""
        stopping = stopping or threading.Event()
        try:
            self.listen()
            self._hear(time.monotonic() + seconds, stopping)
        except (DatabaseError, InterfaceError):
            self._heard_on = None
            connections.close_all()  # the one that went away is seldom the only one
            stopping.wait(seconds)

    def _hear(self, deadline: float, stopping: threading.Event) -> None:
        raw = self._heard_on
        with connection.wrap_database_errors:
            # In slices: Python goes back to waiting after a signal, and would come to a stop only at the deadline.
            while not raw.notifies and not stopping.is_set() and (left := deadline - time.monotonic()) > 0:
                if select.select([raw], [], [], min(left, SLICE))[0]:
                    raw.poll()
            raw.notifies.clear()
