"""A letter's bytes, made once. What is sealed in the outbox leaves byte for byte, however often it is tried."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from mailroom import addresses

REFERENCES_KEPT = 20
MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\U0010ffff]{1,996}>")

# Everything that a mail program, or a line splitter somewhere on the way, may take for the end of a line.
_LINE_ENDS_AND_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_THREAD_HEADERS = {"message-id", "in-reply-to", "references"}


class _LetterPolicy(EmailPolicy):
    """The standard SMTP policy, except that message ids are folded between ids and never encoded.

    The library turns an id that is longer than a line into an encoded word, and the thread is torn.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _THREAD_HEADERS:
            return f"{name}: ".encode() + "\r\n ".join(str(value).split()).encode() + b"\r\n"
        return super().fold_binary(name, value)


# 7bit: a relay that re-encodes 8-bit text would break comparison with the archive's copy.
_POLICY = _LetterPolicy(linesep="\r\n", raise_on_defect=True, cte_type="7bit", utf8=False)


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
    """The whole message in CRLF lines of at most 998 bytes, 7-bit. Raises ValueError for an address we cannot use."""
    if not addresses.is_plain(to):
        raise ValueError("The recipient is not a plain e-mail address.")
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=_agency(language), addr_spec=addresses.from_address())
    message["To"] = Address(addr_spec=to)
    message["Reply-To"] = Address(display_name=_agency(language), addr_spec=reply_to)
    message["Subject"] = clean_header(subject)
    message["Date"] = format_datetime(at.astimezone(ZoneInfo(settings.TIME_ZONE)))
    message["Message-ID"] = message_id
    if answered := MESSAGE_ID.findall(in_reply_to)[:1]:
        message["In-Reply-To"] = answered[0]
    if thread := [ref for text in references for ref in MESSAGE_ID.findall(text)][-REFERENCES_KEPT:]:
        message["References"] = " ".join(thread)
    # Not "All": that would keep delivery reports away from us as well.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if auto_submitted:
        message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = clean_header(language)
    message.set_content(_clean_body(body), charset="utf-8")
    for attachment in attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.data, maintype=maintype, subtype=subtype, filename=_clean_name(attachment.name)
        )
    return message.as_bytes()


def _agency(language: str) -> str:
    return clean_header(settings.AGENCY_NAME_KO if language == "ko" else settings.AGENCY_NAME_EN)


def _clean_body(text: str) -> str:
    return _encodable(_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).rstrip("\n") + "\n"


def _clean_name(name: str) -> str:
    return clean_header(name).replace("/", "_").replace("\\", "_")[:150] or "attachment"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
