"""The door that fetches: an IMAP mailbox is emptied into our store, and only marked once a mail is committed.

A mail is told from another by its bytes, never by its number alone: numbers start anew when a mailbox is made anew
(UIDVALIDITY), and a careless server uses one twice. So the rule is simple: whatever does not carry our mark is fetched;
if this mailbox has given us the same bytes before, it is only marked.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connections
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mailroom import failures
from mailroom.addresses import from_address, own
from mailroom.models import Fetched
from mailroom.services.inbox import receive

logger = logging.getLogger(__name__)

MARK = "$PortalStored"
HEAD_BYTES = 64 * 1024
TROUBLE = (IMAPClientError, OSError)  # of the line or the server: hang up, wait, dial again


@dataclass(frozen=True)
class Mailbox:
    """`imaps://user:password@host:port/folder`; `imap+starttls://` and, for a server on this machine, `imap://`."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str
    folder: str

    @property
    def account(self) -> str:
        """What the mailbox is called in our records: no password in it."""
        return f"{self.user}@{self.host}"


def mailbox_of(url: str) -> Mailbox:
    """Raises ValueError with words for whoever set it."""
    parts = urlsplit(url)
    if parts.scheme not in ("imaps", "imap", "imap+starttls") or not parts.hostname or not parts.username:
        raise ValueError("MAIL_IMAP_URL looks like imaps://user:password@host/INBOX")
    if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("MAIL_IMAP_URL without encryption is for a server on this machine only; use imaps://")
    return Mailbox(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


@contextmanager
def opened(mailbox: Mailbox) -> Iterator["Fetcher"]:
    """The mailbox, logged in and its folder selected. Raises one of TROUBLE."""
    client = IMAPClient(
        mailbox.host, port=mailbox.port, ssl=mailbox.scheme == "imaps", timeout=settings.MAIL_IMAP_TIMEOUT
    )
    try:
        if mailbox.scheme == "imap+starttls":
            client.starttls()
        client.login(mailbox.user, mailbox.password)
        yield Fetcher(client, mailbox)
    finally:
        client.shutdown()


class Fetcher:
    def __init__(self, client: IMAPClient, mailbox: Mailbox) -> None:
        self._client = client
        self._mailbox = mailbox
        self.left_one = False  # the last sweep met a mail that could not be stored
        answer = client.select_folder(mailbox.folder)
        self._uidvalidity = int(answer[b"UIDVALIDITY"])
        permanent = answer.get(b"PERMANENTFLAGS", ())
        self._marks = b"\\*" in permanent or MARK.encode() in permanent
        if not self._marks and not settings.MAIL_IMAP_DONE_FOLDER:
            raise IMAPClientError(
                "This mailbox keeps no marks of ours: name a folder in MAIL_IMAP_DONE_FOLDER to move mails to."
            )

    def sweep(self) -> int:
        """Take in everything that is not marked; how many were new. One mail that fails does not hold up the others."""
        # What somebody else marked as deleted is taken in all the same; only our own leavings of a move are not.
        self.left_one = False
        wanted = ["UNKEYWORD", MARK] if self._marks else ["UNDELETED"]
        return sum(self._take(uid) for uid in sorted(self._client.search(wanted)))

    def wait(self, seconds: float) -> bool:
        """Until the server has news (IDLE), at most so long. False when it has none."""
        if not self._client.has_capability("IDLE"):
            time.sleep(min(seconds, settings.MAIL_POLL_SECONDS))
            return True
        self._client.idle()
        news = self._client.idle_check(timeout=seconds)
        _text, late = self._client.idle_done()  # what came in while we hung up
        return bool(news or late)

    def _take(self, uid: int) -> bool:
        size = self._client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)
        if size > settings.MAIL_MAX_BYTES:
            self.left_one = True
            logger.error("mail %s of %s is too large to be taken in: %s bytes", uid, self._mailbox.account, size)
            return False
        data = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        if data is None:  # somebody took it away meanwhile
            return False
        try:
            new = self._store(uid, bytes(data))
        except (*TROUBLE, *failures.AWAY):
            raise
        except Exception as error:
            # Not stored: it stays unmarked, and the next sweep brings it again. Its text could quote the mail.
            self.left_one = True
            logger.error("mail %s of %s was not stored: %s", uid, self._mailbox.account, type(error).__name__)
            return False
        self._mark(uid)
        return new

    def _store(self, uid: int, data: bytes) -> bool:
        """Whether these bytes are new. Killed between the two writes, the next sweep finds the raw mail stored."""
        sha256 = hashlib.sha256(data).hexdigest()
        known = Fetched.objects.filter(account=self._mailbox.account, folder=self._mailbox.folder, sha256=sha256)
        new = not known.exists()
        if new:
            envelope_from, envelope_to = envelope_of(data)
            receive(door="imap", envelope_from=envelope_from, envelope_to=[envelope_to], data=data)
        Fetched.objects.get_or_create(
            account=self._mailbox.account,
            folder=self._mailbox.folder,
            uidvalidity=self._uidvalidity,
            uid=uid,
            sha256=sha256,
        )
        return new

    def _mark(self, uid: int) -> None:
        if self._marks:
            self._client.add_flags([uid], [MARK], silent=True)
        elif self._client.has_capability("MOVE"):
            self._client.move([uid], settings.MAIL_IMAP_DONE_FOLDER)
        else:
            self._client.copy([uid], settings.MAIL_IMAP_DONE_FOLDER)
            self._client.delete_messages([uid], silent=True)


