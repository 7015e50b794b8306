"""The two questions asked of pasted text: where does this line lead, and which lines are there."""

import re
import unicodedata
from dataclasses import dataclass

import ada_url

from platforms.locators import telegram, web
from platforms.locators.cleaning import clean, links_in, split_scheme, trim_end, undefang, visible
from platforms.locators.errors import LinkError, TooManyLines

MAX_LINES = 200
_MAX_WRAPPINGS = 3
_PARTS = ("username", "password", "hostname", "port", "pathname", "search", "hash")
_LOCAL_NAME = re.compile(r"localhost(?:[:/?#].*)?|\[[0-9a-f:.]+\](?:[:/?#].*)?", re.I)


@dataclass(frozen=True)
class Locator:
    """The canonical place of one piece of content; `url` is for people and checkers, the other three identify it."""

    platform: str
    kind: str
    key: str
    url: str


@dataclass(frozen=True)
class Line:
    """One pasted line: its number among the lines that are not blank (from 1), a locator or an error's code."""

    n: int
    raw: str
    locator: Locator | None
    error: str | None


def parse(raw: str) -> Locator:
    """The place that one pasted line leads to. Raises LinkError, and nothing else, for whatever text it is given."""
    return _parse(raw, _MAX_WRAPPINGS)


def parse_lines(text: str) -> list[Line]:
    """Every line that is not blank; a line of several links only counts as that many. Raises TooManyLines over 200."""
    raws = [link for line in text.splitlines() if visible(line) for link in links_in(line)]
    if len(raws) > MAX_LINES:
        raise TooManyLines(len(raws))
    return [_line(n, raw) for n, raw in enumerate(raws, start=1)]


def _line(n: int, raw: str) -> Line:
    try:
        return Line(n, raw, parse(raw), None)
    except LinkError as error:
        return Line(n, raw, None, error.code)


def _parse(raw: str, wrappings: int) -> Locator:
    text = undefang(clean(raw))
    scheme, rest = split_scheme(text)
    if scheme == "tg":
        return _tg(rest, wrappings)
    rest = rest if scheme else _without_scheme(rest)
    scheme = scheme or "https"
    address = _address(scheme, rest)
    if telegram.is_telegram(address.host):
        return _telegram(_address(scheme, telegram.readable(rest)), wrappings)
    if inner := web.wrapped(address):
        return _unwrapped(inner, wrappings)
    platform, key, url = web.canonical(address)
    if trim_end(url) != url:  # what ends a sentence shows up once a parameter behind it is gone
        return _parse(url, wrappings)
    return Locator(platform, "url", key, url)


def _unwrapped(inner: str, wrappings: int) -> Locator:
    if not wrappings:
        raise LinkError("malformed")
    return _parse(inner, wrappings - 1)


def _tg(rest: str, wrappings: int) -> Locator:
    rest = telegram.readable(rest)
    if inner := telegram.tg_wrapped(rest):
        return _unwrapped(inner, wrappings)
    return Locator(telegram.PLATFORM, *telegram.tg_place(rest))


def _telegram(address: web.Address, wrappings: int) -> Locator:
    if address.port or not telegram.is_telegram(address.host):
        raise LinkError("telegram_no_content")
    if inner := telegram.wrapped(host=address.host, path=address.path, query=address.query):
        return _unwrapped(inner, wrappings)
    found = telegram.place(host=address.host, path=address.path, query=address.query, fragment=address.fragment)
    return Locator(telegram.PLATFORM, *found)


def _without_scheme(text: str) -> str:
    """`text`, if it can be an address without a scheme: a name with a dot, or four numbers. Raises LinkError."""
    if _LOCAL_NAME.fullmatch(text):
        return text
    host = re.split(r"[/?#\\]", text, maxsplit=1)[0]
    name = host.partition(":")[0]
    dots = unicodedata.normalize("NFKC", name).replace("。", ".").strip(".")
    if "@" in host or "." not in dots or (re.fullmatch(r"[0-9.]+", dots) and dots.count(".") != 3):
        raise LinkError("not_a_link")
    return text


def _address(scheme: str, rest: str) -> web.Address:
    """`rest` as a browser would read it after `scheme://`. Raises LinkError."""
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise LinkError("credentials")
    if (port := re.search(r":([^:\]]*)$", authority)) and port[1] and not _is_port(port[1]):
        raise LinkError("port")
    try:
        parts = ada_url.parse_url(f"{scheme}://{rest}", attributes=_PARTS)
    except ValueError:
        raise LinkError("malformed") from None
    if parts["username"] or parts["password"]:
        raise LinkError("credentials")
    host = parts["hostname"].removesuffix(".")
    if not host:
        raise LinkError("malformed")
    return web.Address(
        scheme,
        host,
        parts["port"],
        parts["pathname"],
        parts["search"].removeprefix("?"),
        parts["hash"].removeprefix("#"),
    )


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536
