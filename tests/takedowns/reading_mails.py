"""Mails of the shared data, as the reader of replies gets them: decoded bodies, and the letter that they answer."""

import email
import email.policy
import json
import os
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

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
    """The decoded bodies of any mail, however broken."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    found: dict[str, list[str]] = {"text/plain": [], "text/html": [], "text/csv": []}
    for part in mail.walk():
        if part.get_content_type() in found and (
            part.get_content_disposition() != "attachment" or part.get_content_type() == "text/csv"
        ):
            found[part.get_content_type()].append(_decoded(part))
    return Bodies("\n".join(found["text/plain"]), "\n".join(found["text/html"]), tuple(found["text/csv"]))


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset() or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", errors="replace")


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
