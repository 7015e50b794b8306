"""Write docs/STATES.md from the code's own transitions."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dashboards.diagrams import page


class Command(BaseCommand):
    help = "Draw the state diagrams of docs/STATES.md from the transitions in the code."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "STATES.md").write_text(page())
