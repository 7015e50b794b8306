"""`check --deploy` says which secret is missing, before anybody loses a report to it."""

from typing import Any

import pytest
from django.core.checks import run_checks

from keys.checks import check_secrets


def found() -> set[str]:
    return {message.id or "" for message in check_secrets(None)}


def test_complete_secrets_are_fine():
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("MASTER_KEYS", [], "keys.E001"),
        ("MASTER_KEYS", ["k1:abc"], "keys.E001"),
        ("BLIND_INDEX_KEY", "", "keys.E002"),
        ("SECRET_KEY", "", "keys.E003"),
    ],
)
def test_each_missing_secret_is_named(settings: Any, name: str, value: object, code: str):
    setattr(settings, name, value)
    assert found() == {code}


def test_the_check_belongs_to_the_deployment_only(settings: Any):
    settings.MASTER_KEYS = []
    assert "keys.E001" in {message.id for message in run_checks(tags=["security"], include_deployment_checks=True)}
    assert "keys.E001" not in {message.id for message in run_checks(tags=["security"])}
