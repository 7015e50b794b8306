"""Statements that are planned once: asked again, on another connection, and after one went away."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from mailroom.prepared import Change, Prepared, by_hand, change, given, one_of_given

pytestmark = pytest.mark.django_db(transaction=True)


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'user\\_%%'")
        return int(cursor.fetchone()[0])


def named() -> Prepared[User]:
    return Prepared(lambda: User.objects.filter(username=given("name"), is_active=True))


def test_it_is_planned_once_and_gives_what_django_gives(cast: Any) -> None:
    asked, before = named(), plans()
    for person in (cast.analyst, cast.supervisor):
        found = asked.one(name=person.username)
        assert found == person
        assert found is not None
        assert found.__dict__.keys() == User.objects.get(pk=person.pk).__dict__.keys()
    assert asked.one(name="nobody") is None
    assert plans() == before + 1


def test_related_rows_come_with_it(cast: Any, django_assert_num_queries: Any) -> None:
    membership = cast.analyst.memberships.model
    asked = Prepared(lambda: membership.objects.filter(user=given("who")).select_related("team"))
    assert [each.team for each in asked.objects(who=cast.analyst.pk)] == [cast.team]
    with django_assert_num_queries(1):
        assert [each.team for each in asked.objects(who=cast.analyst.pk)] == [cast.team]


def test_a_list_may_be_empty(cast: Any) -> None:
    asked = Prepared(lambda: User.objects.filter(one_of_given("username", "names")).values_list("username"))
    assert asked.rows(names=[cast.analyst.username, "nobody"]) == [(cast.analyst.username,)]
    assert asked.rows(names=[]) == []


def test_another_connection_plans_it_anew(cast: Any) -> None:
    asked = named()
    assert asked.one(name=cast.analyst.username)
    connection.close()
    assert asked.one(name=cast.analyst.username)


def test_a_transaction_that_was_rolled_back_leaves_the_plan(cast: Any) -> None:
    asked = named()
    with transaction.atomic():
        assert asked.one(name=cast.analyst.username)
        transaction.set_rollback(True)
    assert asked.one(name=cast.analyst.username)


def test_a_value_is_never_part_of_the_statement(cast: Any) -> None:
    assert named().one(name="' OR true --") is None
    assert named().one(name="%s") is None


def test_changes_tell_how_many_rows(cast: Any) -> None:
    rename = Change(lambda: User.objects.filter(pk=given("who")), name=given("name"), email=F("username"))
    assert rename.count(who=cast.analyst.pk, name="Kim") == 1
    assert rename.count(who=cast.partner.pk, name="100 %") == 1
    assert rename.count(who=uuid4(), name="nobody") == 0
    assert change(User, cast.partner.pk, is_active=False) == 1
    cast.analyst.refresh_from_db()
    cast.partner.refresh_from_db()
    assert (cast.analyst.name, cast.analyst.email) == ("Kim", cast.analyst.username)
    assert (cast.partner.name, cast.partner.is_active) == ("100 %", False)


def test_blanks_of_a_handwritten_one_may_come_twice() -> None:
    twice = by_hand("twice", "SELECT %(n)s::int + %(n)s::int, %(word)s::text, 5 %% 3")
    assert twice.rows({"n": 2, "word": "a"}) == [(4, "a", 2)]
