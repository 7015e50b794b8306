"""When two mails are the same mail, though each carries the marks of its own way."""

import hashlib
import re

_HEAD_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FIELD_END = re.compile(rb"\r?\n(?![ \t])")

# What servers on the way add. DKIM-Signature is among them: some servers sign anew for each delivery, so that the same
# mail brought twice bears two signatures; a signature vouches for a carrier and is judged for each raw mail by itself.
_TRACE = {
    b"received",
    b"return-path",
    b"delivered-to",
    b"x-original-to",
    b"envelope-to",
    b"x-envelope-to",
    b"x-envelope-from",
    b"delivery-date",
    b"authentication-results",
    b"received-spf",
    b"x-received",
    b"dkim-signature",
    b"domainkey-signature",
    b"x-google-dkim-signature",
}
_TRACE_PREFIXES = (b"arc-", b"x-spam", b"x-virus")


def content_digest(data: bytes) -> str:
    """SHA-256 over everything but trace headers."""
    fields, body = _split(data)
    digest = hashlib.sha256()
    for field in fields:
        if not _is_trace(_name(field)):
            digest.update(field + b"\r\n")
    digest.update(b"\r\n")
    digest.update(body)
    return digest.hexdigest()


def is_copy(*, letter: bytes, mail: bytes) -> bool:
    """Is `mail` our `letter`, byte for byte, but for trace fields and fields of names that the letter does not have?"""
    ours, our_body = _split(letter)
    theirs, their_body = _split(mail)
    kept = [field for field in ours if not _is_trace(_name(field))]
    names = {_name(field) for field in kept}
    return our_body == their_body and kept == [field for field in theirs if _name(field) in names]


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    end = _HEAD_END.search(data)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    return [field for field in _FIELD_END.split(head) if field], body


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0].strip().lower()


def _is_trace(name: bytes) -> bool:
    return name in _TRACE or name.startswith(_TRACE_PREFIXES)
