"""The sandbox's passwords and keys: made once, kept in var/secrets.json, readable by their owner only."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "secrets.json"


@dataclass(frozen=True)
class SecretValues:
    secret_key: str
    master_keys: str  # "k1:" and the base64 of 32 bytes
    blind_index_key: str  # base64 of 32 bytes
    postgres_password: str
    owner_password: str
    app_password: str
    login_password: str  # the story's cast logs in with it


def make() -> SecretValues:
    return SecretValues(
        secret_key=secrets.token_urlsafe(50),
        master_keys=f"k1:{_key()}",
        blind_index_key=_key(),
        postgres_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
        login_password=f"try-{secrets.token_hex(4)}-{secrets.token_hex(4)}",
    )


def load_or_make(var: Path) -> SecretValues:
    """The values of the sandbox in folder `var`; written on first use, before anything is sealed with them."""
    path = var / FILE_NAME
    if path.exists():
        return load(var)
    var.mkdir(parents=True, exist_ok=True)
    values = make()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(values), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    return values


def load(var: Path) -> SecretValues:
    return SecretValues(**json.loads((var / FILE_NAME).read_text()))


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
