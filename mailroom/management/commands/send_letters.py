"""The mail sender: a process of its own that needs PostgreSQL and the mail server, and no broker."""

import logging
import os
import signal
import socket
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connections

from mailroom.bell import OUTBOX, Bell
from mailroom.pulse import Pulse
from mailroom.sender import DATABASE_ERRORS, Tending, work
from mailroom.states import Part

logger = logging.getLogger("mailroom.sender")


class Command(BaseCommand):
    requires_system_checks = []  # a page that does not import must not keep mail from moving
    help = "Hand waiting letters to the mail server, until stopped. Any number of these can run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due now, then leave.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        bell, tending = Bell(OUTBOX), Tending()
        with Pulse(Part.SENDER, f"{socket.gethostname()}:{os.getpid()}") as pulse:
            while not stopping.is_set():
                pulse.turn()
                try:
                    close_old_connections()
                    bell.listen()
                    work(tending, stopping, pulse.turn)
                except DATABASE_ERRORS as error:
                    logger.warning("the database does not answer: %s", type(error).__name__)
                    connections.close_all()
                if once:
                    return
                bell.wait(settings.MAIL_POLL_SECONDS, stopping)
