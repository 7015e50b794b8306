"""Reading a letter that came: who wrote it, where the answer goes, its text and its numbered links.

Nothing here may fail: whatever was delivered has to show up on the desk, if only as a letter without a text.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

OWN_HOSTS = {"t.me", "telegram.me", "telegram.dog", "www.t.me", "www.telegram.me"}
NUMBERED = re.compile(r"^[ \t>*]*[\[(]?(\d{1,3})[ \t]?[.):\]번]{1,2}\s{0,3}(\S+)", re.MULTILINE)
LINK = re.compile(r"^<?((?:h(?:tt|xx)ps?|tg)://[^\s<>]+|[\w.-]+\.[a-z]{2,}/[^\s<>]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """One numbered line of a letter; room and id only when it leads to a message of this platform."""

    number: int
    url: str
    room: str | None
    id: int | None


@dataclass(frozen=True)
class Letter:
    """A letter, read. Addresses without names, but for `writer`, which is the From line as people see it.

    `box` is the address here that it came to, empty when that is not known.
    `is_automatic`: a bounce or another machine's answer, which nobody should answer.
    """

    id: int
    received_at: datetime
    box: str
    writer: str
    address: str
    reply_to: str
    subject: str
    message_id: str
    in_reply_to: str
    references: str
    is_automatic: bool
    written_at: datetime
    text: str
    links: tuple[Link, ...]


def read(*, number: int, raw: bytes, received_at: datetime, sender: str | None = None, box: str = "") -> Letter:
    """Read a letter's raw bytes; `sender` is the envelope's, empty for what is never to be answered."""
    message = message_from_bytes(raw)
    writer = _line(message, "From")
    address = _address(writer)
    text = _text(message)
    return Letter(
        id=number,
        received_at=received_at,
        box=box,
        writer=writer,
        address=address,
        reply_to=_address(_line(message, "Reply-To")) or address,
        subject=_line(message, "Subject"),
        message_id=_line(message, "Message-ID"),
        in_reply_to=_line(message, "In-Reply-To"),
        references=_line(message, "References"),
        is_automatic=sender == "" or _line(message, "Auto-Submitted").lower().startswith("auto-replied"),
        written_at=_date(message) or received_at,
        text=text,
        links=tuple(_links(text)),
    )


def _line(message: Message, name: str) -> str:
    """A header as one readable line; an undecodable one as it stands."""
    value = str(message.get(name, ""))
    with suppress(ValueError, LookupError, UnicodeError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _address(line: str) -> str:
    return next((address for _, address in getaddresses([line]) if "@" in address), "")


def _date(message: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _text(message: Message) -> str:
    """The first plain text; failing that, the words of the first HTML part."""
    leaves = [part for part in message.walk() if not part.is_multipart() and not part.get_filename()]
    for part in leaves:
        if part.get_content_type() == "text/plain":
            return _decoded(part)
    for part in leaves:
        if part.get_content_type() == "text/html":
            return _Words.of(_decoded(part))
    return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        text = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").strip("\n")


def _links(text: str) -> Iterator[Link]:
    """Every numbered line with a link; a number that comes twice counts the first time."""
    seen: set[int] = set()
    for found in NUMBERED.finditer(text):
        number, link = int(found.group(1)), LINK.match(found.group(2))
        if link and number not in seen:
            seen.add(number)
            url = link.group(1).rstrip(".,;")
            yield Link(number, url, *place(url))


def place(url: str) -> tuple[str | None, int | None]:
    """Room and message number of a link to this platform; twice None for any other."""
    plain = re.sub(r"^hxxp", "http", url.strip().replace("[.]", "."), flags=re.IGNORECASE)
    if "://" not in plain:
        plain = "https://" + plain
    try:
        parts = urlsplit(plain)
    except ValueError:
        return None, None
    if parts.scheme.lower() == "tg" and parts.netloc == "resolve":
        query = parse_qs(parts.query)
        return _known(query.get("domain", [""])[0], query.get("post", [""])[0])
    if (parts.hostname or "") not in OWN_HOSTS:
        return None, None
    steps = [step for step in parts.path.split("/") if step]
    steps = steps[1:] if steps[:1] == ["s"] else steps
    return _known(steps[0], steps[-1]) if len(steps) in (2, 3) else (None, None)


def _known(room: str, number: str) -> tuple[str | None, int | None]:
    if re.fullmatch(r"[A-Za-z]\w{3,31}", room, re.ASCII) and re.fullmatch(r"[0-9]{1,9}", number):
        return room, int(number)
    return None, None


class _Words(HTMLParser):
    """The text of an HTML part, a line for each block."""

    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})
    UNSEEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._unseen = 0

    @classmethod
    def of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        lines = "".join(parser._pieces).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in self.UNSEEN
        if tag in self.BLOCKS:
            self._pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in self.UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(data)
