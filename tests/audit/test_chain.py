"""The chain: every committed event in it exactly once, in one unbroken line, whatever happens at the same moment."""

import hashlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import ApiToken, User
from audit.chain import verify
from audit.models import ChainLink, Event
from audit.services import record
from audit.states import Action
from tests.at_once import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)
MICRO = 1_000_000


def links() -> list[ChainLink]:
    return list(ChainLink.objects.select_related("event").order_by("seq"))


def test_an_empty_trail_is_whole():
    verdict = verify()
    assert (verdict.whole, verdict.events, verdict.last_hash) == (True, 0, "0" * 64)


def test_every_link_carries_the_hash_of_the_one_before(write: Callable[..., Event]):
    written = [write(n) for n in range(5)]
    chain = links()
    assert [link.seq for link in chain] == [1, 2, 3, 4, 5]
    assert [link.event_id for link in chain] == [event.id for event in written]
    assert chain[0].previous_hash == "0" * 64
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(chain))
    assert verify().last_hash == chain[-1].hash


def test_the_hash_can_be_recomputed_outside_the_database(write: Callable[..., Event]):
    write(1)
    link = links()[0]
    event = link.event
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail::text FROM audit_event WHERE id = %s", [event.id])
        detail = cursor.fetchone()[0]
    lines = [
        link.seq,
        round(link.at.timestamp() * MICRO),
        link.previous_hash,
        event.id,
        round(event.at.timestamp() * MICRO),
        event.action,
        event.actor,
        event.object_type,
        event.object_id,
        event.case_id,
        detail,
    ]
    assert hashlib.sha256("\n".join(map(str, lines)).encode()).hexdigest() == link.hash


def test_the_link_is_written_at_commit_and_not_before(write: Callable[..., Event], person: User):
    with transaction.atomic():
        record(action=Action.LANGUAGE_SET, by=person, obj=person)
        assert not ChainLink.objects.exists()
    assert ChainLink.objects.count() == 1


def test_a_rollback_leaves_nothing_and_no_gap(write: Callable[..., Event], person: User):
    write()
    with transaction.atomic():
        record(action=Action.LANGUAGE_SET, by=person, obj=person)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the link is there, and goes with the rest
        assert ChainLink.objects.count() == 2
        transaction.set_rollback(True)
    write()
    assert [link.seq for link in links()] == [1, 2]
    assert verify().whole


def test_several_events_of_one_transaction_stand_in_their_order(person: User):
    with transaction.atomic():
        written = [record(action=Action.LANGUAGE_SET, by=person, obj=person).id for _n in range(10)]
    assert [link.event_id for link in links()] == written
    assert verify().whole


def test_the_time_is_the_databases_whatever_the_writer_says(person: User):
    with transaction.atomic():
        event = Event.objects.create(
            action=Action.LANGUAGE_SET, object_type="accounts.user", object_id=person.pk, at="2001-01-01T00:00:00Z"
        )
    event.refresh_from_db()
    assert event.at.year > 2001


def test_eight_writers_at_once_make_one_line(write: Callable[..., Event]):
    def many() -> None:
        for n in range(25):
            write(n)

    assert not failures(at_once([many] * 8))
    chain = links()
    assert [link.seq for link in chain] == list(range(1, 201))
    assert Event.objects.count() == 200
    assert all(later.at >= earlier.at for earlier, later in pairwise(chain))
    assert verify().whole


def test_writers_that_lock_each_others_rows_in_opposing_orders_never_deadlock(person: User):
    """Each locks one row and refers to the other by a foreign key, which is checked at commit, where the chain is.

    With a chain lock taken at insert time, or with plain FOR UPDATE, the database finds deadlocks here.
    """
    other = User.objects.create_user("jisoo", "Jisoo")

    def event_last(locked: User, referred: User, tag: str) -> None:
        for n in range(12):
            with transaction.atomic():
                User.objects.select_for_update(no_key=True).get(pk=locked.pk)
                token = ApiToken.objects.create(user=referred, name=tag, digest=f"{tag}{n}")
                record(action=Action.TOKEN_ISSUED, by=locked, obj=token)

    def event_first(locked: User, tag: str) -> None:
        for _n in range(12):
            with transaction.atomic():
                record(action=Action.LANGUAGE_SET, by=locked, obj=locked, detail={"tag": tag})
                User.objects.filter(pk=locked.pk).update(language="en")

    calls = []
    for n in range(2):
        calls.append(lambda n=n: event_last(person, other, f"a{n}"))
        calls.append(lambda n=n: event_last(other, person, f"b{n}"))
        calls.append(lambda n=n: event_first(person, f"c{n}"))
        calls.append(lambda n=n: event_first(other, f"d{n}"))
    assert not failures(at_once(calls))
    assert verify().whole
    assert verify().events == 8 * 12


def test_a_snapshot_that_is_too_old_is_refused_and_makes_no_fork(write: Callable[..., Event], person: User):
    write()

    def late() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            assert Event.objects.count() == 1  # the snapshot is taken
            assert not failures(at_once([write]))
            record(action=Action.LANGUAGE_SET, by=person, obj=person)

    with pytest.raises(DatabaseError):
        late()
    assert verify().whole
    assert verify().events == 2
