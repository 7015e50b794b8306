"""What every test stands on: real servers of its own, the app role's rights, and no network but loopback."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

import psycopg2.extensions
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from sandbox.processes import CannotStart
from tests import servers
from tests.cast import cast  # noqa: F401
from tests.house import house  # noqa: F401

_started: list[servers.Servers] = []


def pytest_configure(config: pytest.Config) -> None:
    workers = getattr(config.option, "numprocesses", None)
    if workers and not config.option.collectonly and not hasattr(config, "workerinput"):
        _start_servers()  # before the workers are born: they inherit the addresses


def pytest_unconfigure(config: pytest.Config) -> None:
    while _started:
        _started.pop().stop()


def _start_servers() -> None:
    run = servers.Servers()
    _started.append(run)
    try:
        run.start()
    except (servers.Unusable, CannotStart) as problem:
        pytest.exit(str(problem), returncode=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses the database uses both of them."""
    for item in items:
        asked = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if asked is None and not fixtures & {"db", "transactional_db", "live_server"}:
            continue
        kwargs: dict[str, Any] = dict(asked.kwargs) if asked else {}
        if asked and asked.args:
            kwargs["transaction"] = asked.args[0]
        item.add_marker(pytest.mark.django_db(**({"databases": "__all__"} | kwargs)), append=False)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    if "PORTAL_TEST_FOLDER" not in os.environ:
        _start_servers()
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    settings.CELERY_BROKER_URL = os.environ["REDIS_URL"]
    with django_db_blocker.unblock():
        for alias, name in servers.ALIASES.items():
            connections[alias].close()
            connections[alias].settings_dict.update(_parsed(os.environ[name]))
        names = servers.make_databases(worker)
        for alias, name in names.items():
            connections[alias].settings_dict["NAME"] = name
        yield
        for alias in names:
            connections[alias].close()
        servers.drop_databases(names)


def _parsed(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {"HOST": parts.hostname, "PORT": parts.port, "USER": parts.username, "PASSWORD": parts.password or ""}


def _empty_as_owner(self: TransactionTestCase) -> None:
    for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        servers.empty(alias)


# Django flushes as whoever is connected, and the app role must not be able to.
TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Services and rules that a test calls itself answer in English; a page still chooses its reader's language."""
    with translation.override("en"):
        yield


@pytest.fixture
def owner_cursor(django_db_setup: None) -> Callable[..., AbstractContextManager[psycopg2.extensions.cursor]]:
    """`with owner_cursor("default") as cursor:` acts as the owner role, in autocommit, on a connection of its own."""

    def as_owner(alias: str = "default") -> AbstractContextManager[psycopg2.extensions.cursor]:
        return servers.connect(servers.owner_url(alias))

    return as_owner


class OutsideWorld(RuntimeError):
    """A test tried to reach another machine."""


def _loopback_only(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple) and not _is_near(args[1][0]):
        raise OutsideWorld(f"a test connects to {args[1]}")
    if event == "socket.getaddrinfo" and args[0] is not None and not _is_near(args[0]):
        raise OutsideWorld(f"a test looks up {args[0]!r}")


def _is_near(host: str | bytes) -> bool:
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    return name in {"localhost", "::1", ""} or name.startswith("127.")


sys.addaudithook(_loopback_only)
