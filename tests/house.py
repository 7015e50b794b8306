"""A whole house for tests: every real process of `make run`, on a folder and ports of its own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.cast import CAST
from sandbox.people import Person
from sandbox.stack import Stack
from tests.servers import without_servers

QUICK = {"MAIL_LEASE": "4", "MAIL_SMTP_TIMEOUT": "3", "MAIL_POLL_SECONDS": "0.3", "MAIL_RETRY_SECONDS": "0.5"}


class House:
    """The stack with its people: `person("analyst")` logs in, `liaison(...)` plays the platform's side."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.usernames = {person.role: person.username for person in CAST}

    def person(self, role: str) -> Person:
        return Person(self.stack.url, self.usernames[role], self.stack.secrets.login_password, language="en")

    def liaison(self, call: str, **body: Any) -> Any:
        """Ask the simulated platform's desk: inbox, remove, restore, publish, answer."""
        url = f"{self.stack.liaison_url}api/{call}"
        answer = httpx.post(url, json=body, timeout=30) if body else httpx.get(url, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def manage(self, *command: str) -> str:
        done = self.stack.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """One house a test process; tests use rooms and cases of their own in it."""
    with tempfile.TemporaryDirectory(prefix="portal-house-") as folder:
        Path(folder).chmod(0o755)  # the database's user is not always ours
        with Stack(var=Path(folder) / "var", durable=False, extra=QUICK, given=without_servers()) as stack:
            yield House(stack)
