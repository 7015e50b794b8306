"""What a mail server reports about deliveries, recipient by recipient (RFC 3464), before anybody asks what counts."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from mailroom.parse_child import heads
from mailroom.parse_child.limits import DIAGNOSTIC_CHARACTERS, HEAD_BYTES, REPORT_BLOCKS, REPORTED_RECIPIENTS
from mailroom.parse_child.parts import Part
from mailroom.parse_child.words import clean_line, header_words

ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
TYPES = {("message", "delivery-status"), ("message", "global-delivery-status")}

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)")
_WORD = re.compile(r"[a-z]+")
_ADDRESS_CHARACTERS = 254


def read(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """{"action", "status", "final", "original", "diagnostic"} of each recipient, empty where nothing is said.

    Groups of fields are told apart by blank lines, as the standard has it, and where those are missing by a
    recipient that is named a second time.
    """
    found: list[dict[str, Any]] = []
    for part in parts:
        if (part.main, part.sub) in TYPES:
            for headers in _blocks(part.content()[:HEAD_BYTES]):
                found += _recipients(headers)
    return found[:REPORTED_RECIPIENTS]


def _blocks(data: bytes) -> Iterator[heads.Headers]:
    rest = memoryview(data)
    for _ in range(REPORT_BLOCKS):
        if not rest:
            return
        headers, after = heads.split(rest)
        if len(after) == len(rest):  # a line that is no field
            end = bytes(rest).find(b"\n")
            after = rest[end + 1 :] if end >= 0 else rest[:0]
        if headers:
            yield headers
        rest = after


def _recipients(headers: heads.Headers) -> list[dict[str, Any]]:
    named = max(len(headers.get("final-recipient", [])), len(headers.get("original-recipient", [])))
    if not named and not {"action", "status"} & headers.keys():
        return []
    return [_recipient(headers, n) for n in range(max(1, named))]


def _recipient(headers: heads.Headers, n: int) -> dict[str, Any]:
    def value(name: str) -> str:
        values = headers.get(name, [])
        return header_words(values[n] if n < len(values) else values[-1] if values else "")

    action = _WORD.match(value("action").strip().lower())
    status = _STATUS.search(value("status"))
    return {
        "action": action[0] if action and action[0] in ACTIONS else "",
        "status": status[0] if status else "",
        "final": address(value("final-recipient")),
        "original": address(value("original-recipient")),
        "diagnostic": clean_line(value("diagnostic-code"), DIAGNOSTIC_CHARACTERS),
    }


def address(value: str) -> str:
    """`rfc822; <a@b.test>` to `a@b.test`, in lower case; nothing when it is no mail address of at most 254 letters."""
    kind, semicolon, rest = value.partition(";")
    text = (rest if semicolon else kind).strip().lower()
    opened, _, after = text.partition("<")
    bare = after.partition(">")[0].strip() if after else opened.strip()
    sound = "@" in bare and len(bare) <= _ADDRESS_CHARACTERS and bare.isprintable() and " " not in bare
    return bare if sound else ""
