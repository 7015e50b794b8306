"""The house's own addresses: how they are built, and what a recipient that our own server wrote says.

takedown@DOMAIN            From of every letter
takedown+r.TOKEN@DOMAIN    Reply-To: the token says which letter is answered
bounce+v.TOKEN@DOMAIN      envelope sender: reports about delivery come here (VERP)
archive@DOMAIN             blind second recipient of every letter
"""

import re
import secrets
from dataclasses import dataclass
from enum import Enum

from django.conf import settings

# Base32 in lower case without l, 1, o and 0: a person can read a token out on the telephone. 18 of them are 90 bits.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
TOKEN_LENGTH = 18
TOKEN_PATTERN = rf"[{ALPHABET}]{{{TOKEN_LENGTH}}}"

_IN_TEXT = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}[A-Za-z0-9]")
MOST_IN_TEXT = 50
TEXT_READ = 8_000  # characters

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")


class Box(Enum):
    REPLY = "reply"
    BOUNCE = "bounce"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class OwnAddress:
    """A recipient of ours. `token` is empty for the bare box and for a tag that is no token of the right form."""

    box: Box
    token: str


def new_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def new_message_id() -> str:
    """`<…@MAIL_DOMAIN>` with 80 random bits."""
    return f"<{secrets.token_hex(10)}@{settings.MAIL_DOMAIN}>"


def is_own_message_id(message_id: str) -> bool:
    """Could it be one of `new_message_id`? Another house's never is."""
    return message_id.endswith(f"@{settings.MAIL_DOMAIN}>")


def from_address() -> str:
    return f"{settings.MAIL_FROM_BOX}@{settings.MAIL_DOMAIN}"


def archive_address() -> str:
    return f"{settings.MAIL_ARCHIVE_BOX}@{settings.MAIL_DOMAIN}"


def reply_address(token: str) -> str:
    return f"{settings.MAIL_FROM_BOX}+r.{token}@{settings.MAIL_DOMAIN}"


def bounce_address(token: str) -> str:
    return f"{settings.MAIL_BOUNCE_BOX}+v.{token}@{settings.MAIL_DOMAIN}"


def is_plain(address: str) -> bool:
    """True for `local@domain` in ASCII without quotes, comments or anything that could end a command or a header."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def own(address: str) -> OwnAddress | None:
    """What a recipient means to this house, or None when the address is none of ours. Case does not matter."""
    local, at, domain = address.strip().strip("<>").lower().rpartition("@")
    if not at or domain != settings.MAIL_DOMAIN.lower():
        return None
    box, plus, tag = local.partition("+")
    if box == settings.MAIL_ARCHIVE_BOX.lower() and not plus:
        return OwnAddress(Box.ARCHIVE, "")
    if box == settings.MAIL_FROM_BOX.lower():
        return _tagged(Box.REPLY, "r.", plus, tag)
    if box == settings.MAIL_BOUNCE_BOX.lower():
        return _tagged(Box.BOUNCE, "v.", plus, tag)
    return None


def _tagged(box: Box, prefix: str, plus: str, tag: str) -> OwnAddress | None:
    if not plus:
        return OwnAddress(box, "")
    if not tag.startswith(prefix):
        return None
    token = tag.removeprefix(prefix)
    # A garbled token is still a mail to us: it is taken in and waits, unmatched, for a person.
    return OwnAddress(box, token if re.fullmatch(TOKEN_PATTERN, token) else "")


def addresses_in(text: str) -> list[str]:
    """The mail addresses of a short text in lower case, each once, in order."""
    found = (address.lower() for address in _IN_TEXT.findall(text[:TEXT_READ]))
    return list(dict.fromkeys(found))[:MOST_IN_TEXT]
