"""A letter's bytes, made once. What is sealed in the outbox leaves byte for byte, however often it is tried.

Headers are written here and not by the library: Python 3.11's decodes what looks like an encoded word in a value that
it is given and writes the result out, line ends and all, so that a pasted subject could add a Bcc.
"""

import base64
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings

from mailroom import addresses

REFERENCES_KEPT = 20
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
LINE = 76
WORD_BYTES = 42  # of text in one encoded word, so that the word stays within 75 characters
NAME_BYTES = 200  # of a file's name
# 7bit: a relay that had to re-encode 8-bit text would spoil the comparison with the archive's copy.
_BODY = SMTP.clone(cte_type="7bit")

# Everything that a mail program, or a line splitter somewhere on the way, may take for the end of a line.
_LINE_ENDS_AND_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")


@dataclass(frozen=True)
class Attachment:
    """`media_type` such as "text/csv"; text is given as its UTF-8 bytes."""

    name: str
    media_type: str
    data: bytes


def clean_header(value: str) -> str:
    """One line: what could end a header or start another becomes a blank."""
    return _encodable(_LINE_ENDS_AND_CONTROLS.sub(" ", value)).strip()


def compose(
    *,
    message_id: str,
    reply_to: str,
    to: str,
    subject: str,
    body: str,
    language: str,
    at: datetime,
    attachments: Sequence[Attachment] = (),
    in_reply_to: str = "",
    references: Sequence[str] = (),
    auto_submitted: bool = False,
) -> bytes:
    """The whole message, 7-bit, in CRLF lines of at most 998 bytes. Raises ValueError for an address we cannot use."""
    if not addresses.is_plain(to):
        raise ValueError("The recipient is not a plain e-mail address.")
    agency = settings.AGENCY_NAME_KO if language == "ko" else settings.AGENCY_NAME_EN
    fields = {
        "From": _mailbox(agency, addresses.from_address()),
        "To": to,
        "Reply-To": _mailbox(agency, reply_to),
        "Subject": _words(clean_header(subject), first=len("Subject: ")),
        "Date": format_datetime(at.astimezone(ZoneInfo(settings.TIME_ZONE))),
        "Message-ID": message_id,
        "In-Reply-To": "".join(MESSAGE_ID.findall(in_reply_to)[:1]),
        "References": "\r\n ".join([ref for text in references for ref in MESSAGE_ID.findall(text)][-REFERENCES_KEPT:]),
        # Not "All": that would keep delivery reports away from us as well.
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Auto-Submitted": "auto-generated" if auto_submitted else "",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value or name == "Subject")
    return head.encode("ascii") + _content(body, attachments)


def _content(body: str, attachments: Sequence[Attachment]) -> bytes:
    """MIME headers, blank line, content."""
    text = EmailMessage(policy=_BODY)
    text.set_content(_clean_body(body), charset="utf-8")
    if not attachments:
        return text.as_bytes()
    boundary = f"=_{secrets.token_hex(16)}"
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    parts = [text.as_bytes(), *map(_attached, attachments)]
    return b"".join(
        [
            head.encode(),
            *(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts),
            f"--{boundary}--\r\n".encode(),
        ]
    )


def _attached(attachment: Attachment) -> bytes:
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise ValueError("The attachment's media type is malformed.")
    name = quote(_cut(_clean_name(attachment.name), NAME_BYTES), safe="")
    charset = "; charset=utf-8" if attachment.media_type.startswith("text/") else ""
    head = (
        f"Content-Type: {attachment.media_type}{charset}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n filename*=utf-8''{name}\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(attachment.data).replace(b"\n", b"\r\n")


def _mailbox(name: str, address: str) -> str:
    """The display name is quoted when it is plain, encoded when it is not."""
    name = clean_header(name)
    if name.isascii() and len(name) < LINE - 10 and "=?" not in name:
        return '"' + re.sub(r'(["\\])', r"\\\1", name) + f'" <{address}>'
    return f"{_encoded(name)}\r\n <{address}>"


def _words(text: str, *, first: int) -> str:
    """Unstructured text, folded before blanks; encoded when it is not plain or could be taken for encoded words."""
    pieces = re.findall(r" *[^ ]+", text)
    if not text.isascii() or "=?" in text or any(len(piece) > LINE - 10 for piece in pieces):
        return _encoded(text)
    lines, used = [""], first
    for piece in pieces:
        if used + len(piece) > LINE and lines[-1]:
            lines.append("")
            used = 0
        lines[-1] += piece
        used += len(piece)
    return "\r\n".join(lines)


def _encoded(text: str) -> str:
    """RFC 2047, never splitting a character between two words."""
    words = [base64.b64encode(chunk).decode() for chunk in _chunks(text, WORD_BYTES)]
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _chunks(text: str, most: int) -> Iterator[bytes]:
    chunk = b""
    for letter in text:
        data = letter.encode()
        if len(chunk) + len(data) > most:
            yield chunk
            chunk = b""
        chunk += data
    if chunk:
        yield chunk


def _cut(text: str, most: int) -> str:
    return next(_chunks(text, most), b"").decode()


def _clean_body(text: str) -> str:
    return _encodable(_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).rstrip("\n") + "\n"


def _clean_name(name: str) -> str:
    return clean_header(name).replace("/", "_").replace("\\", "_") or "attachment"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
