class KeyShredded(Exception):
    """The record's key was destroyed on purpose: nobody can read it any more."""


class KeyMissing(Exception):
    """There is no key for this record: it was never sealed, or the database of keys is older than the record."""


class MasterKeysMissing(Exception):
    """MASTER_KEYS or BLIND_INDEX_KEY is absent, malformed, or lacks the key that a record needs."""


class TamperedRecord(Exception):
    """The sealed bytes are not what was sealed for this record."""
