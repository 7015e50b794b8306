from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.models import User
from accounts.services import issue_token
from audit.errors import Refused


class Command(BaseCommand):
    help = "Issues an API token to a partner's user and prints it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="user name of the partner")
        parser.add_argument("name", help="what the token is for, so that it can be told from others")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):  # commands speak English, refusals of the services too
            self._issue(options["user"], options["name"])

    def _issue(self, username: str, name: str) -> None:
        try:
            user = User.objects.get_by_natural_key(username)
            self.stdout.write(issue_token(user=user, name=name, by=None))
        except User.DoesNotExist:
            raise CommandError(f"There is no user named {username}.") from None
        except Refused as refused:
            raise CommandError(str(refused.reason)) from None
