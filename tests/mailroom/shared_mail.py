"""Mails of other projects, kept outside this one and never copied into it."""

import os
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(os.environ.get("PORTAL_SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data")) / "mail"
NOT_MAILS = {"LICENSE", "NOTICE"}


def mails() -> list[Path]:
    """Every file there but the licences; the test is skipped when the folder is absent."""
    if not FOLDER.is_dir():
        pytest.skip(f"no mails at {FOLDER}; PORTAL_SHARED_DATA can name the folder")
    return sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.name not in NOT_MAILS)
