"""Asking from outside whether something is there."""

import json
import socket
import urllib.error
import urllib.request
from typing import Any


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def health(url: str) -> tuple[int, dict[str, Any]]:
    """Status and content of the portal's /healthz; (0, {}) when nobody answers."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            return answer.status, _json_or_empty(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _json_or_empty(error.read())
    except OSError:
        return 0, {}


def _json_or_empty(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
