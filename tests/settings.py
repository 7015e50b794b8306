"""Settings of the tests. conftest.py puts the addresses of this run's own servers in before anything connects."""

import os
from pathlib import Path

from sandbox.secret_values import make

_NOWHERE = "postgresql://portal_app@127.0.0.1:1/portal"
_ONCE = make()
os.environ.setdefault("DATABASE_URL", _NOWHERE)
os.environ.setdefault("KEYS_DATABASE_URL", _NOWHERE)
os.environ.setdefault("SECRET_KEY", _ONCE.secret_key)
os.environ.setdefault("MASTER_KEYS", _ONCE.master_keys)
os.environ.setdefault("BLIND_INDEX_KEY", _ONCE.blind_index_key)
os.environ.setdefault("MAIL_DOMAIN", "portal.test")

from sandbox.settings import *  # noqa: E402, F403
from sandbox.settings import STORAGES  # noqa: E402

ALLOWED_HOSTS = ["*"]
# What the test client sees needs no collected files.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SANDBOX_FOLDER = Path("/nonexistent")  # no story is told, whatever runs beside the tests
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a hundred log-ins in a second
MAIL_SMTP_TIMEOUT = 2.0
MAIL_LEASE = 5.0
