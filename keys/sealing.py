"""The sealed form of bytes. Pure: keys come in, nothing is stored.

Layout: version (1 byte, 0x01), random prefix (8 bytes), then chunks. Each chunk is 64 KiB of plaintext (the last one
less, possibly nothing) under AES-256-GCM with its 16-byte tag. Nonce: prefix + chunk index (4 bytes). Associated data:
version, record id, chunk index, last-chunk flag. So no chunk can be changed, moved, dropped, added, or taken from
another record; and no nonce comes twice for a record's key, since each sealing draws a prefix of its own.
"""

import os
from collections.abc import Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import TamperedRecord

VERSION = b"\x01"
PREFIX = 8
TAG = 16
CHUNK = 64 * 1024
HEADER = len(VERSION) + PREFIX


def seal_with(key: bytes, record: UUID, data: bytes) -> bytes:
    """Seal `data` with the record's 32-byte key."""
    aead, prefix = AESGCM(key), os.urandom(PREFIX)
    chunks = [
        aead.encrypt(prefix + index.to_bytes(4, "big"), chunk, _about(record, index, last))
        for index, last, chunk in _chunks(data, CHUNK)
    ]
    return b"".join([VERSION, prefix, *chunks])


def open_with(key: bytes, record: UUID, sealed: bytes) -> bytes:
    """The bytes that were sealed; raises TamperedRecord when anything differs."""
    sealed = bytes(sealed)
    if sealed[:1] != VERSION or len(sealed) < HEADER + TAG:
        raise TamperedRecord(f"Record {record} is not in a sealed form that we know.")
    aead, prefix = AESGCM(key), sealed[1:HEADER]
    try:
        return b"".join(
            aead.decrypt(prefix + index.to_bytes(4, "big"), chunk, _about(record, index, last))
            for index, last, chunk in _chunks(sealed[HEADER:], CHUNK + TAG)
        )
    except InvalidTag:
        raise TamperedRecord(f"Record {record} was changed after it was sealed.") from None


def _chunks(data: bytes, size: int) -> Iterator[tuple[int, bool, bytes]]:
    """(index, is it the last, bytes); one empty chunk for no data."""
    count = max(1, -(-len(data) // size))
    for index in range(count):
        yield index, index == count - 1, data[index * size : (index + 1) * size]


def _about(record: UUID, index: int, last: bool) -> bytes:
    return VERSION + record.bytes + index.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
