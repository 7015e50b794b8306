"""Queries that Django writes once: for those asked of every mail, writing the SQL costs more than running it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Blank:
    """Stands in a query's parameters until it is asked."""

    name: str


def given(name: str) -> RawSQL:
    """A value that is given when the query is asked, under this name."""
    return RawSQL("%s", [Blank(name)])


class Prepared(Generic[M]):
    """`Prepared(lambda: Mail.objects.filter(pk=given("mail")))`, asked with `.rows(mail=pk)` or `.one(mail=pk)`.

    The lambda is called at the first question, once: all that may differ between two questions has to be `given`.
    """

    def __init__(self, query: Callable[[], QuerySet[M, Any]]) -> None:
        self._query = query

    @cached_property
    def _written(self) -> tuple[type[M], str, Sequence[Any]]:
        asked = self._query()
        sql, params = asked.query.sql_with_params()
        return asked.model, sql, params

    def _filled(self, given: dict[str, Any]) -> list[Any]:
        _model, _sql, params = self._written
        return [given[each.name] if isinstance(each, Blank) else each for each in params]

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """The columns of a `values_list`, as the database gives them."""
        with connection.cursor() as cursor:
            cursor.execute(self._written[1], self._filled(given))
            return cursor.fetchall()

    def objects(self, **given: Any) -> list[M]:
        """The rows as objects of the model, without related ones."""
        model, sql, _params = self._written
        return list(model._default_manager.raw(sql, self._filled(given)))

    def one(self, **given: Any) -> M | None:
        return next(iter(self.objects(**given)), None)
