"""Every process of a running sandbox, started and stopped in the right order.

    with Stack(var=folder, web_port=free_port()) as stack:   # tests
        stack.kill("sender"); stack.start("sender")

`make run` (sandbox/run.py) is the same with a watch over the processes. Several can run on one machine, each in a
`var` folder of its own.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg2

from sandbox.environment import PORTS_FILE, variables
from sandbox.parts import COMMANDS, LEVELS, PARTS, ROOT, Surroundings
from sandbox.postgres import Postgres
from sandbox.probing import health, listens
from sandbox.processes import CannotStart, ending, free_port, kill_group, last_line, port_is_taken, spawn
from sandbox.secret_values import load_or_make
from sandbox.statics import TARGET, Collecting, folder
from sandbox.valkey import Valkey

SECONDS_TO_STOP = 10.0
SECONDS_TO_ANSWER = 30.0
LONGEST_PAUSE = 30.0  # before a process that keeps dying is started once more


@dataclass
class Child:
    """One running process of the stack."""

    process: subprocess.Popen[bytes]
    log: Path
    started: float


class Stack:
    """The sandbox in folder `var`: databases, broker, mail relay, simulated platform and the portal's own processes.

    `only` leaves the other parts out. `web_port` must be free. `extra` adds environment variables for the portal's
    processes. With `robot` the platform answers by itself. `say` gets one line for each thing worth knowing. `given` is
    the environment whose DATABASE_URL, KEYS_DATABASE_URL, REDIS_URL and EMAIL_* win over the embedded servers.
    """

    def __init__(
        self,
        *,
        var: Path,
        web_port: int | None = None,
        only: Iterable[str] = PARTS,
        seed: bool = True,
        durable: bool = True,
        robot: bool = False,
        extra: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.var = var.resolve()
        self.parts = frozenset(only)
        self.seed = seed
        self.robot = robot
        self.extra = dict(extra or {})
        self.given = dict(os.environ if given is None else given)
        self.say = say
        self.ports: dict[str, int] = {"web": web_port or free_port()}
        self.children: dict[str, Child] = {}
        self._lock: IO[str] | None = None
        self._logging: set[str] = set()
        self._again: dict[str, tuple[float, float]] = {}  # name -> (not before, last pause)
        self.var.mkdir(parents=True, exist_ok=True)
        self.secrets = load_or_make(self.var)
        self.static = folder()
        self.postgres = Postgres(self.var / "postgres", self.secrets, durable=durable)
        self.valkey = Valkey(self.var / "valkey")

    # The whole

    def __enter__(self) -> "Stack":
        self.start_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    @property
    def liaison_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['platform']}/liaison/"

    @property
    def is_ours(self) -> bool:
        """Whether this stack holds its folder: False before start_all(), and when another sandbox runs there."""
        return self._lock is not None

    def start_all(self) -> None:
        """From nothing to a portal that answers. Raises CannotStart with one line, everything stopped again."""
        self._take_folder()
        try:
            self._start_all()
        except BaseException:
            self.stop_all()
            raise

    def _start_all(self) -> None:
        if "web" in self.parts and port_is_taken(self.ports["web"]):
            raise CannotStart(
                f"Port {self.ports['web']} is taken by another program: stop it, or choose another port, as in"
                f" PORT={self.ports['web'] + 1} make run"
            )
        for name in ("relay", "platform", "platform_mail", "door"):
            self.ports[name] = free_port()
        if "EMAIL_HOST" in self.given:
            del self.ports["relay"]
        collecting = Collecting(environment=self.environment(), log=self._log("collect"))
        with collecting if "web" in self.parts else contextlib.nullcontext():
            self._start_levels(collecting)
        if "web" in self.parts:
            self._await_health()

    def _start_levels(self, collecting: Collecting) -> None:
        for level in LEVELS:
            ours = [name for name in level if self._is_ours(name)]
            if "web" in ours:
                collecting.wait()
            for name in ours:
                self._spawn(name)
            for name in ours:
                self._await_port(name)
            if level[0] == "postgres":
                self._write_ports()
                self._prepare_databases()

    def stop_all(self) -> None:
        """Stop everything, the databases last. Does nothing the second time."""
        for level in reversed(LEVELS):
            self._end([name for name in level if name in self.children])
        (self.var / PORTS_FILE).unlink(missing_ok=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    def watch_once(self) -> None:
        """Start again what has died. Raises CannotStart when it was the database: nothing works without it."""
        now = time.monotonic()
        for name, child in list(self.children.items()):
            code = child.process.poll()
            if code is None:
                continue
            if name == "postgres":
                raise CannotStart(f"PostgreSQL has stopped ({ending(code)}): {last_line(child.log)}")
            pause = self._pause(name, child, now)
            words = f"{name} has stopped ({ending(code)}: {last_line(child.log)[:160]})"
            self.say(f"{words}; starting it again" + (f" in {pause:.0f} s" if pause else ""))
            del self.children[name]
            self._again[name] = (now + pause, max(pause, 0.5))
        for name, (not_before, last_pause) in list(self._again.items()):
            if now >= not_before and name not in self.children:
                self._start_once_more(name, now, last_pause)

    def _start_once_more(self, name: str, now: float, last_pause: float) -> None:
        try:
            self.start(name)
        except CannotStart as problem:
            pause = min(max(last_pause * 2, 1.0), LONGEST_PAUSE)
            self.say(f"{problem}; next try in {pause:.0f} s")
            self._again[name] = (now + pause, pause)

    def _pause(self, name: str, child: Child, now: float) -> float:
        if now - child.started > LONGEST_PAUSE or name not in self._again:
            return 0.0
        return min(self._again[name][1] * 2, LONGEST_PAUSE)

    # One process

    def start(self, name: str) -> None:
        """Start one part by its name and wait until it listens, if it listens. Raises CannotStart."""
        self._spawn(name)
        self._await_port(name)

    def _spawn(self, name: str) -> None:
        if name in self.children:
            return
        if name == "postgres":
            self._start_server(name, self.postgres)
        elif name == "valkey":
            self._start_server(name, self.valkey)
        else:
            log = self._log(name)
            process = spawn(self._command(name), log=log, env=self.environment(), cwd=ROOT)
            self.children[name] = Child(process, log, time.monotonic())

    def stop(self, name: str) -> None:
        """Ask one part to end, as a restart of the service would."""
        self._again.pop(name, None)
        self._end([name] if name in self.children else [])

    def kill(self, name: str) -> None:
        """kill -9, for the tests of bad days; it stays down until start(name) or the next watch_once()."""
        child = self.children.pop(name)
        kill_group(child.process)
        self._forget_server(name)

    def pid(self, name: str) -> int:
        return self.children[name].process.pid

    def log(self, name: str) -> str:
        """All that the part has said since the stack was made."""
        return self.children[name].log.read_text(errors="replace")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """`manage.py` with this stack's environment, to its end."""
        return self._python("manage.py", *command, env=self.environment())

    def environment(self) -> dict[str, str]:
        """What the portal's own processes see."""
        values = variables(ports=self.ports, secrets=self.secrets, given=self.given)
        owners = {"DATABASE_OWNER_URL", "KEYS_DATABASE_OWNER_URL"}  # only `migrate` may hold these
        return {
            **{name: value for name, value in self.given.items() if name not in owners},
            **{name: value for name, value in values.items() if name not in owners},
            "DJANGO_SETTINGS_MODULE": "sandbox.settings",
            "PORTAL_VAR": str(self.var),
            TARGET: str(self.static),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "",  # many processes, the same modules: compile them once
            "SANDBOX_LOGIN_PASSWORD": self.secrets.login_password,
            **self.extra,
        }

    # Inside

    def _take_folder(self) -> None:
        self._lock = (self.var / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise CannotStart(f"A sandbox is already running in {self.var}.") from None

    def _is_ours(self, name: str) -> bool:
        """Whether we start it: it was asked for, and the environment names no server that takes its place."""
        replaced = {
            "postgres": {"DATABASE_URL", "KEYS_DATABASE_URL"} <= self.given.keys(),
            "valkey": "REDIS_URL" in self.given,
            "relay": "EMAIL_HOST" in self.given,
        }
        return name in self.parts and not replaced.get(name, False)

    def _start_server(self, name: str, server: Postgres | Valkey) -> None:
        server.start()
        assert server.process is not None
        self.ports[name] = server.port
        self.children[name] = Child(server.process, server.log, time.monotonic())

    def _forget_server(self, name: str) -> None:
        if name == "postgres":
            self.postgres.process = None
        elif name == "valkey":
            self.valkey.process = None

    def _command(self, name: str) -> list[str]:
        return COMMANDS[name](Surroundings(self.var, self.ports, self.environment(), robot=self.robot))

    def _log(self, name: str) -> Path:
        """The part's log; last time's is put aside, a restart in between goes on writing."""
        log = self.var / "log" / f"{name}.log"
        if log.exists() and name not in self._logging:
            log.replace(log.with_suffix(".log.1"))
        self._logging.add(name)
        return log

    def _await_port(self, name: str) -> None:
        child = self.children[name]
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while name in self.ports and not listens(self.ports[name]):
            if child.process.poll() is not None or time.monotonic() > deadline:
                self._end([name])
                raise CannotStart(f"{name} does not start: {last_line(child.log)} (see {child.log})")
            time.sleep(0.05)
        self.say(f"{name} is up" + (f" on 127.0.0.1:{self.ports[name]}" if name in self.ports else ""))

    def _write_ports(self) -> None:
        # Beside the running sandbox `manage.py …` finds it by this file.
        path = self.var / PORTS_FILE
        making = path.with_suffix(".making")
        making.write_text(json.dumps({"pid": os.getpid(), "ports": self.ports}, indent=2))
        making.replace(path)

    def _prepare_databases(self) -> None:
        """Migrate as owner, seed as app; skipped when this folder's own databases have had the very same."""
        if "postgres" not in self.parts and "DATABASE_URL" not in self.given:
            return
        for name in ("DATABASE_URL", "KEYS_DATABASE_URL"):
            self._check_database(name)
        self._once("migrated", _digest(ROOT.glob("*/migrations/*.py")), self._migrate)
        if self.seed:
            self._once("seeded", _digest([ROOT / "sandbox" / "cast.py", *ROOT.glob("sandbox/seed*.py")]), self._seed)

    def _check_database(self, name: str) -> None:
        if name not in self.given:
            return
        owner = name.replace("DATABASE_URL", "DATABASE_OWNER_URL")
        if owner not in self.given:
            raise CannotStart(f"{name} is set, {owner} is not: migrations need the owner role (see docs/roles.sql).")
        for each in (name, owner):
            try:
                psycopg2.connect(self.given[each], connect_timeout=5).close()
            except psycopg2.Error as error:
                reason = str(error).strip().splitlines()[0]
                raise CannotStart(f"The database named in {each} cannot be used: {reason}") from None

    def _once(self, what: str, digest: str, do: Callable[[], None]) -> None:
        stamp = self.postgres.folder / what
        own = not {"DATABASE_URL", "KEYS_DATABASE_URL"} & self.given.keys()
        if own and stamp.exists() and stamp.read_text() == digest:
            return
        do()
        if own:
            stamp.write_text(digest)

    def _migrate(self) -> None:
        values = variables(ports=self.ports, secrets=self.secrets, given=self.given)
        owner = {
            name: self.given.get(key) or values[key]
            for name, key in (
                ("DATABASE_URL", "DATABASE_OWNER_URL"),
                ("KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL"),
            )
        }
        self._must("migrate", self._python("-m", "sandbox.migrate", env=self.environment() | owner))

    def _seed(self) -> None:
        self._must("seed_story", self.run("seed_story"))

    def _must(self, what: str, done: subprocess.CompletedProcess[str]) -> None:
        log = self._log(what)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr)
        if done.returncode != 0:
            raise CannotStart(f"{what} failed: {last_line(log)} (see {log})")
        self.say(f"{what} is done")

    def _python(self, *arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )

    def _await_health(self) -> None:
        child = self.children["web"]
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while (health := self.health())[0] != 200:
            if child.process.poll() is not None:
                raise CannotStart(f"web does not start: {last_line(child.log)} (see {child.log})")
            if time.monotonic() > deadline:
                raise CannotStart(f"the portal is not healthy: {health[1] or 'no answer'} (see {child.log})")
            time.sleep(0.1)
        if health[1].get("broker") == "down":
            self.say("the broker in REDIS_URL does not answer; letters leave and replies come in all the same")

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and content of /healthz; (0, {}) when nobody answers."""
        return health(self.url)

    def _end(self, names: list[str]) -> None:
        children = {name: self.children.pop(name) for name in names}
        for name, child in children.items():
            child.process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for name, child in children.items():
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{name} does not stop by itself; it is ended")
            kill_group(child.process)
            self._forget_server(name)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()
