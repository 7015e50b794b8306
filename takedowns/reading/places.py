"""Which item a link, a label or a message number in a reply points at."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from platforms.locators import LinkError, parse
from takedowns.reading.shapes import ItemRef

MAX_LINKS = 1000
LINK = re.compile(
    r"(?:h[tx*]{2}ps?|tg)\s?(?:\[:\]|:)\s?(?:\[?//\]?|/{2})?[^\s<>\"'|，、）」』]{3,4000}"
    r"|(?<![\w@.])(?:[a-z0-9][a-z0-9-]{0,62}(?:\.|\[\.\]|\(\.\)|\[dot\])){1,6}[a-z]{2,24}/[^\s<>\"'|，、）」』]{1,4000}",
    re.I,
)
_TRAILING = ".,;:!?)>]}'\"·…*_"
_AFTER_LINK = re.compile(r"(?:은|는|이|가|을|를|와|과|및|의|도|만)$")
_WRAPPERS = (
    ("safelinks.protection.outlook.com", r"[?&]url=([^&\s]{1,4000})"),
    ("urldefense", r"/__(https?:[^\s]{1,4000}?)__;"),
    ("google.com/url", r"[?&](?:q|url)=([^&\s]{1,4000})"),
)
_TAIL = re.compile(r"[?#].*$", re.S)


def identity(url: str) -> tuple[str, ...]:
    """What two ways of writing one link have in common."""
    try:
        place = parse(url)
    except LinkError:  # a name without a public domain, as in a closed network
        bare = re.sub(r"^\w{2,5}\W{1,6}", "", _unwrapped(url.replace("[.]", ".").replace("(.)", ".")).lower())
        return ("", bare.removeprefix("www.").rstrip("/"))
    return (place.platform, place.kind, place.key)


def _unwrapped(url: str) -> str:
    for wrapper, parameter in _WRAPPERS:
        if wrapper in url[:200].lower() and (inner := re.search(parameter, url)):
            return unquote(inner[1])
    return url


def links_in(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the links in `text`, without the punctuation and particles that follow them."""
    if "/" not in text and ":" not in text:
        return
    for count, match in enumerate(LINK.finditer(text)):
        if count >= MAX_LINKS:
            return
        link = match.group().rstrip(_TRAILING)
        while particle := _AFTER_LINK.search(link):
            link = link[: particle.start()].rstrip(_TRAILING)
        if len(link) > 5:
            yield match.start(), match.start() + len(link)


class Places:
    """The items of one letter, found by label, number, link, message number or the last part of the link."""

    def __init__(self, items: Sequence[ItemRef]) -> None:
        self.labels = [item.label for item in items]
        self.by_label = {item.label.lower(): item.label for item in items}
        self.by_number: dict[int, str] = {}
        self.by_message: dict[int, str] = {}
        self.by_tail: dict[str, str] = {}
        self.by_path: dict[str, str | None] = {}
        self.by_link: dict[tuple[str, ...], str | None] = {}
        self._hosts: set[str] = set()
        self._seen: dict[str, tuple[str, ...]] = {}
        self._learn_numbers()
        self._learn_links(items)

    def __len__(self) -> int:
        return len(self.labels)

    def _learn_numbers(self) -> None:
        doubled: set[int] = set()
        for label in self.labels:
            last = label.rsplit("/", 1)[-1]
            if last.isdecimal():
                number = int(last)
                doubled |= {number} & self.by_number.keys()
                self.by_number[number] = label
        for number in doubled:
            del self.by_number[number]

    def _learn_links(self, items: Sequence[ItemRef]) -> None:
        doubled_messages: set[int] = set()
        doubled_tails: set[str] = set()
        for item in items:
            same = self._seen[item.url] = identity(item.url)
            self.by_link[same] = None if same in self.by_link else item.label
            self._hosts.add(_host(item.url))
            tail = _TAIL.sub("", item.url).rstrip("/").rsplit("/", 1)[-1].lower()
            if tail.isdecimal() and len(tail) <= 12:
                number = int(tail)
                doubled_messages |= {number} & self.by_message.keys()
                self.by_message[number] = item.label
            path = _TAIL.sub("", item.url).rstrip("/").lower().split("/")
            if len(path) > 3 and len(path[-2]) >= 4:
                self.by_path["/".join(path[-2:])] = None if "/".join(path[-2:]) in self.by_path else item.label
            if len(tail) >= 6 and re.search(r"\d", tail) and tail.isascii():
                doubled_tails |= {tail} & self.by_tail.keys()
                self.by_tail[tail] = item.label
        for number in doubled_messages | (self.by_message.keys() & self.by_number.keys()):
            self.by_message.pop(number, None)  # a message number that is somebody's label, too, says nothing
        for tail in doubled_tails:
            del self.by_tail[tail]

    def of_link(self, url: str) -> str | None:
        """The label of the item behind a link, or None: no item, or more than one."""
        if url not in self._seen:
            self._seen[url] = identity(url)
        return self.by_link.get(self._seen[url])

    def is_near(self, url: str) -> bool:
        """Whether a link that is no item's leads to a site where an item is."""
        return _host(url) in self._hosts


def _host(url: str) -> str:
    plain = url.lower().replace("[.]", ".").replace("(.)", ".").replace("[dot]", ".")
    return re.sub(r"^\w{2,5}\W{1,6}", "", plain).split("/")[0].removeprefix("www.")
