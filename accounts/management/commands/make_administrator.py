from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import create_person
from accounts.states import Role
from audit.errors import Refused


class Command(BaseCommand):
    help = "Makes an administrator of accounts, a new house's first person, and prints the one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="the name as others see it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _user, password = create_person(
                username=options["username"], name=options["name"], roles=[(Role.ADMINISTRATOR, None)], by=None
            )
        except Refused as refused:
            raise CommandError(str(refused.reason)) from None
        self.stdout.write(password)
