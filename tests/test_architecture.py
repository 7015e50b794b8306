"""What the design promises and a reader would otherwise have to believe."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from dashboards import diagrams

ROOT = Path(settings.BASE_DIR)
ROOMS = ("audit", "keys", "accounts", "platforms", "mailroom", "cases", "takedowns", "notices", "dashboards")
PRODUCT = (*ROOMS, "kcsc_portal", "sandbox")
FIELDS = ("status", "state", "standing")

# The one writer of each machine: file, function. Queue rows that are born in a state are born in their model.
WRITERS = {
    ("cases/services/files.py", "_move_report"),
    ("cases/services/files.py", "_move_case"),
    ("cases/services/settling.py", "settle"),
    ("takedowns/services/requests.py", "move"),
    ("takedowns/services/claims.py", "move_claim"),
    ("takedowns/services/free_letters.py", "_move"),
    ("mailroom/services/inbox.py", "move"),
    ("mailroom/services/outbox.py", "move"),
    ("mailroom/services/domains.py", "_move"),
    ("mailroom/services/sending.py", "_lease"),
    ("platforms/services.py", "_move"),
}


def sources(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(path.read_text())


def status_writers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(function, line) of each place that sets a status: assignment, update(), create(), change()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Change" and _sets_a_status(node):
            yield "Change", node.lineno
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                flat = [part for target in targets for part in getattr(target, "elts", [target])]
                if any(isinstance(part, ast.Attribute) and part.attr in FIELDS for part in flat):
                    yield function.name, node.lineno
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in {"update", "create", "get_or_create", "update_or_create"} and _sets_a_status(node):
                    yield function.name, node.lineno
                if node.func.attr == "bulk_update" and any(
                    isinstance(part, ast.Constant) and part.value in FIELDS for part in ast.walk(node)
                ):
                    yield function.name, node.lineno
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "change" and _sets_a_status(node):
                yield function.name, node.lineno


def _sets_a_status(call: ast.Call) -> bool:
    return any(keyword.arg in FIELDS for keyword in call.keywords)


def test_one_writer_for_each_status() -> None:
    found = {(name, function) for name, tree in sources(*PRODUCT) for function, _line in status_writers(tree)}
    assert found - WRITERS == set(), "set a status in the room's move() only"
    assert WRITERS - found == set(), "a writer is gone: take it off this list"


def test_no_signals_between_rooms() -> None:
    """Django's signals are used in one place: the log-in events in accounts/apps.py."""
    used = []
    for name, tree in sources(*PRODUCT):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django"):
                names = {alias.name for alias in node.names}
                if (node.module or "").endswith("signals") or "receiver" in names or "Signal" in names:
                    used.append(name)
    assert set(used) <= {"accounts/apps.py"}


def test_no_save_override_and_no_admin() -> None:
    for name, tree in sources(*ROOMS):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                overridden = {part.name for part in node.body if isinstance(part, ast.FunctionDef)} & {"save", "delete"}
                assert not overridden, f"{name}: {node.name} overrides {overridden}"
    assert not [app for app in settings.INSTALLED_APPS if app.startswith("django.contrib.admin")]


def test_no_junk_drawers() -> None:
    drawers = {"utils", "common", "core", "helpers", "misc"}
    assert not [name for name, _tree in sources(*PRODUCT) if drawers & set(Path(name).with_suffix("").parts)]


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides a circle. Allowed where Django itself asks for it: manage.py and ready()."""
    hidden = []
    for name, tree in sources(*PRODUCT):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name != "ready":
                hidden += [
                    f"{name}:{n.lineno}" for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)
                ]
    assert hidden == []


def test_tasks_are_short() -> None:
    for name, tree in sources(*ROOMS):
        if Path(name).name == "tasks.py":
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    assert (node.end_lineno or 0) - node.lineno < 10, f"{name}: {node.name}"


def test_files_stay_readable() -> None:
    long = {name: lines for name, _tree in sources(*PRODUCT) if (lines := (ROOT / name).read_text().count("\n")) > 400}
    assert long == {}


def test_layers_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_diagrams_are_fresh() -> None:
    stored = (ROOT / "docs" / "STATES.md").read_text()
    assert stored == diagrams.page(), "run `manage.py draw_states`"


@pytest.mark.parametrize("machine", diagrams.MACHINES, ids=lambda machine: machine[0])
def test_every_state_has_its_transitions(machine) -> None:
    _title, states, transitions = machine
    assert set(transitions) == set(states)
