"""The real mail processes under production's settings, on this worker's database."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def environment(**more: object) -> dict[str, str]:
    given = {
        "DJANGO_SETTINGS_MODULE": "kcsc_portal.settings",
        "DATABASE_URL": _url("default"),
        "KEYS_DATABASE_URL": _url("keys"),
        "MAIL_DOMAIN": settings.MAIL_DOMAIN,
        "MAIL_SMTP_TIMEOUT": 10,
        "MAIL_LEASE": 30,
        "MAIL_POLL_SECONDS": 0.1,
        "MAIL_RETRY_SECONDS": "0.1",
        "MAIL_RECONNECT_SECONDS": 0.1,
        "MAIL_DOMAIN_PER_MINUTE": 0,
        "MAIL_CANARY_SECONDS": 0,
        "MAIL_BEAT_SECONDS": 0.3,
        "LOG_LEVEL": "WARNING",
    }
    return os.environ | {name: str(value) for name, value in (given | more).items()}


def _url(alias: str) -> str:
    at: dict[str, Any] = connections[alias].settings_dict
    return f"postgresql://{at['USER']}:{quote(at['PASSWORD'], safe='')}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def cut_off_databases() -> None:
    """End every other session of this worker's two databases, as a restart of the server does."""
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )


@contextmanager
def manage(command: str, **more: object) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py command` until the block ends; then Ctrl-C, and kill if that does not help."""
    process = subprocess.Popen([sys.executable, "manage.py", command], cwd=ROOT, env=environment(**more))
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
