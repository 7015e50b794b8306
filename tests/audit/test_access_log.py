"""A look is written down in the month's partition, or it does not happen."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from audit.errors import Refused
from audit.models import AccessLog
from audit.services import log_access, prepare_access_log

pytestmark = pytest.mark.django_db(transaction=True)


def partition_of(entry: AccessLog, owner_cursor: Any) -> str:
    with owner_cursor("default") as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM audit_accesslog WHERE id = %s", [str(entry.pk)])
        return str(cursor.fetchone()[0])


def seoul_month() -> str:
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=9))).strftime("%Y_%m")


def test_a_look_says_who_what_why_and_what_was_given(person: User, owner_cursor: Any):
    entry = log_access(by=person, obj=person, reason="  the victim asked  ", given="report.words")
    entry.refresh_from_db()
    assert (entry.actor, entry.object_id, entry.reason, entry.given) == (
        person.pk,
        person.pk,
        "the victim asked",
        "report.words",
    )
    assert partition_of(entry, owner_cursor) == f"audit_accesslog_{seoul_month()}"


@pytest.mark.parametrize("reason", ["", "   ", "\n", "x" * 501])
def test_without_a_usable_reason_nothing_is_shown(person: User, reason: str):
    with pytest.raises(Refused):
        log_access(by=person, obj=person, reason=reason, given="report.words")
    assert not AccessLog.objects.exists()


def test_a_month_without_a_partition_still_takes_looks_and_keeps_them(person: User, owner_cursor: Any):
    far = dt.datetime.now(dt.UTC) + dt.timedelta(days=20 * 31)
    entry = AccessLog.objects.create(
        at=far, actor=person.pk, object_type="accounts.user", object_id=person.pk, reason="later", given="x"
    )
    assert partition_of(entry, owner_cursor) == "audit_accesslog_default"
    try:
        assert prepare_access_log(months=24) == 20  # 24 coming months, 3 were there, one stays where its looks are
        assert prepare_access_log(months=24) == 0
        assert AccessLog.objects.get().pk == entry.pk
    finally:
        drop_after(3, owner_cursor)


def test_the_app_role_makes_the_coming_months_and_nothing_else(owner_cursor: Any):
    try:
        assert prepare_access_log(months=5) == 2
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class WHERE relispartition AND relname LIKE 'audit_accesslog_2%'"
                " AND relkind = 'r' AND has_table_privilege(current_user, oid, 'SELECT, INSERT, UPDATE, DELETE')"
            )
            assert cursor.fetchone() == (0,)
    finally:
        drop_after(3, owner_cursor)


@pytest.mark.parametrize("months", [-1, 25, 10_000])
def test_the_app_role_cannot_ask_for_endless_tables(months: int):
    with pytest.raises(DatabaseError, match="0 to 24"):
        prepare_access_log(months=months)


def drop_after(months: int, owner_cursor: Any) -> None:
    with owner_cursor("default") as cursor:
        cursor.execute("TRUNCATE audit_accesslog_default")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'audit_accesslog_2%%'"
            " ORDER BY relname OFFSET %s",
            [months + 1],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name}")
