"""What the sandbox's processes find in their environment: the same names that production uses (.env.example)."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.secret_values import FILE_NAME, SecretValues, load

MAIL_DOMAIN = "portal.test"
PORTS_FILE = "ports.json"  # written when the sandbox starts, taken away when it stops


def variables(*, ports: Mapping[str, int], secrets: SecretValues, given: Mapping[str, str]) -> dict[str, str]:
    """Names and values for a sandbox that listens on `ports`; what stands in `given` (the caller's own) wins."""

    def database(name: str, role: str, password: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{ports['postgres']}/{name}"

    ours = {
        "SECRET_KEY": secrets.secret_key,
        "MASTER_KEYS": secrets.master_keys,
        "BLIND_INDEX_KEY": secrets.blind_index_key,
        "MAIL_DOMAIN": MAIL_DOMAIN,
    }
    if "postgres" in ports:
        owner, app = ("portal_owner", secrets.owner_password), ("portal_app", secrets.app_password)
        ours |= {
            "DATABASE_URL": database("portal", *app),
            "KEYS_DATABASE_URL": database("portal_keys", *app),
        }
        # An owner's address belongs to its own server: never ours beside a server that was named from outside.
        if "DATABASE_URL" not in given:
            ours["DATABASE_OWNER_URL"] = database("portal", *owner)
        if "KEYS_DATABASE_URL" not in given:
            ours["KEYS_DATABASE_OWNER_URL"] = database("portal_keys", *owner)
    if "valkey" in ports:
        ours["REDIS_URL"] = f"redis://127.0.0.1:{ports['valkey']}/0"
    if "relay" in ports and "EMAIL_HOST" not in given:
        ours |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(ports["relay"])}
    if "door" in ports:
        ours["MAIL_DOOR_PORT"] = str(ports["door"])
    if "web" in ports:
        ours["PORTAL_URL"] = f"http://127.0.0.1:{ports['web']}"
    if "platform" in ports:
        ours["CHECK_PIN_TELEGRAM"] = f"http://127.0.0.1:{ports['platform']}"
    return ours | {name: value for name, value in given.items() if name in ours}


def running(var: Path) -> dict[str, Any] | None:
    """Ports of the sandbox that runs in folder `var`, or None; a file that a crash left behind does not count."""
    try:
        found: dict[str, Any] = json.loads((var / PORTS_FILE).read_text())
        os.kill(found["pid"], 0)
    except PermissionError:
        return found
    except (OSError, ValueError, KeyError):
        return None
    return found


def adopt(var: Path) -> bool:
    """Put the running sandbox's values into this process's environment; False when none runs."""
    found = running(var)
    if found is None or not (var / FILE_NAME).exists():
        return False
    os.environ.update(variables(ports=found["ports"], secrets=load(var), given=os.environ))
    return True
