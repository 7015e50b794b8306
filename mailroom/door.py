"""The door that mail comes in by: LMTP or SMTP. It says 250 only when the mail is committed."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections, connections

from mailroom.addresses import own
from mailroom.pulse import Pulse
from mailroom.services.inbox import receive

logger = logging.getLogger(__name__)
# The library writes every command to its log: addresses and tokens do not belong there.
logging.getLogger("mail.log").setLevel(logging.ERROR)

MOST_RECIPIENTS = 100
LONGEST_LINE = 2**20  # beyond the standard's 998, since a reply in one long line is a reply all the same
ACCEPTED, STORED_LATER, UNKNOWN = (
    "250 2.0.0 stored",
    "451 4.3.0 not stored, try again later",
    "550 5.1.1 no such mailbox",
)


class Door:
    """aiosmtpd's hooks. Recipients are taken from the dialogue and from nowhere else."""

    def __init__(self, pool: ThreadPoolExecutor, protocol: str, pulse: Pulse) -> None:
        self._pool = pool
        self._pulse = pulse
        self._protocol = protocol

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not _storable(address):
            return "501 5.1.7 sender address malformed"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not _storable(address) or own(address) is None:
            return UNKNOWN
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The database is asked in a thread: one slow commit must not keep the other connections waiting."""
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._store, envelope)
        # LMTP wants a word for each recipient; they are stored together or not at all.
        return "\r\n".join([answer] * (len(envelope.rcpt_tos) if self._protocol == "lmtp" else 1))

    async def handle_exception(self, error: Exception) -> str:
        logger.error("the door failed: %s", type(error).__name__)
        self._pulse.falter()
        return STORED_LATER

    def _store(self, envelope: Envelope) -> str:
        try:
            close_old_connections()
            mail = receive(
                door=self._protocol,
                envelope_from=(envelope.mail_from or "").replace("<>", ""),  # the library's word for nobody
                envelope_to=list(envelope.rcpt_tos),
                data=bytes(envelope.original_content or b""),
            )
        except Exception as error:
            # Whatever went wrong, the mail is not safe here: the other side keeps it and comes back.
            logger.error("a mail was not stored: %s", type(error).__name__)  # its text could quote the mail
            connections.close_all()
            self._pulse.falter()
            return STORED_LATER
        logger.info("mail %s stored", mail.pk)
        return ACCEPTED


def _storable(address: str) -> bool:
    return len(address) <= 512 and "\0" not in address and address.isprintable()


def factory(pool: ThreadPoolExecutor, pulse: Pulse) -> Callable[[], SMTP]:
    """Makes the protocol object of one connection, as asyncio's create_server wants it.

    What could not be stored is told to `pulse`: whoever brought it still has it.
    """
    protocol = settings.MAIL_DOOR_PROTOCOL
    base: type[SMTP] = {"lmtp": LMTP, "smtp": SMTP}[protocol]
    kind: Any = type("DoorProtocol", (base,), {"line_length_limit": LONGEST_LINE})
    door = Door(pool, protocol, pulse)

    def make() -> SMTP:
        return kind(
            door,
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=settings.MAIL_DOMAIN,
            ident="mail door",
        )

    return make
