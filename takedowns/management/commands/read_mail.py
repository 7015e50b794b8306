"""The mail reader: a process that parses what the door stored and files it. It needs the database, no broker."""

import logging
import os
import signal
import socket
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connections

from mailroom.bell import INBOX, Bell
from mailroom.pulse import Pulse
from mailroom.services.inbox import parse_next
from mailroom.states import Part
from takedowns.services import file_next

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Parse incoming mail and file it under the requests that it answers, until told to stop."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--poll", type=float, default=1.0, help="seconds between two looks without a bell")

    def handle(self, *args: Any, poll: float, **options: Any) -> None:
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        bell = Bell(INBOX)
        with Pulse(Part.READER, f"{socket.gethostname()}:{os.getpid()}") as pulse:
            while not self.stopping:
                try:
                    bell.listen()
                    while not self.stopping and self._step():
                        pulse.turn()
                except (DatabaseError, InterfaceError):
                    log.exception("The database is away; trying again.")
                    connections.close_all()
                pulse.turn()
                bell.wait(poll)

    def _step(self) -> bool:
        parsed, filed = parse_next(), file_next()
        return parsed or filed

    def _stop(self, *_: object) -> None:
        self.stopping = True