def envelope_of(data: bytes) -> tuple[str, str]:
    """(sender, recipient) of the SMTP dialogue, as the mailbox's own server wrote them above its Received line.

    Lines of the same names further down came with the mail: anybody can write those.
    """
    found: dict[bytes, str] = {}
    for line in data[:HEAD_BYTES].split(b"\n"):
        name, colon, value = line.partition(b":")
        if not colon or line[:1] in b" \t" or name.strip().lower() == b"received":
            break
        found.setdefault(name.strip().lower(), value.decode("ascii", "replace").strip().strip("<>"))
    told = [found.get(name, "") for name in (b"delivered-to", b"x-original-to", b"envelope-to")]
    recipient = next((address for address in told if own(address)), from_address())
    return found.get(b"return-path", ""), recipient


def run(mailbox: Mailbox, *, until: Callable[[], bool], troubled: Callable[[], None]) -> None:
    """Sweep, wait for news, sweep again, until told to stop. A broken line is dialled anew, ever more slowly, and so it
    is when the database was away.

    `until` is asked often; `troubled` is told when a mail was left behind or the mailbox could not be reached.
    """
    pause = 1.0
    while not until():
        try:
            with opened(mailbox) as fetcher:
                pause = 1.0
                while not until():
                    taken = fetcher.sweep()
                    if fetcher.left_one:
                        troubled()
                    # What came while we fetched was announced between our own commands; IDLE does not say it again.
                    if not taken:
                        _idle(fetcher, until)
        except (*TROUBLE, *failures.AWAY) as error:
            connections.close_all()  # a broken one would stay broken
            troubled()
            logger.warning("mailbox %s: %s; trying again in %.0f s", mailbox.account, type(error).__name__, pause)
            time.sleep(pause)
            pause = min(pause * 2, 60.0)


def _idle(fetcher: Fetcher, until: Callable[[], bool]) -> None:
    """Until there is news or the next full sweep is due, in short turns: servers hang up on a long one."""
    end = time.monotonic() + settings.MAIL_IMAP_SWEEP_SECONDS
    while not until() and (left := end - time.monotonic()) > 0:
        if fetcher.wait(min(left, settings.MAIL_POLL_SECONDS * 5)):
            return
