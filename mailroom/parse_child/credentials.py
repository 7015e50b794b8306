"""What a head offers in proof of its sender: signatures, the marks of its way, and which of its lines can be trusted.

Nothing is verified here. Our side asks for the keys that are named, and has the signatures checked.
"""

import re
from collections import Counter
from typing import Any

from mailroom.parse_child.words import clean_line

# Lines that say who wrote what to whom, or how the text is to be read: a second one, or one that no signature covers,
# can be a stranger's.
TELLING = (
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
    "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip
TRACE = ("received", "authentication-results")
SIGNATURES = 10
TRACE_LINES = 40
TRACE_CHARACTERS = 2_000

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,20}}")


def read(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """{"signatures": [{"domain", "selector"}], "trace": [[name, value]], "present": […], "doubled": […]}."""
    counts = Counter(name for name, _value in fields)
    signatures = [_names_of_key(value) for name, value in fields if name == "dkim-signature"]
    return {
        "signatures": [each for each in signatures[:SIGNATURES] if each],
        "trace": [[name, clean_line(value, TRACE_CHARACTERS)] for name, value in fields if name in TRACE][:TRACE_LINES],
        "present": [name for name in TELLING if counts[name]],
        "doubled": [name for name in TELLING if counts[name] > 1],
    }


def _names_of_key(value: str) -> dict[str, str]:
    """Where the signature says that its key lies; empty when that is no name."""
    tags: dict[str, str] = {}
    for tag in re.sub(r"\s", "", value).split(";"):
        name, equals, content = tag.partition("=")
        if equals:
            tags.setdefault(name, content)
    domain, selector = tags.get("d", "").lower(), tags.get("s", "").lower()
    if len(domain) + len(selector) > 230 or not (_NAME.fullmatch(domain) and _NAME.fullmatch(selector)):
        return {}
    return {"domain": domain, "selector": selector}
