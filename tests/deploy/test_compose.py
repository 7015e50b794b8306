"""docker-compose.yml against the compose schema, and against what the sandbox runs. No Docker engine is asked."""

import json
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from jsonschema import Draft7Validator

from sandbox.parts import PARTS

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_fits_the_schema(compose) -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    assert [error.message for error in Draft7Validator(schema).iter_errors(compose)] == []


def test_runs_every_process_of_the_portal(compose) -> None:
    ours = set(PARTS) - {"postgres", "valkey", "relay", "platform"}
    assert ours <= set(compose["services"])


def test_only_migrate_sees_the_owner(compose) -> None:
    for name, service in compose["services"].items():
        if name not in {"db", "broker", "migrate"}:
            assert service["environment"]["DATABASE_OWNER_URL"] == "", name
            assert service["environment"]["KEYS_DATABASE_OWNER_URL"] == "", name


def test_publishes_on_loopback_only(compose) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_korean_search_has_its_locale(compose) -> None:
    assert "--builtin-locale=C.UTF-8" in compose["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_every_variable_is_explained() -> None:
    """.env.example names each variable that the settings read."""
    told = {line.split("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line[:40]}
    source = (ROOT / "kcsc_portal" / "settings.py").read_text()
    read = set()
    for call in ("env.str(", "env.int(", "env.float(", "env.bool(", "env.list("):
        read |= {part.split('"')[1] for part in source.split(call)[1:] if part.startswith('"')}
    assert read - told == set()
