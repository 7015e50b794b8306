"""The head of a mail: who says they wrote it, what it answers, when. Everything in time linear to its length."""

import re
from email.utils import mktime_tz, parsedate_tz

from mailroom.parse_child.limits import HEAD_BYTES, ID_CHARACTERS, PARAMETER_BYTES, REFERENCES, LimitExceeded
from mailroom.parse_child.words import decode, header_bytes, header_words

Headers = dict[str, list[str]]

_LINES = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_ID = re.compile(rf"<[!-;=?-~]{{1,{ID_CHARACTERS}}}>")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\- \t]*")
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,80})/([\w!#$&^.+-]{1,80})", re.ASCII)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
FROM_CHARACTERS = 1000  # quadratic patterns stay cheap below this
_EARLIEST, _LATEST = 0, 4_102_444_800  # 1970 and 2100


def split(data: memoryview) -> tuple[Headers, memoryview]:
    """Headers by name, and what follows them."""
    fields, rest = in_order(data)
    return by_name(fields), rest


def by_name(fields: list[tuple[str, str]]) -> Headers:
    headers: Headers = {}
    for name, value in fields:
        headers.setdefault(name, []).append(value)
    return headers


def in_order(data: memoryview) -> tuple[list[tuple[str, str]], memoryview]:
    """(name in lower case, raw value) from the top down, and what follows; a folded value keeps its \\n.

    Read here line by line: the library's header parser mangles what follows a broken head.
    """
    window = bytes(data[: HEAD_BYTES + 4])
    fields: list[tuple[str, list[str]]] = []
    position = 0
    for line in _LINES.findall(window):
        if not line.strip(b"\r\n"):
            position += len(line)
            break
        field = _FIELD.match(line)
        if field:
            fields.append((field[1].decode("ascii").lower(), [_text(line[field.end() :])]))
        elif line[:1] in b" \t" and fields:
            fields[-1][1].append(_text(line))
        elif position or not line.startswith(b"From "):
            break  # a line that is no header ends the head early: it is the first line of the text
        position += len(line)
        if position > HEAD_BYTES:
            raise LimitExceeded("headers_too_long")
    return [(name, "\n".join(lines)) for name, lines in fields], data[position:]


def _text(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("ascii", "surrogateescape")


def first(headers: Headers, name: str) -> str:
    return headers.get(name, [""])[0]


def sender(headers: Headers) -> tuple[str, str]:
    """(address, "") from exactly one sound From header, else ("", why not). Nothing is guessed."""
    values = headers.get("from", [])
    if len(values) != 1:
        return "", "several_headers" if values else "missing"
    value = values[0]
    if "\n" in value or "\r" in value:
        return "", "folded"
    if not value.strip():
        return "", "missing"
    if len(value) > FROM_CHARACTERS or not value.isascii() or not value.replace("\t", " ").isprintable():
        return "", "malformed"
    bare = _QUOTED.sub(" ", value)
    if ":" in bare or ";" in bare:
        return "", "group"
    if "," in bare or bare.count("<") > 1:
        return "", "several_addresses"
    return _one_address(bare.strip())


def _one_address(bare: str) -> tuple[str, str]:
    if re.fullmatch(_ADDRESS, bare):
        return bare.lower(), ""
    phrase, opened, rest = bare.partition("<")
    if opened and rest.endswith(">") and _PHRASE.fullmatch(phrase) and re.fullmatch(_ADDRESS, rest[:-1]):
        return rest[:-1].lower(), ""
    return "", "malformed"


def ids(headers: Headers, name: str) -> list[str]:
    """Message ids in all headers of that name, in order, the last 20."""
    return [found for value in headers.get(name, []) for found in _ID.findall(value)][-REFERENCES:]


def sent_at(headers: Headers) -> int | None:
    """Seconds since 1970, as the mail itself says; None when that is no date."""
    try:
        parts = parsedate_tz(first(headers, "date")[:200])
        seconds = mktime_tz(parts) if parts else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return seconds if seconds is not None and _EARLIEST < seconds < _LATEST else None


def content_type(headers: Headers) -> tuple[str, str, dict[str, str]]:
    """(main type, subtype, parameters); text/plain when nothing sensible stands there."""
    value = _unfolded(headers, "content-type")
    kind = _TYPE.match(value)
    if kind is None:
        return "text", "plain", _parameters(value) if ";" in value else {}
    return kind[1].lower(), kind[2].lower(), _parameters(value)


def disposition(headers: Headers) -> tuple[str, dict[str, str]]:
    value = _unfolded(headers, "content-disposition")
    return value.partition(";")[0].strip().lower(), _parameters(value)


def _unfolded(headers: Headers, name: str) -> str:
    return first(headers, name)[:PARAMETER_BYTES].replace("\r", "").replace("\n", "")


def _parameters(value: str) -> dict[str, str]:
    """Parameters by lower-case name, RFC 2231's continuations and percent signs resolved."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, quoted, bare in _PARAMETER.findall(value):
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        base, *marks = name.lower().split("*")
        if not marks:
            plain.setdefault(base, text)
        elif marks[0].isascii() and marks[0].isdigit() and len(marks[0]) < 4:
            pieces.setdefault(base, {}).setdefault(int(marks[0]), (len(marks) > 1, text))
        elif marks == [""]:
            pieces.setdefault(base, {}).setdefault(0, (True, text))
    for base, numbered in pieces.items():
        plain[base] = _joined(numbered)
    return plain


def _joined(numbered: dict[int, tuple[bool, str]]) -> str:
    charset, data = "", b""
    for n, (escaped, text) in sorted(numbered.items()):
        if n == 0 and escaped and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = header_bytes(text)
        data += _PERCENT.sub(lambda hit: bytes([int(hit[1], 16)]), raw) if escaped else raw
    return decode(data, charset)


def words_of(raw: str) -> str:
    """A parameter's value as people read it."""
    if raw.isascii() or any("\udc80" <= letter <= "\udcff" for letter in raw):
        return header_words(raw)
    return raw
