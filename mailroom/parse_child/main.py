"""A raw mail in, JSON out: what it says, or which limit it broke."""

import json
from typing import Any

from mailroom.parse_child import credentials, extracts, heads, reports, texts
from mailroom.parse_child.limits import HTML_SECONDS, ID_CHARACTERS, SUBJECT_CHARACTERS, LimitExceeded
from mailroom.parse_child.parts import leaves
from mailroom.parse_child.serving import serve
from mailroom.parse_child.words import clean_line, header_words, load_codecs

FORMAT = 2
# Headers that others decide by; handed on as they stand, cut.
SIGNALS = (
    "auto-submitted", "precedence", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-failed-recipients",
    "return-path", "list-id", "content-type", "authentication-results",
)  # fmt: skip
SIGNAL_CHARACTERS = 300

# Read before any other, so that patterns are compiled in the warm process and not in every fork.
WARMING = (
    b"From: A <a@b.test>\r\nSubject: =?utf-8?B?YQ==?=\r\nMessage-ID: <a@b>\r\nDate: Tue, 3 Sep 2024 10:30:00 +0900\r\n"
    b'Content-Type: multipart/alternative; boundary="B"\r\n\r\n--B\r\n\r\ntext\r\n--B\r\n'
    b"Content-Type: text/html\r\n\r\n<table><tr><td>1</td></tr></table><a href='http://x.test'>x</a>\r\n--B\r\n"
    b'Content-Type: text/csv\r\nContent-Disposition: attachment; filename="a.csv"\r\n\r\n1\r\n--B--\r\n'
)


def read(data: bytes, *, html_seconds: float) -> dict[str, Any]:
    """Raises LimitExceeded; anything else that is raised is a fault of ours."""
    fields, body = heads.in_order(memoryview(data))
    headers = heads.by_name(fields)
    main, sub, parameters = heads.content_type(headers)
    parts = list(leaves(headers, body))
    content = texts.read(parts, html_seconds=html_seconds)
    address, defect = heads.sender(headers)
    message_ids = heads.ids(headers, "message-id")
    answered = heads.ids(headers, "in-reply-to")
    return {
        "format": FORMAT,
        "sender": address,
        "sender_defect": defect,
        "from": [clean_line(header_words(value), SIGNAL_CHARACTERS) for value in headers.get("from", [])][:20],
        "to": clean_line(header_words(", ".join(headers.get("to", [])[:20])), ID_CHARACTERS),
        "subject": clean_line(header_words(heads.first(headers, "subject")), SUBJECT_CHARACTERS),
        "sent_at": heads.sent_at(headers),
        "message_id": message_ids[0] if message_ids else "",
        "in_reply_to": answered[0] if answered else "",
        "references": heads.ids(headers, "references"),
        "report_type": parameters.get("report-type", "").lower()[:60] if (main, sub) == ("multipart", "report") else "",
        "reports": reports.read(parts),
        "credentials": credentials.read(fields),
        "signals": {name: clean_line(headers[name][0], SIGNAL_CHARACTERS) for name in SIGNALS if name in headers},
        "text": content.text,
        "html_text": content.html_text,
        "attachments": content.attachments,
        "tables": content.tables,
        "truncated": content.truncated,
        "html_abandoned": content.html_abandoned,
    }


def work(data: bytes, order: dict[str, Any]) -> bytes:
    """`order["want"]` names what is taken out instead of reading: "page", or the number of an attachment."""
    if order.get("want") == "page":
        return extracts.page(data).encode()
    if "want" in order:
        return extracts.attachment(data, order["want"])
    try:
        found = read(data, html_seconds=min(HTML_SECONDS, order["seconds"] / 5))
    except LimitExceeded as limit:
        found = {"format": FORMAT, "limit": limit.code}
    return json.dumps(found).encode()


def main() -> None:
    load_codecs()
    serve(work, warm=lambda: read(WARMING, html_seconds=HTML_SECONDS))
