"""One attempt for one recipient, as SMTP or LMTP client.

One recipient a transaction: LMTP answers DATA once for each recipient, SMTP once for all, and a queue that tracks its
recipients one by one must never have to guess which answer was whose.
"""

import re
import smtplib
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit


class Fate(Enum):
    DELIVERED = "delivered"
    FAILED = "failed"
    DEFERRED = "deferred"


@dataclass(frozen=True)
class Route:
    """Where a domain's mail goes."""

    protocol: str  # smtp or lmtp
    host: str
    port: int


@dataclass(frozen=True)
class Answer:
    """What became of an attempt; `code` is 0 when no answer came, `text` is what the destination (or the line) said."""

    fate: Fate
    code: int
    text: str

    @property
    def status(self) -> str:
        """The enhanced status (RFC 3463): the destination's own, else the plainest one of its class."""
        found = re.match(r"([245]\.\d{1,3}\.\d{1,3})\b", self.text)
        return found.group(1) if found else {2: "2.0.0", 5: "5.0.0"}.get(self.code // 100, "4.0.0")


def parse_route(text: str) -> tuple[str, Route]:
    """`portal.test=lmtp://127.0.0.1:2424` → domain and route. Raises ValueError with a sentence."""
    domain, _, address = text.partition("=")
    parts = urlsplit(address)
    if not domain or parts.scheme not in ("smtp", "lmtp") or not parts.hostname or not parts.port:
        raise ValueError(f"a route looks like portal.test=lmtp://127.0.0.1:2424, not {text!r}")
    return domain.lower(), Route(parts.scheme, parts.hostname, parts.port)


def deliver(*, route: Route, sender: str, recipient: str, message: bytes, hostname: str, timeout: float) -> Answer:
    """Hand the message over. Never raises for what the other side or the line does: that is an Answer."""
    try:
        with _Connection(route, hostname, timeout) as connection:
            return _transaction(connection.client, sender, recipient, message)
    except (OSError, smtplib.SMTPException) as error:
        # Before the final answer nothing is known: the message stays here and is tried again. A destination whose
        # greeting is a refusal lands here too, as it speaks of itself, not of this recipient.
        return Answer(Fate.DEFERRED, 0, f"4.4.2 {type(error).__name__}: {error}")


class _Connection:
    """An open session that has said EHLO or LHLO."""

    def __init__(self, route: Route, hostname: str, timeout: float) -> None:
        speak = smtplib.LMTP if route.protocol == "lmtp" else smtplib.SMTP
        self.client: smtplib.SMTP = speak(route.host, route.port, hostname, timeout=timeout)

    def __enter__(self) -> "_Connection":
        try:
            self.client.ehlo_or_helo_if_needed()
        except BaseException:
            self.client.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever was answered stands; a farewell that fails changes nothing."""
        try:
            self.client.quit()
        except (OSError, smtplib.SMTPException):
            self.client.close()


def _transaction(client: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Answer:
    for command in (f"MAIL FROM:<{sender}>{_parameters(client, message)}", f"RCPT TO:<{recipient}>"):
        answer = _answer(client.docmd(command))
        if answer.fate is not Fate.DELIVERED:
            return answer
    code, text = client.docmd("DATA")
    if code != 354:
        return _answer((code, text))
    client.send(_stuffed(message) + b".\r\n")
    return _answer(client.getreply())


def _parameters(client: smtplib.SMTP, message: bytes) -> str:
    """SIZE and BODY, as far as the destination knows them."""
    said = f" SIZE={len(message)}" if client.has_extn("size") else ""
    return said + (" BODY=8BITMIME" if client.has_extn("8bitmime") and not message.isascii() else "")


def _stuffed(message: bytes) -> bytes:
    """Dots doubled at the start of lines that end in CR LF, and a last line that ends: nothing else is touched."""
    ended = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?:\A|(?<=\r\n))\.", b"..", ended)


def _answer(reply: tuple[int, bytes]) -> Answer:
    code, said = reply
    text = said.decode("ascii", "backslashreplace").replace("\n", " ").strip()
    fate = {2: Fate.DELIVERED, 5: Fate.FAILED}.get(code // 100, Fate.DEFERRED)
    return Answer(fate, code, text)
