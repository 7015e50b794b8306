"""What a page is made of apart from its words: a page that shows nothing new need not be looked at."""

from html.parser import HTMLParser

TELLING = {"class", "type", "role", "open", "hidden", "disabled", "checked", "colspan", "rowspan"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def places(page: str) -> set[int]:
    """The elements of a page, each with those around it; a table's rows are one, however many there are."""
    parser = _Places()
    parser.feed(page)
    return parser.places


class _Places(HTMLParser):
    """Each element as a number made of its own and those around it."""

    def __init__(self) -> None:
        super().__init__()
        self.around: list[tuple[str, int]] = [("", 0)]
        self.places: set[int] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = tuple(sorted((name, value or "") for name, value in attrs if name in TELLING))
        place = hash((self.around[-1][1], tag, own))
        self.places.add(place)
        if tag not in EMPTY:
            self.around.append((tag, place))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == each for each, _ in self.around):
            while self.around.pop()[0] != tag:
                pass
