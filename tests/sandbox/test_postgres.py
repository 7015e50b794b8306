"""The embedded PostgreSQL keeps what it was given, and reads Korean."""

from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest
from django.db import connections

from sandbox.postgres import Postgres
from sandbox.secret_values import load_or_make
from tests.servers import connect


def ask(url: str, statement: str) -> list[tuple]:
    with connect(url) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.django_db
def test_tests_act_as_the_app_role_on_both_databases():
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("portal_app",)


@pytest.mark.django_db
def test_korean_words_have_trigrams():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT show_trgm('딥페이크')")
        assert len(cursor.fetchone()[0]) == 5


def test_committed_rows_survive_kill_9_and_a_second_start(tmp_path: Path):
    tmp_path.chmod(0o755)
    server = Postgres(tmp_path / "postgres", load_or_make(tmp_path))
    server.start()
    try:
        with connect(server.url("portal", "portal_owner")) as cursor:
            cursor.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('before the cut')")
        server.kill()
        server.start()
        assert ask(server.url("portal", "portal_app"), "SELECT word FROM kept") == [("before the cut",)]
        server.stop()
        server.start()
        assert ask(server.url("portal", "portal_app"), "SELECT word FROM kept") == [("before the cut",)]
        assert ask(server.url("portal", "portal_app"), "SHOW synchronous_commit") == [("on",)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(server.url("portal_keys", "portal_app"), "CREATE TABLE not_mine (n int)")
    finally:
        server.stop()
