"""Has a mail read by the parsing child and checks what it says: the child has read what a stranger wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from mailroom.children import CannotRead, Children
from mailroom.parse_child.credentials import TRACE_CHARACTERS
from mailroom.parse_child.limits import (
    DIAGNOSTIC_CHARACTERS,
    PARTS,
    REFERENCES,
    REPORTED_RECIPIENTS,
    TABLE_CHARACTERS,
    TABLES,
    TEXT_CHARACTERS,
)
from mailroom.parse_child.main import FORMAT
from mailroom.states import SenderDefect, Unreadable

# Without site-packages (-S): the standard library, and this one package.
_CHILDREN = Children("mailroom.parse_child.main", options=["-S"])


@dataclass(frozen=True)
class Reported:
    """One recipient of a delivery report, in the report's own words; empty where it says nothing."""

    action: str
    status: str
    final: str
    original: str
    diagnostic: str


@dataclass(frozen=True)
class Credentials:
    """What the head offers in proof of its sender. Signatures are those whose keys' names can be asked for."""

    signatures: list[tuple[str, str]]  # domain, selector
    trace: list[tuple[str, str]]  # Received and Authentication-Results from the top down
    present: frozenset[str]  # lines that say who wrote what to whom, and how it is to be read
    doubled: frozenset[str]  # those of them that stand there more than once

    def as_kept(self) -> dict[str, Any]:
        """As JSON can hold it, beside the mail's words: so that nobody has to read the mail again to verify it."""
        return {
            "signatures": self.signatures,
            "trace": self.trace,
            "present": sorted(self.present),
            "doubled": sorted(self.doubled),
        }

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> "Credentials":
        return cls(
            signatures=[(domain, selector) for domain, selector in kept["signatures"]],
            trace=[(name, value) for name, value in kept["trace"]],
            present=frozenset(kept["present"]),
            doubled=frozenset(kept["doubled"]),
        )


@dataclass(frozen=True)
class Parsed:
    """What a mail says of itself. Nothing in it is to be believed."""

    sender: str
    sender_defect: str
    sender_lines: list[str]
    to: str
    subject: str
    sent_at: datetime | None
    message_id: str
    in_reply_to: str
    references: list[str]
    report_type: str
    reports: list[Reported]
    credentials: Credentials
    signals: dict[str, str]
    text: str
    html_text: str
    attachments: list[dict[str, Any]]
    tables: list[str]
    truncated: bool
    html_abandoned: bool


def parse(data: bytes) -> Parsed:
    """Raises CannotRead. Takes at most MAIL_PARSE_SECONDS and MAIL_PARSE_MEMORY, whatever the mail."""
    return parse_measured(data)[0]


def parse_measured(data: bytes) -> tuple[Parsed, int]:
    """The same, with the most memory that the child held, in kilobytes."""
    if len(data) > settings.MAIL_MAX_BYTES:
        raise CannotRead(Unreadable.TOO_LARGE)
    done = _CHILDREN.ask(data, limits())
    return _read(done.output), done.peak_kb


def extract_attachment(data: bytes, n: int) -> bytes:
    """The n-th attachment, from 0, as it came. Raises CannotRead, also where there is none."""
    return _CHILDREN.ask(data, {**limits(), "want": n}).output


def extract_page(data: bytes) -> str:
    """The mail's HTML as it came: never to be shown before it is cleaned. Raises CannotRead."""
    return _CHILDREN.ask(data, {**limits(), "want": "page"}).output.decode("utf-8", "replace")


def limits() -> dict[str, float]:
    return {"seconds": settings.MAIL_PARSE_SECONDS, "memory": settings.MAIL_PARSE_MEMORY}


def _read(output: bytes) -> Parsed:
    try:
        found = json.loads(output)
    except ValueError:
        raise CannotRead(Unreadable.BAD_OUTPUT) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise CannotRead(Unreadable.BAD_OUTPUT)
    if "limit" in found:
        raise CannotRead(_limit(found["limit"]))
    try:
        return checked(found)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise CannotRead(Unreadable.BAD_OUTPUT) from None


def _limit(code: Any) -> Unreadable:
    known = {Unreadable.TOO_DEEP, Unreadable.TOO_MANY_PARTS, Unreadable.HEADERS_TOO_LONG}
    return Unreadable(code) if code in known else Unreadable.BAD_OUTPUT


def checked(found: Mapping[str, Any]) -> Parsed:
    """What the child says, in its bounds; KeyError, TypeError, ValueError or OverflowError where it is not."""
    sent_at = found["sent_at"]
    return Parsed(
        sender=_text(found["sender"], 254),
        sender_defect=SenderDefect(found["sender_defect"]).value if found["sender_defect"] else "",
        sender_lines=[_text(line, 300) for line in found["from"][:20]],
        to=_text(found["to"], 1000),
        subject=_text(found["subject"], 2000),
        sent_at=None if sent_at is None else datetime.fromtimestamp(int(sent_at), UTC),
        message_id=_text(found["message_id"], 998),
        in_reply_to=_text(found["in_reply_to"], 998),
        references=[_text(each, 998) for each in found["references"][-REFERENCES:]],
        report_type=_text(found["report_type"], 60),
        reports=[_reported(each) for each in found["reports"][:REPORTED_RECIPIENTS]],
        credentials=_credentials(found["credentials"]),
        signals={_text(name, 60): _text(value, 300) for name, value in found["signals"].items()},
        text=_text(found["text"], TEXT_CHARACTERS),
        html_text=_text(found["html_text"], TEXT_CHARACTERS),
        attachments=[_attachment(each) for each in found["attachments"][:PARTS]],
        tables=[_text(each, TABLE_CHARACTERS + 1) for each in found["tables"][:TABLES]],
        truncated=bool(found["truncated"]),
        html_abandoned=bool(found["html_abandoned"]),
    )


def _attachment(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": _text(given["name"], 150),
        "media_type": _text(given["media_type"], 170),
        "size": int(given["size"]),
    }


def _reported(given: Mapping[str, Any]) -> Reported:
    return Reported(
        action=_text(given["action"], 10),
        status=_text(given["status"], 9),
        final=_text(given["final"], 254),
        original=_text(given["original"], 254),
        diagnostic=_text(given["diagnostic"], DIAGNOSTIC_CHARACTERS),
    )


def _credentials(given: Mapping[str, Any]) -> Credentials:
    return Credentials(
        signatures=[(_text(each["domain"], 230), _text(each["selector"], 230)) for each in given["signatures"]],
        trace=[(_text(name, 60), _text(value, TRACE_CHARACTERS)) for name, value in given["trace"]],
        present=frozenset(_text(name, 60) for name in given["present"]),
        doubled=frozenset(_text(name, 60) for name in given["doubled"]),
    )


def _text(value: Any, limit: int) -> str:
    """Text that the database can hold, no longer than it says."""
    if not isinstance(value, str):
        raise TypeError("text expected")
    if len(value) > limit or "\0" in value:
        raise ValueError("text out of bounds")
    value.encode()  # lone surrogates raise
    return value
