from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import issue_token
from audit.errors import Refused


class Command(BaseCommand):
    help = "Issues an API token to a partner's user and prints it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="user name of the partner")
        parser.add_argument("name", help="what the token is for, so that it can be told from others")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["user"])
            self.stdout.write(issue_token(user=user, name=options["name"], by=None))
        except User.DoesNotExist:
            raise CommandError(f"There is no user named {options['user']}.") from None
        except Refused as refused:
            raise CommandError(str(refused.reason)) from None
