"""The sandbox's processes: one start, one stop, nothing left behind, one clear line when something is wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.environment import PORTS_FILE, running, variables
from sandbox.parts import ROOT
from sandbox.processes import CannotStart, free_port
from sandbox.secret_values import make
from sandbox.stack import Stack
from tests.servers import connect, without_servers
from tests.waiting import until

SMALL = ("postgres", "valkey", "web")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def lines() -> list[str]:
    """What the stack said."""
    return []


@pytest.fixture
def stack(tmp_path: Path, lines: list[str]) -> Iterator[Stack]:
    tmp_path.chmod(0o755)
    stack = Stack(
        var=tmp_path / "var", only=SMALL, seed=False, durable=False, given=without_servers(), say=lines.append
    )
    yield stack
    stack.stop_all()


def test_a_stack_starts_is_healthy_and_leaves_nothing(stack: Stack, lines: list[str]):
    stack.start_all()
    assert stack.health() == (200, {"status": "ok", "database": "ok", "keys_database": "ok", "broker": "ok"})
    assert running(stack.var) is not None
    pids = [stack.pid(name) for name in SMALL]

    stack.kill("valkey")
    assert stack.health()[1]["status"] == "degraded"
    assert stack.health()[0] == 200
    stack.start("valkey")
    assert stack.health()[1]["broker"] == "ok"

    stack.kill("postgres")
    assert stack.health() == (503, {"status": "down", "database": "down", "keys_database": "down", "broker": "ok"})
    stack.start("postgres")
    until(lambda: stack.health()[0] == 200, what="the page finds its way back to the database")

    os.kill(stack.pid("web"), signal.SIGKILL)
    until(lambda: not alive(pids[2]), what="the web process is gone")

    def watched_and_healthy() -> bool:
        stack.watch_once()
        return stack.health()[0] == 200

    until(watched_and_healthy, what="the web process is started again")
    assert any("web has stopped (SIGKILL" in line for line in lines)

    with connect(stack.postgres.url("portal", "portal_owner")) as cursor:
        cursor.execute("CREATE TABLE kept (word text)")
    pids += [stack.pid(name) for name in SMALL]
    stack.stop_all()
    assert not [pid for pid in pids if alive(pid)]
    assert not (stack.var / PORTS_FILE).exists()

    assert lines.count("migrate is done") == 1
    stack.parts = frozenset({"postgres"})
    stack.start_all()
    assert lines.count("migrate is done") == 1  # nothing was new: the second start does not spend time on it
    with connect(stack.postgres.url("portal", "portal_app")) as cursor:
        cursor.execute("SELECT count(*) FROM kept")

    stack.kill("postgres")
    stack.start("postgres")
    os.kill(stack.pid("postgres"), signal.SIGKILL)
    until(lambda: not alive(stack.pid("postgres")), what="the database is gone")
    with pytest.raises(CannotStart, match="PostgreSQL has stopped"):
        stack.watch_once()


def test_a_second_sandbox_in_the_same_folder_is_refused(stack: Stack):
    stack.parts = frozenset({"valkey"})
    stack.start_all()
    second = Stack(var=stack.var, only=["valkey"], given=without_servers())
    with pytest.raises(CannotStart, match="already running"):
        second.start_all()
    assert stack.valkey.answers()


def make_run(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox.run"],
        cwd=ROOT,
        env=without_servers() | {"PORTAL_VAR": str(tmp_path / "var")} | changes,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_told_in_one_line(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = make_run(tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {port} is taken by another program" in done.stderr


def test_a_port_that_is_no_number_is_told_in_one_line(tmp_path: Path):
    done = make_run(tmp_path, PORT="web")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "PORT must be a number" in done.stderr


def test_a_named_database_that_is_dead_is_told_in_one_line(tmp_path: Path):
    dead = f"postgresql://nobody:secret-word@127.0.0.1:{free_port()}/portal"
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL")
    done = make_run(tmp_path, PORT=str(free_port()), REDIS_URL="redis://127.0.0.1:1/0", **dict.fromkeys(names, dead))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "The database named in DATABASE_URL cannot be used" in done.stderr
    assert "secret-word" not in done.stderr + done.stdout


def test_a_named_database_without_its_owner_is_told(tmp_path: Path):
    stack = Stack(
        var=tmp_path / "var",
        only=["valkey"],
        given={"DATABASE_URL": "postgresql://127.0.0.1:1/a", "KEYS_DATABASE_URL": "postgresql://127.0.0.1:1/b"},
    )
    with pytest.raises(CannotStart, match="DATABASE_OWNER_URL is not"):
        stack.start_all()


def test_the_environment_wins_over_the_embedded_servers():
    given = {
        "DATABASE_URL": "postgresql://db.example/portal",
        "REDIS_URL": "redis://broker.example/0",
        "EMAIL_HOST": "mail.example",
        "UNRELATED": "x",
    }
    values = variables(ports={"postgres": 1, "valkey": 2, "relay": 3, "door": 4}, secrets=make(), given=given)
    assert values["DATABASE_URL"] == given["DATABASE_URL"]
    assert values["REDIS_URL"] == given["REDIS_URL"]
    assert not {"EMAIL_HOST", "EMAIL_PORT"} & values.keys()  # our relay's port on another's host would be nobody's
    assert "DATABASE_OWNER_URL" not in values
    assert "@127.0.0.1:1/portal_keys" in values["KEYS_DATABASE_URL"]
    assert "UNRELATED" not in values


def test_the_portals_own_processes_never_hold_the_owners_password(stack: Stack):
    stack.ports["postgres"] = 1
    assert stack.secrets.owner_password not in json.dumps(stack.environment())


def test_children_end_when_their_parent_is_killed(tmp_path: Path):
    script = (
        "import time; from pathlib import Path; from sandbox.processes import spawn;"
        f"print(spawn(['sleep', '600'], log=Path({str(tmp_path)!r}) / 'log').pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    until(lambda: not alive(child), timeout=5, what="the child has ended with its parent")


def test_commands_say_so_when_no_sandbox_runs(tmp_path: Path):
    var = tmp_path / "var"
    Stack(var=var, only=[], given=without_servers())
    command = [sys.executable, "manage.py", "showmigrations"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=without_servers() | {"PORTAL_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ("The sandbox is not running: start it with `make run`, or name a server in DATABASE_URL.\n")
