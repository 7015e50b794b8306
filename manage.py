#!/usr/bin/env python
"""Django's command line. Beside a running sandbox (`make run`) it talks to that sandbox."""

import os
import sys
from pathlib import Path


def main() -> None:
    # In a checkout that has a sandbox, commands act on it unless the environment names real servers.
    tried_out = Path(__file__).with_name("var") / "secrets.json"
    in_sandbox = tried_out.exists() and "DATABASE_URL" not in os.environ
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings" if in_sandbox else "kcsc_portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
