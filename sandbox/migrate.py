"""Brings both databases up to date; run as a process of its own, with the owner role's addresses.

python -m sandbox.migrate
"""

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    for alias in ("default", "keys"):
        call_command("migrate", database=alias, verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
