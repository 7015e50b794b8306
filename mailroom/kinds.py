"""What sort of mail it is. Only told apart here: what a bounce or an automatic answer does is decided elsewhere."""

import re
from collections.abc import Collection

from mailroom.addresses import Box, own
from mailroom.notices import is_notice
from mailroom.parsing import Parsed
from mailroom.states import Kind

_ADDRESSES = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")
_OUT_OF_OFFICE = re.compile(
    r"out of (the )?office|auto(matic)?[- ]?(reply|response)|autoreply|on (vacation|leave|holiday)"
    r"|부재\s*중|자동\s*(회신|응답|답장)|휴가\s*중",
    re.IGNORECASE,
)
_OUT_OF_OFFICE_FIRST = re.compile(
    r"\W{0,3}(out of (the )?office|auto(matic|mated)?[- ]?(reply|response|answer)|autoreply"
    r"|away from (the |my )?(office|mail)|vacation (reply|message|notice)|on vacation|automatische antwort"
    r"|abwesenheits|respuesta autom|r[ée]ponse automatique|risposta automatica|автоответ"
    r"|自動(応答|返信|回复|回復)|自动(答复|回复)|不在(通知|返信)|부재\s*중|자동\s*(회신|응답|답장)|휴가\s*중)",
    re.IGNORECASE,
)
_OTHER_REPORTS = {"message/disposition-notification", "message/feedback-report"}
_COMPLAINT = re.compile(r"complaint about message from ", re.IGNORECASE)  # Microsoft's, which is no multipart/report
_ANSWERING_PRECEDENCES = {"auto_reply", "auto-reply"}


def kind_of(parsed: Parsed, *, boxes: Collection[Box], null_sender: bool, is_our_letter: bool) -> tuple[Kind, str]:
    """(kind, the header that shows it). `boxes` are those that our own server was told to deliver to."""
    if is_our_letter:
        return (Kind.ARCHIVE_COPY, "") if set(boxes) == {Box.ARCHIVE} else (Kind.OWN_LOOP, "message-id")
    if any(own(address) for line in parsed.sender_lines for address in _ADDRESSES.findall(line)):
        return Kind.OWN_LOOP, "from"
    if sign := _report(parsed, null_sender):
        return Kind.BOUNCE, sign
    if sign := _automatic(parsed, null_sender):
        return Kind.AUTO_REPLY, sign
    if null_sender and Box.BOUNCE in boxes:
        return Kind.BOUNCE, "envelope"
    return Kind.ORDINARY, _bulk(parsed)


def _report(parsed: Parsed, null_sender: bool) -> str:
    """By what a mail server's report shows itself, or nothing."""
    if parsed.report_type == "delivery-status" or parsed.reports:
        return "content-type"
    if "x-failed-recipients" in parsed.signals:
        return "x-failed-recipients"
    if is_notice(parsed, null_sender=null_sender):
        return "words"
    return ""


def _automatic(parsed: Parsed, null_sender: bool) -> str:
    """The header by which a robot shows itself, or nothing."""
    signals = {name: value.strip().lower() for name, value in parsed.signals.items()}
    submitted = re.split(r"[\s;(]", signals.get("auto-submitted", "no"))[0]
    if submitted not in ("no", ""):
        return "auto-submitted"
    types = {part["media_type"] for part in parsed.attachments}
    if parsed.report_type or types & _OTHER_REPORTS or (_COMPLAINT.match(parsed.subject) and "message/rfc822" in types):
        return "content-type"  # it was read, somebody complained, figures of a day
    if signals.get("precedence", "") in _ANSWERING_PRECEDENCES:
        return "precedence"
    for name in ("x-autoreply", "x-autorespond"):
        if signals.get(name, "no") not in ("no", "false"):
            return name
    if _OUT_OF_OFFICE_FIRST.match(parsed.subject) or (null_sender and _OUT_OF_OFFICE.search(parsed.subject)):
        return "subject"
    return ""


def _bulk(parsed: Parsed) -> str:
    """Mailing lists and help desks say "bulk", and people write through both: noted, but no answer of a robot."""
    return "precedence" if parsed.signals.get("precedence", "").strip().lower() in ("bulk", "junk", "list") else ""
