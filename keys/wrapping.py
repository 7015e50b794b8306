"""The master keys from the environment: the first wraps, all of them open."""

import base64
import binascii
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from keys.errors import MasterKeysMissing, TamperedRecord

NONCE = 12


def current() -> str:
    """The id of the master key that wraps."""
    return next(iter(_master_keys(tuple(settings.MASTER_KEYS))))


def wrap(record: UUID, key: bytes) -> tuple[str, bytes]:
    """(id of the master key, wrapped key) for a record's key."""
    master = current()
    nonce = os.urandom(NONCE)
    return master, nonce + AESGCM(_master(master)).encrypt(nonce, key, record.bytes)


def unwrap(record: UUID, master: str, wrapped: bytes) -> bytes:
    wrapped = bytes(wrapped)
    try:
        return AESGCM(_master(master)).decrypt(wrapped[:NONCE], wrapped[NONCE:], record.bytes)
    except (InvalidTag, ValueError):
        raise TamperedRecord(f"The key of record {record} does not open with master key {master}.") from None


def blind_index_key() -> bytes:
    """The secret of the blind index, as bytes: any text of at least 32 characters."""
    if len(settings.BLIND_INDEX_KEY) < 32:
        raise MasterKeysMissing("BLIND_INDEX_KEY is missing or shorter than 32 characters.")
    return str(settings.BLIND_INDEX_KEY).encode()


def _master(master: str) -> bytes:
    try:
        return _master_keys(tuple(settings.MASTER_KEYS))[master]
    except KeyError:
        raise MasterKeysMissing(f"MASTER_KEYS lacks the key {master}, which wrapped this record's key.") from None


@lru_cache(maxsize=4)
def _master_keys(lines: tuple[str, ...]) -> dict[str, bytes]:
    """{id: 32 bytes} in the order given; raises MasterKeysMissing, never telling a key."""
    keys: dict[str, bytes] = {}
    for n, line in enumerate(lines, start=1):
        name, _, value = line.strip().partition(":")
        try:
            key = base64.b64decode(value, validate=True)
        except binascii.Error:
            key = b""
        if not name or len(name) > 32 or len(key) != 32 or name in keys:
            raise MasterKeysMissing(f"MASTER_KEYS, entry {n}: it has to be id:base64 of 32 bytes, each id once.")
        keys[name] = key
    if not keys:
        raise MasterKeysMissing("MASTER_KEYS is missing: nothing can be sealed or opened.")
    return keys
