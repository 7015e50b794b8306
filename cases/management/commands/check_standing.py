"""Recompute every item's standing from its facts and name those whose stored one differs. Changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import ContentItem
from cases.services import facts_of
from cases.standing import standing_of


class Command(BaseCommand):
    help = "Recompute all standings from their facts and name any that differ."

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        items = ContentItem.objects.order_by("pk")
        for item in items.iterator(chunk_size=1000):
            verdict = standing_of(facts_of(item))
            if (verdict.standing, verdict.silent) != (item.standing, item.silent):
                differing += 1
                self.stdout.write(f"{item.pk}: stored {item.standing}, the facts say {verdict.standing}")
        if differing:
            raise CommandError(f"{differing} standings differ from their facts.")
        self.stdout.write(f"All {items.count()} standings agree with their facts.")
