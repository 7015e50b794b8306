"""HTML to text that keeps what carries meaning in a reply: rows and cells, numbers of lists, quotations, links."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.I)
_SKIPPED = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "noembed",
    "noframes",
    "svg",
    "math",
    "iframe",
    "object",
    "select",
}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BLOCKS = {
    "address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "header", "hr", "html", "main", "nav", "section", "summary",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}
TABLES_DEEP = 30
LINES_IN_A_CELL = 5  # more than this, and the table only arranges the page
LINK_CHARACTERS = 1000
QUOTES_DEEP = 20
RULE = "_" * 32  # Outlook puts one above what it quotes
STRUCK = " (struck out) "  # taken back: the words themselves would be read as said


@dataclass
class _Sheet:
    """Lines that are being written: the page, or one cell of a table."""

    lines: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    quotes: int = 0

    def write(self, text: str) -> None:
        if text != " " or (self.current and not self.current[-1].endswith((" ", "\t"))):
            self.current.append(text if self.current else text.lstrip(" "))

    def end_line(self, *, even_if_empty: bool = False) -> None:
        text = "".join(self.current).rstrip()
        self.current = []
        if text or even_if_empty:
            self.lines.append(("> " * min(self.quotes, QUOTES_DEEP) + text).rstrip())

    def end_paragraph(self) -> None:
        self.end_line()
        if self.lines and self.lines[-1].strip("> "):
            self.end_line(even_if_empty=True)


@dataclass
class _Table:
    row: list[_Sheet] = field(default_factory=list)
    cell: _Sheet | None = None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Sheet()
        self.tables: list[_Table] = []
        self.lists: list[int | None] = []  # the next number of each open list; None for one without numbers
        self.skipped, self.skipped_depth = "", 0
        self.preformatted = self.struck = 0
        self.link, self.link_text = "", ""

    @property
    def sheet(self) -> _Sheet:
        for table in reversed(self.tables):
            if table.cell is not None:
                return table.cell
        return self.page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.skipped = ""
        if self.skipped:
            self.skipped_depth += tag == self.skipped
            return
        given = {name: value or "" for name, value in attrs}
        if (tag in _SKIPPED or _is_hidden(given)) and tag not in _VOID:
            self.skipped, self.skipped_depth = tag, 1
            return
        self._start(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)
        elif not self.skipped and tag not in _SKIPPED:
            # <p/> is no end in HTML, but mail programs that write XHTML mean one.
            self._start(tag, {})
            self._end(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.skipped:
            self._end(tag)
        elif tag == self.skipped:
            self.skipped_depth -= 1
            self.skipped = self.skipped if self.skipped_depth > 0 else ""

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if self.struck and data.strip():
            data = STRUCK
        if self.link and len(self.link_text) < LINK_CHARACTERS:
            self.link_text += data
        if self.preformatted:
            first, *more = data.replace("\r\n", "\n").split("\n")
            self.sheet.write(first)
            for line in more:
                self.sheet.end_line(even_if_empty=True)
                self.sheet.write(line)
            return
        text = _BLANKS.sub(" ", data)
        if text:
            self.sheet.write(text)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self.sheet.end_line(even_if_empty=True)
        elif tag in _PARAGRAPHS:
            self.sheet.end_paragraph()
            self.preformatted += tag == "pre"
            self.sheet.quotes += tag == "blockquote"
        elif tag in ("s", "strike", "del"):
            self.struck += 1
        elif tag in _BLOCKS:
            self.sheet.end_line()
            if tag == "hr":
                self.sheet.write(RULE)
                self.sheet.end_line()
        elif tag in ("ul", "ol"):
            self.sheet.end_line()
            self.lists.append(_number(given.get("start", "1")) if tag == "ol" else None)
        elif tag == "li":
            self._start_item(given)
        elif tag == "a":
            self._end_link()
            self.link, self.link_text = given.get("href", "").strip(), ""
        elif tag == "table" and len(self.tables) < TABLES_DEEP:
            self.sheet.end_line()
            self.tables.append(_Table())
        elif tag == "tr" and self.tables:
            self._end_row()
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            self.tables[-1].cell = _Sheet()

    def _end(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.sheet.end_line()
            self.sheet.quotes -= tag == "blockquote" and self.sheet.quotes > 0
            self.preformatted -= tag == "pre" and self.preformatted > 0
            self.sheet.end_paragraph()
        elif tag in _BLOCKS or tag == "li":
            self.sheet.end_line()
        elif tag in ("ul", "ol"):
            self.sheet.end_line()
            if self.lists:
                self.lists.pop()
        elif tag == "a":
            self._end_link()
        elif tag in ("s", "strike", "del"):
            self.struck = max(0, self.struck - 1)
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
        elif tag in ("tr", "thead", "tbody", "tfoot") and self.tables:
            self._end_row()
        elif tag == "table" and self.tables:
            self._end_row()
            self.tables.pop()

    def _start_item(self, given: dict[str, str]) -> None:
        self.sheet.end_line()
        number = self.lists[-1] if self.lists else None
        if number is None:
            self.sheet.write("- ")
            return
        number = _number(given["value"]) if "value" in given else number
        self.sheet.write(f"{number}. ")
        self.lists[-1] = number + 1

    def _end_link(self) -> None:
        if self.link.lower().startswith(("http://", "https://", "tg:")) and _bare(self.link) != _bare(self.link_text):
            self.sheet.write(f" <{_BLANKS.sub('', self.link)[:LINK_CHARACTERS]}>")
        self.link = self.link_text = ""

    def _end_cell(self) -> None:
        table = self.tables[-1]
        if table.cell is not None:
            table.cell.end_line()
            table.row.append(table.cell)
            table.cell = None

    def _end_row(self) -> None:
        """Side by side when it is a row of short cells, one below the other when the table only arranges the page."""
        self._end_cell()
        table = self.tables[-1]
        cells = [[line for line in sheet.lines if line.strip("> ")] for sheet in table.row]
        full = [lines for lines in cells if lines]
        if len(full) == 1:
            self._emit(next(sheet.lines for sheet, lines in zip(table.row, cells, strict=True) if lines))
        elif full and max(map(len, full)) <= LINES_IN_A_CELL:
            self._emit(["\t".join(" ".join(lines) for lines in cells)])
        else:
            for lines in full:
                self._emit(lines)
        table.row = []

    def _emit(self, lines: list[str]) -> None:
        sheet = self.sheet
        for line in lines:
            sheet.current.append(line)
            sheet.end_line(even_if_empty=True)

    def finish(self) -> str:
        self.close()
        while self.tables:
            self._end_row()
            self.tables.pop()
        self.page.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.page.lines)).strip("\n")


def text_of(page: str) -> str:
    """Text of an HTML page. What is hidden, scripted or styled away is left out."""
    reader = _Reader()
    # To a browser this is a comment up to the next ">". The library looks for a name behind it, and fails without one.
    reader.feed(page.replace("<![", "<! ["))
    return reader.finish()


def _is_hidden(given: dict[str, str]) -> bool:
    return "hidden" in given or bool(_HIDDEN.search(given.get("style", "")[:2000]))


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _bare(link: str) -> str:
    return re.sub(r"^https?://|/$|[\s\u00a0]", "", link.strip().lower())
