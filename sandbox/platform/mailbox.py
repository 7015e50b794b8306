"""The platform's mail listener: takes letters for the addresses that exist here, and answers 250 once they are kept."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session

from .store import Store

log = logging.getLogger("sandbox.platform")

SIZE_LIMIT = 36 * 2**20


class Mailbox:
    """One listener for all addresses; they share one inbox. `arrived` is called after each letter that was kept."""

    def __init__(self, store: Store, addresses: Collection[str], arrived: Callable[[], None]) -> None:
        self._store = store
        self._arrived = arrived
        self._addresses = {address.lower() for address in addresses}
        self._domains = {address.rpartition("@")[2] for address in self._addresses}

    def session(self) -> SMTP:
        return SMTP(self, hostname="mx.telegram.test", ident="mail", data_size_limit=SIZE_LIMIT)

    # The listener's two questions (names are aiosmtpd's).

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        domain = address.rpartition("@")[2].lower()
        if domain not in self._domains:
            return "550 5.7.1 this server takes no mail for that domain"
        if address.lower() not in self._addresses | {f"postmaster@{domain}"}:
            return "550 5.1.1 the address does not exist"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        keep = partial(
            self._store.keep_letter,
            envelope_from=(envelope.mail_from or "").strip("<>"),
            envelope_to=", ".join(envelope.rcpt_tos),
            raw=bytes(envelope.original_content or b""),
        )
        try:
            number = await asyncio.to_thread(keep)
        except (OSError, sqlite3.Error):
            log.exception("a letter could not be kept")
            return "451 4.3.0 could not be kept, try again later"
        self._arrived()
        return f"250 2.0.0 kept as {number}"
