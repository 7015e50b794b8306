"""A raw mail and the keys that it names in, JSON out: which of its DKIM signatures hold, and what they cover."""

import json
from typing import Any

from dkim import DKIM, DKIMException
from nacl.exceptions import CryptoError

from mailroom.parse_child.credentials import SIGNATURES
from mailroom.parse_child.serving import serve

ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}  # SHA-1 proves nothing (RFC 8301)
KEY_BITS = 1024
# What the library raises over mails, signatures and keys that are no such thing.
FAULTS = (DKIMException, CryptoError, LookupError, ValueError, TypeError, AssertionError, ArithmeticError)
# One that has nothing to say, so that what is loaded at the first use is loaded before the first mail.
WARMING = b"DKIM-Signature: v=1; a=rsa-sha256; d=x.test; s=x; h=from; bh=YQ==; b=YQ==\r\nFrom: a@x.test\r\n\r\nx\r\n"


def verify(data: bytes, records: dict[str, str]) -> list[dict[str, Any]]:
    """{"domain", "selector", "holds", "cut", "covers"} of each signature whose key is in `records`, by its DNS name.

    `cut` tells of a length (l=): words can then be added below what was signed. All of it is as the library that
    verifies has read it, so that two readings of one head cannot be played off against each other.
    """
    try:
        signed = DKIM(data, minkey=KEY_BITS)
    except FAULTS:
        return []
    results = [_one(signed, n, records) for n in range(SIGNATURES)]
    return [result for result in results if result]


def _one(signed: DKIM, n: int, records: dict[str, str]) -> dict[str, Any] | None:
    """None where there is no such signature, or its key was not looked up."""
    try:
        prepared = signed.verify_headerprep(n)
        if not prepared:
            return None
        tags, covered, _lines = prepared
        domain, selector = (tags[tag].decode("ascii").lower() for tag in (b"d", b"s"))
        covers = sorted({name.strip().decode("ascii").lower() for name in covered})
    except FAULTS:
        return None
    if f"{selector}._domainkey.{domain}" not in records:
        return None
    sound = tags[b"a"] in ALGORITHMS and "from" in covers
    holds = sound and _holds(signed, n, records)
    return {"domain": domain, "selector": selector, "holds": holds, "cut": b"l" in tags, "covers": covers}


def _holds(signed: DKIM, n: int, records: dict[str, str]) -> bool:
    def key(name: bytes, timeout: int = 0) -> str | None:
        return records.get(name.decode("ascii").rstrip(".").lower())

    try:
        return bool(signed.verify(n, dnsfunc=key))
    except FAULTS:
        return False


def work(data: bytes, order: dict[str, Any]) -> bytes:
    return json.dumps(verify(data, order["records"])).encode()


def main() -> None:
    serve(work, warm=lambda: verify(WARMING, {"x._domainkey.x.test": "v=DKIM1; p=YQ=="}))
