"""Play the staff of the house in a running sandbox, as soon as somebody watches. Safe to stop and to start again."""

import logging
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
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
        parser.add_argument("--until-over", action="store_true", help="begin at once, and end with the story")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("SANDBOX_LOGIN_PASSWORD")
        if not password:
            raise CommandError("SANDBOX_LOGIN_PASSWORD is not set: the sandbox gives it (make run).")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every page
        switch.begin()
        until_over = options["until_over"]
        player = Player(
            staff=Staff(options["at"], password),
            pace=options["pace"],
            say=self.stdout.write,
            is_watched=(lambda: True) if until_over else _somebody_has_logged_in,
        )
        player.play(until_over=until_over)


def _somebody_has_logged_in() -> bool:
    """Ever: whoever plays on after a restart, or after a part was played by hand, need not log in again for it."""
    return User.objects.exclude(last_login=None).exists()
