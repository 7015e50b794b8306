from typing import Any

from django.core.management.base import BaseCommand

from keys.services import rewrap


class Command(BaseCommand):
    help = "Wraps every record's key with the first of MASTER_KEYS; afterwards the older ones can be taken away."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rewrap(by=None)} keys wrapped anew")
