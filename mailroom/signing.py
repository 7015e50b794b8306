"""DKIM (RFC 6376): the house's signature on what it sends, made once, so that the archive holds what left.

Off unless a key is named: many houses let their mail server sign.
"""

from functools import cache
from pathlib import Path

import dkim
from django.conf import settings

# Signed once more than they may occur: a second one, added on the way, breaks the signature. Without that, whoever
# passes a letter on could add a From or a Reply-To that a mail program shows instead of ours.
ONLY_ONCE = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
ALSO = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted")


def sign(data: bytes) -> bytes:
    """The message with its signature in front; as it was when the settings name no key.

    Raises OSError when the key cannot be read, dkim.KeyFormatError when it is no RSA key.
    """
    if not settings.MAIL_DKIM_KEY_FILE:
        return data
    signature: bytes = dkim.sign(
        data,
        settings.MAIL_DKIM_SELECTOR.encode(),
        settings.MAIL_DOMAIN.encode(),
        _key(settings.MAIL_DKIM_KEY_FILE),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in header_names(data)],
    )
    return signature + data


def header_names(data: bytes) -> list[str]:
    """Those of the message, and each that must stand alone once more."""
    head = data.partition(b"\r\n\r\n")[0].lower()
    there = [name for name in (*ONLY_ONCE, *ALSO) if b"\r\n" + name.lower().encode() + b":" in b"\r\n" + head]
    return [*there, *ONLY_ONCE]


@cache
def _key(path: str) -> bytes:
    return Path(path).read_bytes()
