"""Statements that are written once and planned once: for those asked of every mail, that costs more than running them.

The plan lives in the connection, which therefore has to be a session of PostgreSQL's own: a pool that changes it from
one transaction to the next would forget the plan. Readers and doors need such a session anyhow, for LISTEN and locks.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from psycopg2.extensions import AsIs

M = TypeVar("M", bound=Model)

_NAMED = re.compile(r"%\((\w+)\)s")
_numbers = itertools.count(1)
_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # statements by connection of psycopg2


@dataclass(frozen=True)
class Blank:
    """Stands in a statement's parameters until it is asked."""

    name: str


def given(name: str) -> RawSQL:
    """A value that is given when the query is asked, under this name."""
    return RawSQL("%s", [Blank(name)])


def one_of_given(column: str, name: str) -> RawSQL:
    """A condition: the column holds one of the values of a list that is given under this name."""
    sql = f"{column} = ANY(%s)"
    return RawSQL(sql, [Blank(name)], output_field=BooleanField())  # noqa: S611 - the column is named by our own code


class Statement:
    """SQL with `%s` for each of `params`; those that are Blank are given at each question. `name` need not be unique:
    it is what the database's own lists of running statements show."""

    def __init__(self, name: str, sql: str, params: Sequence[Any]) -> None:
        self._name = f"{name}_{next(_numbers)}"
        self._blanks = list(dict.fromkeys(each.name for each in params if isinstance(each, Blank)))
        places = {blank: AsIs(f"${n}") for n, blank in enumerate(self._blanks, start=1)}
        self._plan = f"PREPARE {self._name} AS {sql}"
        self._params = [places[each.name] if isinstance(each, Blank) else each for each in params]
        self._ask = f"EXECUTE {self._name}" + (f" ({', '.join(['%s'] * len(places))})" if places else "")

    def rows(self, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows that it gives back; for a statement without any, use `count`."""
        return self._asked(given, lambda cursor: cursor.fetchall())

    def count(self, given: Mapping[str, Any]) -> int:
        """How many rows it found or changed."""
        return self._asked(given, lambda cursor: cursor.rowcount)

    def _asked(self, given: Mapping[str, Any], take: Callable[[Any], Any]) -> Any:
        with connection.cursor() as cursor:
            self._make_known()
            cursor.execute(self._ask, [given[blank] for blank in self._blanks])
            return take(cursor)

    def _make_known(self) -> None:
        raw = connection.connection
        planned = _planned.setdefault(raw, set())
        if self._name not in planned:
            with connection.wrap_database_errors, raw.cursor() as cursor:
                cursor.execute(self._plan, self._params)
            planned.add(self._name)


def by_hand(name: str, sql: str) -> Statement:
    """A statement whose blanks stand in it as `%(mail)s`."""
    return Statement(name, _NAMED.sub("%s", sql), [Blank(blank) for blank in _NAMED.findall(sql)])


class Prepared(Generic[M]):
    """`Prepared(lambda: Mail.objects.filter(pk=given("mail")))`, asked with `.rows(mail=pk)` or `.one(mail=pk)`.

    The lambda is called at the first question, once: all that may differ between two questions has to be `given`.
    """

    def __init__(self, query: Callable[[], QuerySet[M, Any]]) -> None:
        self._query = query

    @cached_property
    def _compiled(self) -> tuple[Any, Statement]:
        asked = self._query()
        compiler = asked.query.get_compiler(DEFAULT_DB_ALIAS)
        return compiler, Statement(str(asked.model._meta.model_name), *compiler.as_sql())

    @cached_property
    def _shape(self) -> tuple[type[M], slice, list[str], list[Any], Any]:
        """How Django makes objects of rows: the model, its columns, their names, the related ones, conversions."""
        compiler = self._compiled[0]
        info, select = compiler.klass_info, compiler.select
        own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column[0].target.attname for column in select[own]]
        related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of a later Django
        return info["model"], own, names, related, compiler.get_converters([column[0] for column in select])

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """The columns of a `values_list`, as the database gives them."""
        return self._compiled[1].rows(given)

    def objects(self, **given: Any) -> list[M]:
        """The rows as objects of the model, with those that `select_related` names."""
        return list(self._made_of(self.rows(**given)))

    def one(self, **given: Any) -> M | None:
        return next(self._made_of(self.rows(**given)), None)

    def _made_of(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[M]:
        model, own, names, related, converters = self._shape
        if converters:
            rows = self._compiled[0].apply_converters(rows, converters)
        for row in rows:
            made = model.from_db(DEFAULT_DB_ALIAS, names, row[own])
            for populator in related:
                populator.populate(row, made)
            yield made


class Change:
    """`Change(lambda: Mail.objects.filter(pk=given("mail")), filed_at=Now())`, made with `.count(mail=pk)`."""

    def __init__(self, query: Callable[[], QuerySet[Any, Any]], **values: Any) -> None:
        self._query, self._values = query, values

    @cached_property
    def _statement(self) -> Statement:
        changed = self._query().order_by()
        query = cast(UpdateQuery, changed.query.chain(UpdateQuery))
        query.add_update_values(self._values)
        return Statement(f"change_{changed.model._meta.model_name}", *query.get_compiler(DEFAULT_DB_ALIAS).as_sql())

    def count(self, **given: Any) -> int:
        """How many rows were changed."""
        return self._statement.count(given)


def change(model: type[Model], pk: UUID, **values: Any) -> int:
    """`model.objects.filter(pk=pk).update(**values)`, with keys instead of objects.

    A new statement for each set of names and for each expression among the values: not for `Now() + pause`.
    """
    written = {name: value for name, value in values.items() if hasattr(value, "resolve_expression")}
    plain = {f"to_{name}": value for name, value in values.items() if name not in written}
    return _changing(model, tuple(values), tuple(written.items())).count(pk=pk, **plain)


@cache
def _changing(model: type[Model], names: tuple[str, ...], written: tuple[tuple[str, Any], ...]) -> Change:
    values = {name: given(f"to_{name}") for name in names} | dict(written)
    return Change(lambda: model._default_manager.filter(pk=given("pk")), **values)
