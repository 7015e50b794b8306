"""HTML to lines of text: tables become tabbed rows, quoted blocks get "> ", nothing is fetched or run."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(["script", "style", "title", "template", "noscript", "svg", "object", "iframe", "select"])
_SPACE = re.compile(r"\s+")
MAX_DEPTH = 50
MAX_TAG = 10_000
_DECLARATION = re.compile(r"<!\[[^<>]{0,500}>")


class _Flattener(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._silent = 0
        self._lists: list[int | None] = []
        self._href = ""
        self._anchor: list[str] = []
        self._in_cell = False
        self._struck = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
            return
        given = dict(attrs)
        if tag == "br":
            self._break(cell_aware=True)
        elif tag == "blockquote":
            self._break()
            self._depth = min(self._depth + 1, MAX_DEPTH)
        elif tag in ("td", "th"):
            if any(part.strip() for part in self._line):
                self._line.append("\t")
            self._in_cell = True
        elif tag in _BLOCKS:
            self._start_block(tag, given)
        elif tag == "a":
            self._href, self._anchor = given.get("href") or "", []
        elif tag in ("s", "strike", "del"):
            self._struck += 1

    def _start_block(self, tag: str, given: dict[str, str | None]) -> None:
        self._break(cell_aware=tag != "tr")
        if tag == "tr":
            self._in_cell = False
        elif tag in ("ol", "ul"):
            start = given.get("start") or "1"
            first = int(start) if start.isdecimal() and len(start) < 6 else 1
            self._lists.append(first if tag == "ol" else None)
        elif tag == "li" and self._lists:
            number = self._lists[-1]
            if number is None:
                self._line.append("- ")
            else:
                self._line.append(f"{number}. ")
                self._lists[-1] = number + 1
        elif tag == "hr":
            self._line.append("________________________________")
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "blockquote":
            self._break()
            self._depth = max(0, self._depth - 1)
        elif tag in ("td", "th"):
            self._in_cell = False
        elif tag in _BLOCKS:
            self._break(cell_aware=tag not in ("tr", "table"))
            if tag in ("ol", "ul") and self._lists:
                self._lists.pop()
            if tag == "p":
                self._blank()
        elif tag == "a":
            self._end_anchor()
        elif tag in ("s", "strike", "del"):
            self._struck = max(0, self._struck - 1)

    def _end_anchor(self) -> None:
        shown = "".join(self._anchor)
        if self._href.lower().startswith(("http", "tg:")) and "." not in shown.strip(". "):
            self._line.append(f" <{self._href}> ")
        self._href, self._anchor = "", []

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        words = _SPACE.sub(" ", data)
        if self._struck and words.strip():
            words = " (struck out) "
        if self._href:
            self._anchor.append(words)
        self._line.append(words)

    def _break(self, *, cell_aware: bool = False) -> None:
        if cell_aware and self._in_cell:
            self._line.append(" ")
            return
        cells = (_SPACE.sub(" ", cell).strip() for cell in "".join(self._line).split("\t"))
        line = "\t".join(cells)
        self._line = []
        if line.strip():
            self.lines.append("> " * self._depth + line)

    def _blank(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * self._depth)

    def text(self) -> str:
        self._in_cell = False
        self._break()
        return "\n".join(self.lines)


def flatten(html_text: str) -> str | None:
    """The readable lines of an HTML body, or None when it is made to stall a parser (a tag that does not end)."""
    html_text = _DECLARATION.sub("", _without_comments(html_text)).replace("<![", "")
    if any(len(piece) - piece.find("<") > MAX_TAG for piece in html_text.split(">") if "<" in piece):
        return None
    flattener = _Flattener()
    flattener.feed(html_text)
    flattener.close()
    return flattener.text()


def _without_comments(html_text: str) -> str:
    """Comments cut in one pass: the standard parser looks for each one's end again and again."""
    parts: list[str] = []
    at = 0
    while (begin := html_text.find("<!--", at)) >= 0:
        parts.append(html_text[at:begin])
        end = html_text.find("-->", begin)
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join(parts) + html_text[at:]
