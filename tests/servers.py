"""The servers of one test run: own PostgreSQL and Valkey in a temporary folder, gone at the end whatever happens."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from django.core.management import call_command
from django.db import connections
from psycopg2.errors import DeadlockDetected

from sandbox.environment import variables
from sandbox.postgres import Postgres
from sandbox.secret_values import SecretValues, load_or_make
from sandbox.valkey import Valkey

PREFIX = "portal-tests-"
ALIASES = {"default": "DATABASE_URL", "keys": "KEYS_DATABASE_URL"}
# Tables that migrations fill and no test may empty.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
TRIES = 5  # of emptying them, when servers of a test stand in the way


class Unusable(Exception):
    """The databases named in the environment are not for tests; the message is one line."""


class Servers:
    """Started once by the process that runs pytest; its workers find the addresses in their environment."""

    def __init__(self) -> None:
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.folder.chmod(0o755)  # the server's user is not always ours
        self.secrets: SecretValues = load_or_make(self.folder)
        self.postgres = Postgres(self.folder / "postgres", self.secrets, durable=False)
        self.valkey = Valkey(self.folder / "valkey")
        self.given = dict(os.environ)

    def start(self) -> None:
        """Raises Unusable when the environment names databases that no test should touch."""
        _refuse_real_databases(_from_outside(self.given))
        ports = {}
        if not {"DATABASE_URL", "KEYS_DATABASE_URL"} <= set(_from_outside(self.given)):
            self.postgres.start()
            _let_owner_copy_databases(self.postgres)
            ports["postgres"] = self.postgres.port
        if "REDIS_URL" not in self.given:
            self.valkey.start()
            ports["valkey"] = self.valkey.port
        os.environ.update(variables(ports=ports, secrets=self.secrets, given=_from_outside(self.given)))
        os.environ["PORTAL_TEST_FOLDER"] = str(self.folder)

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def without_servers() -> dict[str, str]:
    """Our environment less what names this run's servers and secrets: for a sandbox.stack.Stack of a test's own."""
    ours = {*ALIASES.values(), "DATABASE_OWNER_URL", "KEYS_DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    ours |= {"SECRET_KEY", "MASTER_KEYS", "BLIND_INDEX_KEY", "MAIL_DOMAIN"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _from_outside(given: dict[str, str]) -> dict[str, str]:
    # tests/settings.py fills missing addresses with one that nobody answers at.
    return {name: value for name, value in given.items() if "@127.0.0.1:1/" not in value}


def _refuse_real_databases(given: dict[str, str]) -> None:
    for name in ALIASES.values():
        if name not in given:
            continue
        if "test" not in urlsplit(given[name]).path:
            raise Unusable(f"{name} names a database without 'test' in its name: tests migrate it and copy it.")
        owner = name.replace("DATABASE_URL", "DATABASE_OWNER_URL")
        if owner not in given:
            raise Unusable(f"{name} is set, {owner} is not: the tests migrate and copy databases as that role.")


def _let_owner_copy_databases(server: Postgres) -> None:
    with connect(server.url("postgres", "postgres")) as cursor:
        cursor.execute("ALTER ROLE portal_owner CREATEDB")


def _sweep() -> None:
    """Remove folders of runs that were killed; the kernel ended their servers."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def connect(url: str) -> Iterator[psycopg2.extensions.cursor]:
    """An autocommit cursor of its own on `url`, closed at the end."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def owner_url(alias: str) -> str:
    """Address of this worker's database for the owner role."""
    name = "DATABASE_OWNER_URL" if alias == "default" else "KEYS_DATABASE_OWNER_URL"
    return _with_database(os.environ[name], str(connections[alias].settings_dict["NAME"]))


def _with_database(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _template(alias: str) -> str:
    return urlsplit(os.environ[ALIASES[alias]]).path.lstrip("/")


def make_databases(worker: str) -> dict[str, str]:
    """Migrate one template for each alias, once a run, and copy it for `worker`. Returns alias -> database name."""
    folder = Path(os.environ["PORTAL_TEST_FOLDER"])
    marker = folder / f"migrated-{_migrations_digest()}"
    names = {}
    with (folder / "migrating.lock").open("w") as lock:
        flock(lock, LOCK_EX)  # nobody may be connected to a template while it is copied, so copies queue up too
        if not marker.exists():
            for alias in ALIASES:
                _migrate(alias)
            marker.touch()
        for alias in ALIASES:
            names[alias] = f"{_template(alias)}_test_{worker}_{os.getpid()}"
            with connect(_with_database(owner_url(alias), "postgres")) as cursor:
                cursor.execute(f'CREATE DATABASE "{names[alias]}" TEMPLATE "{_template(alias)}"')
    return names


def drop_databases(names: dict[str, str]) -> None:
    for alias, name in names.items():
        with connect(_with_database(owner_url(alias), "postgres")) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _migrate(alias: str) -> None:
    """Run `migrate` on the template as the owner role, which makes the tables that the app role may only use."""
    connection = connections[alias]
    owner = urlsplit(owner_url(alias))
    changed = {"USER": owner.username, "PASSWORD": owner.password or "", "NAME": _template(alias)}
    before = {name: connection.settings_dict[name] for name in changed}
    connection.close()
    connection.settings_dict.update(changed)
    try:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.parent.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def empty(alias: str) -> None:
    """Empty every table of this worker's database, as owner: the app role may not touch what audit protects."""
    with connect(owner_url(alias)) as cursor:
        cursor.execute("SET lock_timeout = '10s'")  # a forgotten open transaction elsewhere shows itself
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)",
            [list(KEPT)],
        )
        tables = [name for (name,) in cursor.fetchall()]
        if not tables:
            return
        cursor.execute(
            "SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & 32 = 32"  # fires on TRUNCATE
        )
        guards = cursor.fetchall()
        steps = [f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" for table, trigger in guards]
        steps += [f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"]
        steps += [f"ALTER TABLE {table} ENABLE TRIGGER {trigger}" for table, trigger in guards]
        for left in reversed(range(TRIES)):
            try:
                cursor.execute(f"BEGIN; {'; '.join(steps)}; COMMIT")
                return
            except DeadlockDetected:
                # Servers of a module go on reading while a test of theirs ends, in an order of their own:
                # PostgreSQL ends one of two that wait for each other, and then the other has gone by.
                cursor.execute("ROLLBACK")
                if not left:
                    raise
