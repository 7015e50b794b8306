"""The mail receiver: a process of its own that needs PostgreSQL and no broker."""

import asyncio
import contextlib
import logging
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mailroom.door import factory
from mailroom.pulse import Pulse
from mailroom.states import Part

logger = logging.getLogger("mailroom.door")


class Command(BaseCommand):
    requires_system_checks = []  # a page that does not import must not keep mail from moving
    help = "Take in mail by LMTP or SMTP (MAIL_DOOR_HOST, _PORT, _PROTOCOL), until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asyncio.run(_serve())
        except OSError as error:
            raise CommandError(
                f"The mail door cannot listen on {settings.MAIL_DOOR_HOST}:{settings.MAIL_DOOR_PORT}: {error.strerror}"
            ) from None


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    # Leaving the pool waits for what is being stored. Whoever heard no yes by then brings the same bytes again.
    place = f"{socket.gethostname()}:{settings.MAIL_DOOR_PORT}"
    pulse = Pulse(Part.DOOR, place)
    with ThreadPoolExecutor(max_workers=settings.MAIL_DOOR_THREADS, thread_name_prefix="door") as pool:
        server = await loop.create_server(factory(pool, pulse), settings.MAIL_DOOR_HOST, settings.MAIL_DOOR_PORT)
        port = server.sockets[0].getsockname()[1]
        logger.info("mail door: %s on %s:%s", settings.MAIL_DOOR_PROTOCOL, settings.MAIL_DOOR_HOST, port)
        with pulse:
            while not stopping.is_set():
                pulse.turn()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), settings.MAIL_BEAT_SECONDS / 4)
        server.close()
