"""Keys of records: made once, kept apart, rotated, shredded."""

import base64
import os
from functools import partial
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from accounts.models import User
from audit.chain import verify
from audit.models import Event
from audit.states import Action
from keys import services
from keys.errors import KeyMissing, KeyShredded, MasterKeysMissing, TamperedRecord
from keys.models import RecordKey
from tests.at_once import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


def master(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def record() -> UUID:
    return uuid4()


@pytest.fixture
def officer(transactional_db: None) -> User:
    return User.objects.create_user("hana", "Hana")


def test_what_is_sealed_comes_back_and_is_not_readable_in_between(record: UUID):
    sealed = services.seal(record=record, data="말씀".encode(), kind="report")
    assert "말씀".encode() not in sealed
    assert services.unseal(record=record, sealed=sealed).decode() == "말씀"
    assert services.unseal(record=record, sealed=memoryview(sealed)).decode() == "말씀"  # type: ignore[arg-type]


def test_a_record_has_one_key_for_all_its_parts(record: UUID):
    parts = services.seal_many(record=record, data=[b"one", b"", b"three"], kind="report")
    again = services.seal(record=record, data=b"four", kind="report")
    assert services.unseal_many(parts=[(record, part) for part in [*parts, again]]) == [b"one", b"", b"three", b"four"]
    assert RecordKey.objects.count() == 1


def test_many_parts_cost_one_look_at_the_keys(record: UUID, django_assert_num_queries: Any):
    other = uuid4()
    sealed = [(record, services.seal(record=record, data=b"a", kind="x"))] * 100
    sealed += [(other, services.seal(record=other, data=b"b", kind="x"))] * 100
    with django_assert_num_queries(1, connection=connections["keys"]), django_assert_num_queries(0):
        services.unseal_many(parts=sealed)
    with django_assert_num_queries(3, connection=connections["keys"]):  # one, in a transaction of its own
        services.seal_many(record=record, data=[b"line"] * 200, kind="x")


def test_the_key_lies_wrapped_in_the_other_database_only(record: UUID):
    services.seal(record=record, data=b"words", kind="report")
    row = RecordKey.objects.get()
    assert (row.record, row.kind, len(bytes(row.wrapped or b""))) == (record, "report", 12 + 32 + 16)
    assert "keys_recordkey" not in connection.introspection.table_names()


def test_the_key_stays_when_the_record_is_rolled_back(record: UUID):
    with transaction.atomic():
        services.seal(record=record, data=b"words", kind="report")
        transaction.set_rollback(True)
    assert RecordKey.objects.filter(record=record).exists()


def test_a_key_that_would_not_commit_at_once_is_a_mistake(record: UUID):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(using="keys"):
        services.seal(record=record, data=b"words", kind="report")


def test_two_who_seal_a_new_record_at_once_use_one_key(record: UUID):
    def seal(n: int) -> bytes:
        return services.seal(record=record, data=str(n).encode(), kind="report")

    sealed = at_once([partial(seal, n) for n in range(8)])
    assert not failures(sealed)
    assert RecordKey.objects.count() == 1
    assert [services.unseal(record=record, sealed=one) for one in sealed] == [str(n).encode() for n in range(8)]


def test_a_record_without_a_key_says_so(record: UUID):
    sealed = services.seal(record=record, data=b"words", kind="report")
    with pytest.raises(KeyMissing):
        services.unseal(record=uuid4(), sealed=sealed)


def test_the_bytes_of_another_record_do_not_open(record: UUID):
    other = uuid4()
    services.seal(record=other, data=b"other", kind="report")
    sealed = services.seal(record=record, data=b"words", kind="report")
    with pytest.raises(TamperedRecord):
        services.unseal(record=other, sealed=sealed)


def test_a_wrapped_key_put_into_another_row_does_not_open(record: UUID, owner_cursor: Any):
    other = uuid4()
    services.seal(record=other, data=b"other", kind="report")
    sealed = services.seal(record=record, data=b"words", kind="report")
    with owner_cursor("keys") as cursor:
        cursor.execute(
            "UPDATE keys_recordkey SET wrapped = (SELECT wrapped FROM keys_recordkey WHERE record = %s)"
            " WHERE record = %s",
            [str(other), str(record)],
        )
    with pytest.raises(TamperedRecord):
        services.unseal(record=record, sealed=sealed)


def test_a_shredded_record_is_never_read_or_sealed_again(record: UUID, officer: User):
    sealed = services.seal(record=record, data=b"words", kind="report")
    services.shred(record=record, by=officer)
    with pytest.raises(KeyShredded):
        services.unseal(record=record, sealed=sealed)
    with pytest.raises(KeyShredded):
        services.seal(record=record, data=b"again", kind="report")
    tombstone = RecordKey.objects.shredded().get()
    assert (tombstone.record, tombstone.wrapped, tombstone.shredded_by) == (record, None, officer.pk)
    assert tombstone.shredded_at is not None
    event = Event.objects.get(action=Action.KEY_SHREDDED)
    assert (event.actor, event.object_id, event.detail) == (officer.pk, record, {"kind": "report"})
    assert verify().whole


def test_shredding_twice_is_one_act(record: UUID, officer: User):
    services.seal(record=record, data=b"words", kind="report")
    assert not failures(at_once([lambda: services.shred(record=record, by=officer)] * 4))
    assert Event.objects.filter(action=Action.KEY_SHREDDED).count() == 1


def test_shredding_without_a_key_says_so(record: UUID):
    with pytest.raises(KeyMissing):
        services.shred(record=record, by=None)


def test_a_failing_audit_event_keeps_the_key(record: UUID, owner_cursor: Any):
    sealed = services.seal(record=record, data=b"words", kind="report")
    with owner_cursor("default") as cursor:
        cursor.execute("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (action = '') NOT VALID")
    try:
        with pytest.raises(DatabaseError):
            services.shred(record=record, by=None)
    finally:
        with owner_cursor("default") as cursor:
            cursor.execute("ALTER TABLE audit_event DROP CONSTRAINT full_disk")
    assert services.unseal(record=record, sealed=sealed) == b"words"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE keys_recordkey SET wrapped = 'x', shredded_at = NULL",
        "UPDATE keys_recordkey SET shredded_by = NULL",
        "DELETE FROM keys_recordkey",
    ],
)
def test_a_tombstone_stays_even_for_the_owner(record: UUID, owner_cursor: Any, change: str):
    services.seal(record=record, data=b"words", kind="report")
    services.shred(record=record, by=None)
    with owner_cursor("keys") as cursor, pytest.raises(Exception, match="shredded for good"):
        cursor.execute(change)


