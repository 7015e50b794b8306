from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import verify


class Command(BaseCommand):
    help = "Says whether the audit trail is whole; else names the first row that is wrong and ends with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify()
        if verdict.first is None:
            self.stdout.write(f"whole: {verdict.events} events, last hash {verdict.last_hash}")
            return
        place = f"link {verdict.first.seq}" if verdict.first.seq else "no link"
        raise CommandError(
            f"NOT whole: {place}, event {verdict.first.event_id}: {verdict.first.why} "
            f"({verdict.faults} of {verdict.events} rows are wrong)"
        )
