"""What a page is made of apart from its words: of pages with the same shape one is looked at."""

from html.parser import HTMLParser

TELLING = {"class", "type", "role", "open", "hidden", "disabled", "checked", "colspan", "rowspan"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def shape(page: str) -> int:
    """Equal for two pages that have the same elements in the same places, however many rows their tables have."""
    parser = _Shape()
    parser.feed(page)
    return hash(frozenset(parser.places))


class _Shape(HTMLParser):
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
