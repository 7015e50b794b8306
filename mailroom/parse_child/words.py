"""Bytes to words: character sets, encoded words, and what must not be left in a text."""

import binascii
import codecs
import re

# Only these are ever looked up: a charset parameter must not choose an arbitrary codec ("zlib", "idna", …).
_CODECS = {
    "utf-8": ("utf8", "utf-8", "unicode-1-1-utf-8", "utf8mb4"),
    "ascii": ("us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us"),
    # Korean mail says EUC-KR and means Microsoft's superset.
    "cp949": ("euc-kr", "euckr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ks_c_5601-1989", "korean", "cp949", "ms949",
              "x-windows-949", "windows-949", "uhc", "iso-ir-149"),
    "johab": ("johab", "cp1361"),
    "iso2022_kr": ("iso-2022-kr", "csiso2022kr"),
    "iso2022_jp_2": ("iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "csiso2022jp"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "cp932", "windows-31j", "ms_kanji"),
    "euc_jp": ("euc-jp", "eucjp", "x-euc-jp"),
    "gb18030": ("gb2312", "gbk", "gb18030", "cp936", "hz-gb-2312", "x-gbk", "chinese"),
    "big5hkscs": ("big5", "big5-hkscs", "cp950", "x-big5"),
    "cp1252": ("iso-8859-1", "latin1", "latin-1", "iso8859-1", "iso_8859-1", "windows-1252", "cp1252", "x-ansi"),
    "cp1254": ("iso-8859-9", "windows-1254"),
    "iso8859_2": ("iso-8859-2", "latin2"),
    "cp1250": ("windows-1250", "cp1250"),
    "cp1251": ("windows-1251", "cp1251"),
    "cp1253": ("windows-1253",),
    "cp1255": ("windows-1255", "iso-8859-8", "iso-8859-8-i"),
    "cp1256": ("windows-1256", "iso-8859-6"),
    "cp1257": ("windows-1257",),
    "cp1258": ("windows-1258",),
    "iso8859_5": ("iso-8859-5",),
    "iso8859_7": ("iso-8859-7",),
    "iso8859_15": ("iso-8859-15", "latin-9"),
    "koi8_r": ("koi8-r", "koi8"),
    "koi8_u": ("koi8-u",),
    "cp874": ("tis-620", "windows-874"),
    "utf-16": ("utf-16",),
    "utf-16-le": ("utf-16le",),
    "utf-16-be": ("utf-16be",),
}  # fmt: skip
_CODEC_OF = {name: codec for codec, names in _CODECS.items() for name in names}

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks that turn the direction of a line round, to make "exe.fdp" of "pdf.exe".
_DIRECTIONS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def load_codecs() -> None:
    """Before files can no longer be opened."""
    for codec in _CODECS:
        "".encode(codec)
        b"".decode(codec)
        codecs.getincrementaldecoder(codec)


def decode(data: bytes, charset: str = "") -> str:
    """Text in the named character set; when it is not known or does not fit, in the likeliest one. Never raises."""
    codec = _CODEC_OF.get(charset.strip().strip("\"'").lower().partition("*")[0])
    if codec == "iso2022_kr" and b"\x1b$)C" not in data[:200]:
        data = b"\x1b$)C" + data  # an encoded word often lacks what the whole text would begin with
    for candidate in (codec, "utf-8", "cp949"):
        if candidate:
            try:
                return data.decode(candidate)
            except UnicodeError:
                continue
    return data.decode(codec if codec and codec != "ascii" else "cp1252", "replace")


def clean(text: str) -> str:
    """Lines ending in \\n, tabs kept, no other control characters, nothing that UTF-8 cannot write."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _encodable(_CONTROLS.sub("", text))


def clean_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    return _encodable(_BLANKS.sub(" ", text[: 4 * limit])).strip()[:limit]


def clean_name(text: str, limit: int) -> str:
    """A file's name for showing: no folders, no direction marks. It is never used to store anything."""
    base = re.split(r"[/\\]", clean_line(_DIRECTIONS.sub("", text), 8 * limit))[-1].strip(". ")
    return base[-limit:]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def header_bytes(raw: str) -> bytes:
    return raw.encode("ascii", "surrogateescape")


def header_words(raw: str) -> str:
    """A header's value with its encoded words decoded, in linear time. Neighbouring words of a charset are joined
    before decoding: mailers split in the middle of a letter."""
    raw = raw.replace("\r", "").replace("\n", "")
    pieces: list[str] = []
    pending: list[bytes] = []
    pending_charset, end = "", 0
    for match in _ENCODED_WORD.finditer(raw):
        between, charset = raw[end : match.start()], match[1].lower()
        data = _encoded_bytes(match[2], match[3])
        if pending and (between.strip() or charset != pending_charset):
            pieces.append(decode(b"".join(pending), pending_charset))
            pending = []
        if between.strip() or (end == 0 and between):
            pieces.append(decode(header_bytes(between)))
        pending.append(data)
        pending_charset, end = charset, match.end()
    if pending:
        pieces.append(decode(b"".join(pending), pending_charset))
    pieces.append(decode(header_bytes(raw[end:])))
    return "".join(pieces)


def _encoded_bytes(encoding: str, text: str) -> bytes:
    data = header_bytes(text)
    if encoding in "bB":
        return base64_bytes(data)
    return _Q_ESCAPE.sub(lambda hit: bytes([int(hit[1], 16)]), data.replace(b"_", b" "))


def base64_bytes(data: bytes) -> bytes:
    """Whatever can be decoded; what is no base64 is passed over, a cut end is dropped."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    usable = len(letters) - (len(letters) % 4 == 1)
    return binascii.a2b_base64(letters[:usable] + b"=" * (-usable % 4))
