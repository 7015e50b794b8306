"""Settings of the sandbox: production's, with values from the running sandbox and without TLS."""

import os
from pathlib import Path
from typing import Any

from sandbox import statics
from sandbox.environment import adopt

VAR = Path(os.environ.get("PORTAL_VAR", Path(__file__).resolve().parent.parent / "var"))
if "DATABASE_URL" not in os.environ and not adopt(VAR):
    raise SystemExit("The sandbox is not running: start it with `make run`, or name a server in DATABASE_URL.")

from kcsc_portal.settings import *  # noqa: E402, F403
from kcsc_portal.settings import INSTALLED_APPS, STORAGES, TEMPLATES  # noqa: E402

IN_SANDBOX = True
SANDBOX_FOLDER = VAR
SANDBOX_PLATFORM = os.environ.get("CHECK_PIN_TELEGRAM", "")  # the simulated platform's address
INSTALLED_APPS = [*INSTALLED_APPS, "sandbox"]
ROOT_URLCONF = "sandbox.urls"
_options: Any = TEMPLATES[0]["OPTIONS"]
_processors = [*_options["context_processors"], "sandbox.context_processors.sandbox"]
TEMPLATES = [{**TEMPLATES[0], "OPTIONS": {**_options, "context_processors": _processors}}]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

# Plain http on loopback.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

STATIC_ROOT = Path(os.environ.get(statics.TARGET) or statics.folder())
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "sandbox.storage.Storage"}}

# The simulated platform stands where Telegram would be; the fetcher's guard makes this one exception.
CHECK_PINS = dict.fromkeys(
    ["t.me", "telegram.me", "telegram.dog"] if "CHECK_PIN_TELEGRAM" in os.environ else [],
    os.environ.get("CHECK_PIN_TELEGRAM", ""),
)

# Keys of signatures come from a file that the simulated platform writes, since no name server knows it.
MAIL_DNS, MAIL_DNS_ZONE = "mailroom.resolving.zone_file", str(VAR / "zone.txt")
