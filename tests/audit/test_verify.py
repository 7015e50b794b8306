"""Whoever tampers with the trail, as owner and with the triggers off, is named by verify_audit."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tamper(owner_cursor: Any) -> Callable[[str], None]:
    def as_owner(sql: str) -> None:
        with owner_cursor("default") as cursor:
            tables = ("audit_event", "audit_chainlink")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql)
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return as_owner


@pytest.fixture
def six(write: Callable[..., Event]) -> list[Event]:
    return [write(n) for n in range(6)]


def said() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def complaint() -> str:
    with pytest.raises(CommandError) as raised:
        call_command("verify_audit")
    assert raised.value.returncode == 1
    return str(raised.value)


def test_an_untouched_trail_is_whole(six: list[Event]):
    assert said().startswith("whole: 6 events, last hash ")


@pytest.mark.parametrize(
    "change",
    [
        "detail = '{\"n\": 3}'",
        "detail = '{}'",
        "actor = NULL",
        "actor = gen_random_uuid()",
        "action = 'account.created'",
        "object_id = gen_random_uuid()",
        "object_type = 'accounts.team'",
        "case_id = NULL",
        "at = at + interval '1 microsecond'",
    ],
)
def test_a_changed_event_is_named(six: list[Event], tamper: Callable[[str], None], change: str):
    tamper(f"UPDATE audit_event SET {change} WHERE id = '{six[2].pk}'")
    assert f"link 3, event {six[2].pk}" in complaint()
    assert "(1 of 6 rows are wrong)" in complaint()


@pytest.mark.parametrize("change", ["at = at - interval '1 hour'", "hash = repeat('a', 64)"])
def test_a_changed_link_is_named(six: list[Event], tamper: Callable[[str], None], change: str):
    tamper(f"UPDATE audit_chainlink SET {change} WHERE seq = 3")
    assert "link 3" in complaint()


def test_a_removed_event_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper(f"DELETE FROM audit_event WHERE id = '{six[3].pk}'")
    assert f"link 4, event {six[3].pk}: the link's event is missing" in complaint()


def test_a_removed_link_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper("DELETE FROM audit_chainlink WHERE seq = 4")
    assert "link 5" in complaint()
    assert "gap" in complaint()


def test_a_removed_last_link_leaves_an_event_without_one(six: list[Event], tamper: Callable[[str], None]):
    tamper("DELETE FROM audit_chainlink WHERE seq = 6")
    assert f"no link, event {six[5].pk}" in complaint()


def test_a_piece_cut_out_of_the_middle_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_chainlink WHERE seq IN (3, 4));"
        "DELETE FROM audit_chainlink WHERE seq IN (3, 4)"
    )
    assert "link 5" in complaint()


def test_a_cut_that_was_closed_by_renumbering_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_chainlink WHERE seq IN (3, 4));"
        "DELETE FROM audit_chainlink WHERE seq IN (3, 4);"
        "UPDATE audit_chainlink SET seq = seq - 2 WHERE seq > 4"
    )
    assert "link 3" in complaint()
    assert "hash of the link before" in complaint()


def test_two_events_that_changed_places_are_named(six: list[Event], tamper: Callable[[str], None]):
    tamper(
        "UPDATE audit_chainlink SET seq = -2 WHERE seq = 2; UPDATE audit_chainlink SET seq = 2 WHERE seq = 3;"
        "UPDATE audit_chainlink SET seq = 3 WHERE seq = -2"
    )
    assert "link 2" in complaint()


def test_a_beginning_that_was_cut_off_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_chainlink WHERE seq = 1);"
        "DELETE FROM audit_chainlink WHERE seq = 1"
    )
    assert "link 2" in complaint()


def test_an_event_slipped_in_beside_the_chain_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper(
        "INSERT INTO audit_event (id, action, object_type, object_id, detail, at)"
        " VALUES ('00000000-0000-0000-0000-00000000000f', 'a.b', 'a.b', gen_random_uuid(), '{}', now())"
    )
    assert "no link, event 00000000-0000-0000-0000-00000000000f" in complaint()


def test_the_first_of_several_wrong_rows_is_named(six: list[Event], tamper: Callable[[str], None]):
    tamper("UPDATE audit_event SET detail = '{}'; DELETE FROM audit_chainlink WHERE seq = 6")
    assert "link 1," in complaint()
    assert "(6 of 6 rows are wrong)" in complaint()
