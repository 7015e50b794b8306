"""`manage.py locate LINK…`: where links lead, as JSON, without server, database or environment."""

import json
import re
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from platforms.locators import LinkError, parse


class Command(BaseCommand):
    help = "Print where each link leads, as a JSON list in the order given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("links", nargs="+", metavar="LINK", help="a link as somebody pasted it")

    def run_from_argv(self, argv: list[str]) -> None:
        """Take words that begin with a dash for links, unless they are Django's own options."""
        own = self.create_parser(argv[0], argv[1])._option_string_actions
        for n, word in enumerate(argv[2:], start=2):
            if word == "--":
                break
            if word.startswith("-") and word.partition("=")[0] not in own:
                argv = [*argv[:n], "--", *argv[n:]]
                break
        super().run_from_argv(argv)

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps([located(raw) for raw in options["links"]], ensure_ascii=False, indent=2)
        # Bytes that were no UTF-8 arrive as lone surrogates, which JSON can only hold escaped.
        text = re.sub(r"[\ud800-\udfff]", lambda lone: f"\\u{ord(lone[0]):04x}", text)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        self.stdout.write(text)


def located(raw: str) -> dict[str, Any]:
    try:
        place = parse(raw)
    except LinkError as error:
        return {"raw": raw, "locator": None, "error": str(error)}
    locator = {"platform": place.platform, "kind": place.kind, "key": place.key, "url": place.url}
    return {"raw": raw, "locator": locator, "error": None}
