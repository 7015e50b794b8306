"""Sealing and opening of records. The key of a record lives in the database `keys`, apart from what it opens."""

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connections, transaction
from django.db.models.functions import Now

from audit.services import record as record_event
from audit.states import Action
from keys import wrapping
from keys.errors import KeyMissing, KeyShredded
from keys.models import RecordKey
from keys.sealing import open_with, seal_with

REWRAP_BATCH = 500


def seal(*, record: UUID, data: bytes, kind: str) -> bytes:
    """Seal bytes for a record; makes the record's key at its first sealing.

    `kind` says what sort of record it is and is kept from the first sealing. The key commits in its own transaction
    on the database of keys before anything is sealed with it: a record without its key would be lost, a key without
    its record harms nobody. Raises KeyShredded, MasterKeysMissing.
    """
    return seal_many(record=record, data=[data], kind=kind)[0]


def seal_many(*, record: UUID, data: Sequence[bytes], kind: str) -> list[bytes]:
    """Several parts of one record, in their order, with one look at the database of keys."""
    key = _key_for(record, kind)
    return [seal_with(key, record, part) for part in data]


def unseal(*, record: UUID, sealed: bytes) -> bytes:
    """What was sealed for this record. Raises KeyShredded, KeyMissing, TamperedRecord, MasterKeysMissing."""
    return unseal_many(parts=[(record, sealed)])[0]


def unseal_many(*, parts: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
    """Several (record, sealed bytes) at once, in their order, with one look at the database of keys."""
    keys = _keys_of({record for record, _ in parts})
    return [open_with(keys[record], record, sealed) for record, sealed in parts]


def shred(*, record: UUID, by: AbstractBaseUser | None) -> None:
    """Destroy the record's key for good; what was sealed with it can never be read again. Safe to repeat.

    The tombstone (who, when) commits first, the event right after it: should the second commit fail, the key is gone
    and the tombstone still says by whom. Raises KeyMissing for a record that has no key.
    """
    with transaction.atomic(), transaction.atomic(using="keys"):
        key = RecordKey.objects.select_for_update(no_key=True).filter(record=record).first()
        if key is None:
            raise KeyMissing(f"There is no key for record {record}.")
        if key.shredded_at is not None:
            return
        RecordKey.objects.filter(record=record).update(
            wrapped=None, shredded_at=Now(), shredded_by=by.pk if by else None
        )
        record_event(action=Action.KEY_SHREDDED, by=by, obj=key, detail={"kind": key.kind})


def rewrap(*, by: AbstractBaseUser | None) -> int:
    """Wrap every key with the first of MASTER_KEYS, in batches; returns how many were wrapped anew.

    Afterwards the older master keys can leave the environment. Readers are not disturbed: both forms open.
    Each batch is one event, which names the batch's first record and the count.
    """
    total = 0
    while batch := _rewrap_batch(by):
        total += batch
    return total


def _rewrap_batch(by: AbstractBaseUser | None) -> int:
    master = wrapping.current()
    with transaction.atomic(), transaction.atomic(using="keys"):
        stale = RecordKey.objects.wrapped_otherwise_than(master).select_for_update(no_key=True)
        keys = list(stale.order_by("record")[:REWRAP_BATCH])
        for key in keys:
            plain = wrapping.unwrap(key.record, key.master_key_id, _present(key.record, key.wrapped))
            key.master_key_id, key.wrapped = wrapping.wrap(key.record, plain)
        RecordKey.objects.bulk_update(keys, ["master_key_id", "wrapped"])
        if keys:
            record_event(
                action=Action.KEYS_REWRAPPED, by=by, obj=keys[0], detail={"keys": len(keys), "master_key": master}
            )
    return len(keys)


def blind(value: str, *, kind: str) -> str:
    """A keyed digest (64 hex digits) under which equal values of one kind can be found without being readable.

    Equal means: after NFKC, case folding, and without blanks at the ends.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold()).strip()
    return hmac.new(wrapping.blind_index_key(), f"{kind}\0{folded}".encode(), hashlib.sha256).hexdigest()


# Both by hand: each mail that comes in asks for keys, and Django takes longer to write a statement than to run it.
MAKE_OR_FIND = """
WITH made AS (
    INSERT INTO keys_recordkey (record, kind, master_key_id, wrapped)
    VALUES (%(record)s, %(kind)s, %(master)s, %(wrapped)s)
    ON CONFLICT (record) DO NOTHING RETURNING master_key_id, wrapped
)
SELECT master_key_id, wrapped FROM made
UNION ALL SELECT master_key_id, wrapped FROM keys_recordkey WHERE record = %(record)s
"""
FIND = "SELECT record, master_key_id, wrapped FROM keys_recordkey WHERE record = ANY(%s)"


def _key_for(record: UUID, kind: str) -> bytes:
    """The record's own key, made if it has none. Two makers at once: the first row wins, the second reads it."""
    master, wrapped = wrapping.wrap(record, os.urandom(32))
    facts: dict[str, Any] = {"record": record, "kind": kind, "master": master, "wrapped": wrapped}
    with transaction.atomic(using="keys", durable=True), connections["keys"].cursor() as cursor:
        cursor.execute(MAKE_OR_FIND, facts)
        found = cursor.fetchone()  # nothing where the other maker's row was not yet to be seen
    return wrapping.unwrap(record, found[0], _present(record, found[1])) if found else _keys_of([record])[record]


def _keys_of(records: Iterable[UUID]) -> dict[UUID, bytes]:
    records = list(records)
    with connections["keys"].cursor() as cursor:
        cursor.execute(FIND, [records])
        rows = {record: (master, wrapped) for record, master, wrapped in cursor.fetchall()}
    for record in records:
        if record not in rows:
            raise KeyMissing(f"There is no key for record {record}.")
    return {
        record: wrapping.unwrap(record, master, _present(record, wrapped)) for record, (master, wrapped) in rows.items()
    }


def _present(record: UUID, wrapped: bytes | memoryview | None) -> bytes:
    if wrapped is None:
        raise KeyShredded(f"The key of record {record} was shredded.")
    return bytes(wrapped)
