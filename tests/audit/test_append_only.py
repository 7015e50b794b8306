"""Nobody changes the trail: the app role lacks the right, and triggers refuse the owner too."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection

from audit.models import Event
from audit.services import log_access

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = [
    "UPDATE audit_event SET detail = '{}'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "UPDATE audit_chainlink SET hash = repeat('0', 64)",
    "DELETE FROM audit_chainlink",
    "TRUNCATE audit_chainlink",
    "UPDATE audit_accesslog SET reason = 'none'",
    "DELETE FROM audit_accesslog",
    "TRUNCATE audit_accesslog",
]
WRITE_CHAIN = (
    "INSERT INTO audit_chainlink (seq, event_id, at, previous_hash, hash)"
    " SELECT 99, gen_random_uuid(), now(), repeat('0', 64), repeat('0', 64)"
)


@pytest.fixture
def something(write: Callable[..., Event], person: Any) -> None:
    write()
    log_access(by=person, obj=person, reason="to prove that it stays", given="report.words")


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_is_refused_by_a_trigger(something: None, owner_cursor: Any, change: str):
    with owner_cursor("default") as cursor, pytest.raises(psycopg2.Error, match="append-only"):
        cursor.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        *CHANGES,
        WRITE_CHAIN,
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only",
        "DROP TRIGGER audit_event_chain ON audit_event",
        "SET session_replication_role = replica",
        "DELETE FROM audit_accesslog_default",
        "INSERT INTO audit_accesslog_default SELECT * FROM audit_accesslog",
        "DROP TABLE audit_event",
        "CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    ],
)
def test_the_app_role_has_no_right(something: None, change: str):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner|append-only|return type"),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert Event.objects.count() == 1


def test_these_tests_act_as_the_app_role_and_can_write_events(write: Callable[..., Event]):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("portal_app", False)
    assert write().at is not None


def test_the_app_role_has_no_right_on_any_partition():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'audit_accesslog%'"
            " AND has_table_privilege(current_user, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        assert cursor.fetchall() == []


def test_whoever_plants_functions_in_a_temporary_schema_changes_nothing(write: Callable[..., Event]):
    """The chain's function runs as the owner: it must not pick up anything of the caller's."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE audit_chainlink (seq bigint, event_id uuid, at timestamptz)")
        cursor.execute("SET search_path = pg_temp, public")
        write()
        cursor.execute("RESET search_path; DROP TABLE pg_temp.audit_chainlink")
        cursor.execute("SELECT count(*) FROM audit_chainlink")
        assert cursor.fetchone() == (1,)
