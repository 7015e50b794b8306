"""Make the story's cast in a sandbox. Safe to repeat."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sandbox.seed import seed


class Command(BaseCommand):
    help = "Make the people, the platform and the contact of the story, once."

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("SANDBOX_LOGIN_PASSWORD")
        if not password:
            raise CommandError("SANDBOX_LOGIN_PASSWORD is not set: the sandbox gives it (make run).")
        seed(password=password)
