"""What sort of mail it is. Only told apart here: what a bounce or an automatic answer does is decided elsewhere."""

import re
from collections.abc import Collection

from mailroom.addresses import Box, own
from mailroom.parsing import Parsed
from mailroom.states import Kind

_ADDRESSES = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")
_OUT_OF_OFFICE = re.compile(
    r"out of (the )?office|auto(matic)?[- ]?(reply|response)|autoreply|on (vacation|leave|holiday)"
    r"|부재\s*중|자동\s*(회신|응답|답장)|휴가\s*중",
    re.IGNORECASE,
)
_ROBOT_PRECEDENCES = {"bulk", "junk", "auto_reply", "auto-reply"}


def kind_of(parsed: Parsed, *, boxes: Collection[Box], null_sender: bool, is_our_letter: bool) -> tuple[Kind, str]:
    """(kind, the header that shows it). `boxes` are those that our own server was told to deliver to."""
    if is_our_letter:
        return (Kind.ARCHIVE_COPY, "") if set(boxes) == {Box.ARCHIVE} else (Kind.OWN_LOOP, "message-id")
    if any(own(address) for line in parsed.sender_lines for address in _ADDRESSES.findall(line)):
        return Kind.OWN_LOOP, "from"
    if parsed.report_type == "delivery-status":
        return Kind.BOUNCE, "content-type"
    if "x-failed-recipients" in parsed.signals:
        return Kind.BOUNCE, "x-failed-recipients"
    if header := _automatic(parsed, null_sender):
        return Kind.AUTO_REPLY, header
    if null_sender and Box.BOUNCE in boxes:
        return Kind.BOUNCE, "envelope"
    return Kind.ORDINARY, ""


def _automatic(parsed: Parsed, null_sender: bool) -> str:
    """The header by which a robot shows itself, or nothing."""
    signals = {name: value.strip().lower() for name, value in parsed.signals.items()}
    submitted = re.split(r"[\s;(]", signals.get("auto-submitted", "no"))[0]
    if submitted not in ("no", ""):
        return "auto-submitted"
    if parsed.report_type == "disposition-notification":
        return "content-type"
    if signals.get("precedence", "") in _ROBOT_PRECEDENCES:
        return "precedence"
    for name in ("x-autoreply", "x-autorespond"):
        if signals.get(name, "no") not in ("no", "false"):
            return name
    if null_sender and _OUT_OF_OFFICE.search(parsed.subject):
        return "subject"
    return ""
