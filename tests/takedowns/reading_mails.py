"""Mails of the shared data, as the reader of replies gets them: decoded bodies, and the letter that they answer."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from mailroom.parse_child import main
from mailroom.parse_child.limits import HTML_SECONDS, LimitExceeded

DATA = Path(os.environ.get("PORTAL_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "mail"
LIAISON = DATA / "synthetic-liaison"


@dataclass(frozen=True)
class Bodies:
    """The parts of a mail that are read."""

    text: str
    html: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A mail with the truth beside it: the letter, and the claim for each label (a missing one: nothing was said)."""

    name: str
    kind: str
    bodies: Bodies
    sent: str
    outcomes: dict[str, str]


def bodies(raw: bytes) -> Bodies:
    """The words of a mail as the parsing child hands them on. A mail beyond its limits has none."""
    try:
        found = main.read(raw, html_seconds=HTML_SECONDS)
    except LimitExceeded:
        return Bodies("", "", ())
    return Bodies(found["text"], found["html_text"], tuple(found["tables"]))


def answers() -> list[Answer]:
    """The synthetic replies with their truth."""
    found = []
    for truth in sorted(LIAISON.glob("*.truth.json")):
        told = json.loads(truth.read_text())
        raw = truth.with_name(told["file"]).read_bytes()
        found.append(Answer(told["file"], told["kind"], bodies(raw), told["outbound"], told["outcomes"]))
    return found


def ordinary() -> list[Path]:
    """Every other mail of the shared data: nobody there answers a removal request."""
    return sorted(
        path
        for path in DATA.rglob("*")
        if path.is_file()
        and LIAISON not in path.parents
        and path.name not in ("LICENSE", "NOTICE")
        and path.suffix not in (".json", ".png", ".jpg", ".gif", ".exr", ".ppm", ".ras", ".aiff")
    )
