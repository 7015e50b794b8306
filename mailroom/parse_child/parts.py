"""The parts of a mail, found without recursion: the library's parser follows nested multiparts until it falls over."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailroom.parse_child import heads
from mailroom.parse_child.limits import DEPTH, PARTS, LimitExceeded
from mailroom.parse_child.words import base64_bytes, header_bytes


@dataclass
class Part:
    """A leaf: something with content of its own. `body` is still encoded for transfer."""

    headers: heads.Headers
    main: str
    sub: str
    parameters: dict[str, str]
    body: memoryview

    @property
    def filename(self) -> str:
        name = heads.disposition(self.headers)[1].get("filename") or self.parameters.get("name", "")
        return heads.words_of(name)

    @property
    def is_text(self) -> bool:
        """To be read as the mail's own words, not kept as an attachment."""
        kind, parameters = heads.disposition(self.headers)
        attached = kind == "attachment" or "filename" in parameters
        return self.main == "text" and self.sub in ("plain", "html") and not attached

    def content(self) -> bytes:
        encoding = heads.first(self.headers, "content-transfer-encoding").strip().lower()
        data = bytes(self.body)
        if encoding == "base64":
            return base64_bytes(data)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(data)
        return data


def leaves(headers: heads.Headers, body: memoryview) -> Iterator[Part]:
    """All leaves in reading order. Raises LimitExceeded beyond 20 levels or 500 parts."""
    waiting: list[tuple[heads.Headers | None, memoryview, int, str]] = [(headers, body, 1, "text/plain")]
    seen = 0
    while waiting:
        head, data, depth, default = waiting.pop()
        if head is None:
            head, data = heads.split(data)
        main, sub, parameters = heads.content_type(head)
        if default == "message/rfc822" and "content-type" not in head:
            main, sub = "message", "rfc822"
        boundary = header_bytes(parameters.get("boundary", "")) if _is_ascii(parameters) else b""
        if main != "multipart" or not boundary:
            yield Part(
                head, "text" if main == "multipart" else main, "plain" if main == "multipart" else sub, parameters, data
            )
            continue
        if depth > DEPTH:
            raise LimitExceeded("too_deep")
        inner = "message/rfc822" if sub == "digest" else "text/plain"
        children = []
        for child in _between(data, boundary):
            seen += 1
            if seen > PARTS:
                raise LimitExceeded("too_many_parts")
            children.append((None, child, depth + 1, inner))
        waiting.extend(reversed(children))


def _is_ascii(parameters: dict[str, str]) -> bool:
    return all(ord(letter) < 128 or "\udc80" <= letter <= "\udcff" for letter in parameters.get("boundary", ""))


def _between(data: memoryview, boundary: bytes) -> Iterator[memoryview]:
    """What stands between the boundary lines; a missing last one is the end of the data."""
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    start = None
    for match in line.finditer(data):
        if start is not None:
            yield _without_last_newline(data[start : match.start()])
        if match[1]:
            return
        start = match.end() + 1
    if start is not None:
        yield data[start:]


def _without_last_newline(data: memoryview) -> memoryview:
    for ending in (b"\r\n", b"\n"):
        if bytes(data[-len(ending) :]) == ending:
            return data[: -len(ending)]
    return data
