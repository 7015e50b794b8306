from accounts.models import User
from audit.models import Event
from keys.models import RecordKey
from keys.routers import KeysRouter

router = KeysRouter()


def test_keys_and_nothing_else_live_in_the_database_of_keys():
    assert router.db_for_read(RecordKey) == router.db_for_write(RecordKey) == "keys"
    assert router.db_for_read(User) is None
    assert router.allow_migrate("keys", "keys")
    assert not router.allow_migrate("default", "keys")
    assert not router.allow_migrate("keys", "accounts")
    assert router.allow_migrate("default", "accounts")


def test_no_row_outside_refers_to_a_key():
    assert router.allow_relation(RecordKey(), User()) is False
    assert router.allow_relation(User(), Event()) is True
    assert router.allow_relation(RecordKey(), RecordKey()) is None
