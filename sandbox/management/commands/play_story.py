"""Play the staff of the house in a running sandbox. Safe to stop and to start again."""

import logging
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.story import switch
from sandbox.story.deeds import Staff
from sandbox.story.player import Player


class Command(BaseCommand):
    help = "Play the staff of the house through its pages, act by act."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", required=True, help="the portal's address, as http://127.0.0.1:8000")
        parser.add_argument(
            "--pace", type=float, default=float(os.environ.get("STORY_PACE", "7")), help="seconds between two acts"
        )
        parser.add_argument("--until-over", action="store_true", help="end with the story instead of resting")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("SANDBOX_LOGIN_PASSWORD")
        if not password:
            raise CommandError("SANDBOX_LOGIN_PASSWORD is not set: the sandbox gives it (make run).")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every page
        switch.begin()
        player = Player(staff=Staff(options["at"], password), pace=options["pace"], say=self.stdout.write)
        player.play(until_over=options["until_over"])
