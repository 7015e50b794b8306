#!/usr/bin/env python
"""Django's command line. Beside a running sandbox (`make run`) it talks to that sandbox."""

import os
import sys
from pathlib import Path

# These need no server and no environment, whether a sandbox runs or not.
WITHOUT_SERVERS = {
    *("help", "--help", "--version"),
    *("locate", "read_reply", "makemessages", "compilemessages", "makemigrations"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module(sys.argv[1:2]))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def settings_module(command: list[str]) -> str:
    """In a checkout that has a sandbox, commands act on it unless the environment names real servers."""
    tried_out = Path(os.environ.get("PORTAL_VAR", Path(__file__).with_name("var"))) / "secrets.json"
    in_sandbox = tried_out.exists() and "DATABASE_URL" not in os.environ
    if in_sandbox and not WITHOUT_SERVERS.intersection(command):
        return "sandbox.settings"
    return "kcsc_portal.settings"


if __name__ == "__main__":
    main()
