"""The mail fetcher: a process of its own for a house whose mail arrives in an IMAP mailbox instead of at our door."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailroom.fetching import TROUBLE, mailbox_of, opened, run
from mailroom.pulse import Pulse
from mailroom.states import Part


class Command(BaseCommand):
    requires_system_checks = []  # a page that does not import must not keep mail from moving
    help = "Take in mail from the IMAP mailbox MAIL_IMAP_URL, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one full sweep, then stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        try:
            mailbox = mailbox_of(settings.MAIL_IMAP_URL)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if once:
            try:
                with opened(mailbox) as fetcher:
                    self.stdout.write(f"{fetcher.sweep()} new")
            except TROUBLE as error:
                raise CommandError(f"The mailbox cannot be read: {error}") from None
            return
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with Pulse(Part.FETCHER, mailbox.account) as pulse:

            def stopping() -> bool:
                pulse.turn()
                return self._stopping

            run(mailbox, until=stopping, troubled=pulse.falter)

    def _stop(self, *_: object) -> None:
        self._stopping = True
