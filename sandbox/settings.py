"""Settings of the sandbox: production's, with values from the running sandbox and without TLS."""

import os
from pathlib import Path

from sandbox import statics
from sandbox.environment import adopt

VAR = Path(os.environ.get("PORTAL_VAR", Path(__file__).resolve().parent.parent / "var"))
if "DATABASE_URL" not in os.environ and not adopt(VAR):
    raise SystemExit("The sandbox is not running: start it with `make run`, or name a server in DATABASE_URL.")

from kcsc_portal.settings import *  # noqa: E402, F403
from kcsc_portal.settings import INSTALLED_APPS, STORAGES  # noqa: E402

IN_SANDBOX = True
INSTALLED_APPS = [*INSTALLED_APPS, "sandbox"]
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
