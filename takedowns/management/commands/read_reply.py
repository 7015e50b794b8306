"""`manage.py read_reply MAIL.eml --sent SENT.txt`: what a reply claims, as JSON, without server or database."""

import json
from argparse import FileType
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailroom.children import CannotRead
from mailroom.kinds import kind_of
from mailroom.parsing import Parsed, parse
from mailroom.services.inbox import words_of
from mailroom.states import Kind
from takedowns.reading import Reading, letter_items
from takedowns.services.filing import read_against


class Command(BaseCommand):
    help = "Print what a mail claims of each item of the letter that it answers, as the inbox would read it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mail", type=FileType("rb"), metavar="MAIL.eml", help="the reply, as it came")
        parser.add_argument(
            "--sent", type=FileType("rb"), required=True, metavar="SENT.txt", help="the letter's text with its list"
        )

    def handle(self, *args: Any, mail: BinaryIO, sent: BinaryIO, **options: Any) -> None:
        letter = sent.read().decode("utf-8-sig", errors="replace")
        try:
            parsed = parse(mail.read())
        except CannotRead as fault:
            raise CommandError(f"The mail cannot be read: {fault.why.label}") from fault
        self.stdout.write(json.dumps(told(parsed, letter), ensure_ascii=False, indent=2))


def told(parsed: Parsed, letter: str) -> dict[str, Any]:
    """{"outcomes": {label: {"claim", "quote"}}, "abstained", "reasons": [codes]}."""
    null_sender = parsed.signals.get("return-path", "").strip() == "<>"
    kind, _header = kind_of(parsed, boxes=(), null_sender=null_sender, is_our_letter=False)
    if kind != Kind.ORDINARY:
        reading = Reading(abstained=True, reasons=[str(kind)])
    else:
        reading = read_against(words_of(parsed), items=letter_items(letter), sent=letter)
    outcomes = {label: {"claim": found.claim, "quote": found.quote} for label, found in reading.outcomes.items()}
    return {"outcomes": outcomes, "abstained": reading.abstained, "reasons": reading.reasons}
