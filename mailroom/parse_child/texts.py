"""The words of a mail, out of its leaves."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from mailroom.parse_child.limits import HTML_BYTES, NAME_CHARACTERS, TABLE_CHARACTERS, TABLES, TEXT_CHARACTERS
from mailroom.parse_child.markup import text_of
from mailroom.parse_child.parts import Part
from mailroom.parse_child.words import clean, clean_name, decode


class TookTooLong(Exception):
    pass


@dataclass
class Content:
    text: str = ""
    html_text: str = ""
    attachments: list[dict[str, Any]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    truncated: bool = False
    html_abandoned: bool = False


def read(leaves: Iterable[Part], *, html_seconds: float) -> Content:
    """Plain texts joined, texts out of HTML joined, everything else listed. Cut at the limits, and said so."""
    content = Content()
    plain: list[str] = []
    html: list[str] = []
    for part in leaves:
        if not part.is_text:
            content.attachments.append(_attachment(part))
            if _is_table(part) and len(content.tables) < TABLES:
                content.tables.append(_table(content, part))
            continue
        text = clean(decode(part.content(), part.parameters.get("charset", "")))
        if part.sub == "plain":
            plain.append(_reflowed(text, part.parameters))
        else:
            html.append(text)
    content.text = _cut(content, "\n".join(plain))
    content.html_text = _from_html(content, html, html_seconds)
    return content


def _from_html(content: Content, pages: list[str], seconds: float) -> str:
    """The library's parser can be made to crawl: then the mail keeps its plain text and loses this one."""
    if sum(map(len, pages)) > HTML_BYTES:
        content.truncated = True
    signal.signal(signal.SIGVTALRM, _stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        text = "\n".join(text_of(page[:HTML_BYTES]) for page in pages)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except (TookTooLong, AssertionError, RecursionError):
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        content.html_abandoned = True
        return ""
    return _cut(content, clean(text))


def _stop(number: int, frame: FrameType | None) -> None:
    raise TookTooLong


def _cut(content: Content, text: str) -> str:
    if len(text) > TEXT_CHARACTERS:
        content.truncated = True
    return text[:TEXT_CHARACTERS]


def _attachment(part: Part) -> dict[str, Any]:
    return {
        "name": clean_name(part.filename, NAME_CHARACTERS),
        "media_type": f"{part.main}/{part.sub}",
        "size": len(part.content()),
    }


def _is_table(part: Part) -> bool:
    """Programs call a CSV file by several types; its name is what they agree on."""
    named = part.filename.lower().endswith((".csv", ".tsv"))
    return (part.main, part.sub) == ("text", "csv") or (named and part.main in ("text", "application"))


def _table(content: Content, part: Part) -> str:
    """A little more than the limit is kept, so that a reader sees that it is too long."""
    text = clean(decode(part.content()[: 4 * TABLE_CHARACTERS], part.parameters.get("charset", "")))
    content.truncated = content.truncated or len(text) > TABLE_CHARACTERS
    return text[: TABLE_CHARACTERS + 1]


def _reflowed(text: str, parameters: dict[str, str]) -> str:
    """RFC 3676: a line that ends in a blank goes on in the next one of the same quoting depth."""
    if parameters.get("format", "").lower() != "flowed":
        return text
    drop_blank = parameters.get("delsp", "").lower() == "yes"
    done: list[str] = []
    pieces: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words[1:] if words.startswith(" ") else words
        if pieces and (depth != open_depth or words == "-- "):
            done.append(_quoted(open_depth, pieces))
            pieces = []
        flows = words.endswith(" ") and words != "-- "
        pieces.append(words[:-1] if flows and drop_blank else words)
        open_depth = depth
        if not flows:
            done.append(_quoted(depth, pieces))
            pieces = []
    if pieces:
        done.append(_quoted(open_depth, pieces))
    return "\n".join(done)


def _quoted(depth: int, pieces: list[str]) -> str:
    return (">" * depth + " " if depth else "") + "".join(pieces)