@pytest.mark.parametrize("change", ["DELETE FROM keys_recordkey", "TRUNCATE keys_recordkey"])
def test_the_app_role_cannot_delete_keys(record: UUID, change: str):
    services.seal(record=record, data=b"words", kind="report")
    with pytest.raises(DatabaseError, match="permission denied"), connections["keys"].cursor() as cursor:
        cursor.execute(change)


def test_the_database_refuses_a_row_that_is_neither_key_nor_tombstone(record: UUID):
    with pytest.raises(DatabaseError), transaction.atomic(using="keys"):
        RecordKey.objects.create(record=record, kind="x", wrapped=None, master_key_id="k1")


class TestMasterKeys:
    def test_the_first_wraps_and_all_open(self, record: UUID, settings: Any):
        old, new = master("old"), master("new")
        settings.MASTER_KEYS = [old]
        sealed = services.seal(record=record, data=b"words", kind="report")
        settings.MASTER_KEYS = [new, old]
        later = uuid4()
        services.seal(record=later, data=b"later", kind="report")
        assert services.unseal(record=record, sealed=sealed) == b"words"
        assert RecordKey.objects.get(record=later).master_key_id == "new"

    def test_after_rewrapping_the_old_one_can_go(self, settings: Any, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(services, "REWRAP_BATCH", 2)
        old, new = master("old"), master("new")
        settings.MASTER_KEYS = [old]
        records = [uuid4() for _n in range(5)]
        sealed = [(one, services.seal(record=one, data=one.bytes, kind="x")) for one in records]
        services.shred(record=records[0], by=None)
        settings.MASTER_KEYS = [new, old]
        out = StringIO()
        call_command("rewrap_keys", stdout=out)
        assert out.getvalue() == "4 keys wrapped anew\n"
        settings.MASTER_KEYS = [new]
        assert services.unseal_many(parts=sealed[1:]) == [one.bytes for one in records[1:]]
        counts = [e.detail["keys"] for e in Event.objects.filter(action=Action.KEYS_REWRAPPED).order_by("at")]
        assert counts == [2, 2]
        assert services.rewrap(by=None) == 0

    def test_a_missing_old_one_is_named(self, record: UUID, settings: Any):
        settings.MASTER_KEYS = [master("old")]
        sealed = services.seal(record=record, data=b"words", kind="report")
        settings.MASTER_KEYS = [master("new")]
        with pytest.raises(MasterKeysMissing, match="old"):
            services.unseal(record=record, sealed=sealed)

    def test_another_key_under_the_same_name_does_not_open(self, record: UUID, settings: Any):
        settings.MASTER_KEYS = [master("k1")]
        sealed = services.seal(record=record, data=b"words", kind="report")
        settings.MASTER_KEYS = [master("k1")]
        with pytest.raises(TamperedRecord):
            services.unseal(record=record, sealed=sealed)

    @pytest.mark.parametrize(
        "lines",
        [[], ["k1"], ["k1:"], [":" + "A" * 44], ["k1:c2hvcnQ="], ["k1:!!!"], [master("a"), "b:nonsense"]],
    )
    def test_without_usable_ones_nothing_is_sealed(self, record: UUID, settings: Any, lines: list[str]):
        settings.MASTER_KEYS = lines
        with pytest.raises(MasterKeysMissing):
            services.seal(record=record, data=b"words", kind="report")
        assert not RecordKey.objects.exists()

    def test_an_error_never_tells_a_key(self, record: UUID, settings: Any):
        good = master("a")
        settings.MASTER_KEYS = [good, good]
        with pytest.raises(MasterKeysMissing) as raised:
            services.seal(record=record, data=b"words", kind="report")
        assert good.partition(":")[2] not in str(raised.value)
