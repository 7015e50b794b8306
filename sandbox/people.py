"""People at the portal's real pages: each is an HTTP client that reads pages and sends their forms, as browsers do.

Forms are found by where they go, not by their words, so that it works in either language. No script runs: what works
here works without JavaScript.
"""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

VOID = {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "area", "col", "embed", "track"}


@dataclass
class Form:
    """A form of a page: where it goes, what it holds as it stands, which buttons it has."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # of each select: value, words

    def option(self, name: str, words: str) -> str | None:
        """The value of the first choice whose words hold these."""
        return next((value for value, text in self.choices.get(name, []) if words in text), None)


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._link: tuple[str, list[str]] | None = None
        self.messages: list[str] = []
        self._depth = 0  # of boxes inside the one with the messages

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = dict(pairs)
        if tag == "div" and (self._depth or given.get("id") == "messages"):
            self._depth += 1
        name = given.get("name") or ""
        if tag == "form":
            action = urljoin(self.url, given.get("action") or self.url)
            self._form = Form(action, (given.get("method") or "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and given.get("href"):
            self._link = (urljoin(self.url, given["href"] or ""), [])
        elif self._form and name and tag in {"input", "select", "textarea", "button"}:
            self._form.names.add(name)
            if "disabled" not in given:
                self._field(tag, name, given)
        if tag == "button" and self._form and given.get("formaction"):
            # The same form, sent elsewhere by this button.
            action = urljoin(self.url, given["formaction"] or "")
            self.forms.append(replace(self._form, action=action))
        if tag == "option" and self._select:
            self._select[1].append((given.get("value") or "", "selected" in given))
            if self._form:
                self._form.choices.setdefault(self._select[0], []).append((given.get("value") or "", ""))

    def _field(self, tag: str, name: str, given: dict[str, str | None]) -> None:
        if self._form is None:
            return
        kind = given.get("type") or "text"
        if tag == "select":
            self._select = (name, [])
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "input" and (kind not in {"checkbox", "radio", "submit", "file"} or "checked" in given):
            self._form.fields.append((name, given.get("value") or ("on" if kind == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._depth:
            self._depth -= 1
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            if self._form:
                self._form.fields += [(name, value) for value in chosen]
            self._select = None
        elif tag == "textarea" and self._area:
            if self._form:
                self._form.fields.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        elif tag == "a" and self._link:
            self.links.append((self._link[0], " ".join("".join(self._link[1]).split())))
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)
        if self._select and self._form and (choices := self._form.choices.get(self._select[0])):
            value, words = choices[-1]
            choices[-1] = (value, words + data)
        if self._link:
            self._link[1].append(data)
        if self._depth:
            self.messages.append(data)
        self.text.append(data)


class Page:
    """An answer as a person sees it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.code = answer.status_code
        self.url = str(answer.url)
        self.path = urlsplit(self.url).path
        self.html = answer.text
        reader = _Reader(self.url)
        reader.feed(self.html.replace("<wbr>", ""))  # a line may break there; nobody sees a blank
        self.forms, self.links = reader.forms, reader.links
        self.text = " ".join(" ".join(reader.text).split())
        self.messages = " ".join(" ".join(reader.messages).split())

    def form(self, ending: str = "", *, having: str = "") -> Form:
        """The form whose action's path ends so, and that has a field of this name."""
        for form in self.forms:
            if urlsplit(form.action).path.endswith(ending) and (not having or having in form.names):
                return form
        raise LookupError(f"no form to …{ending} with {having!r} on {self.path}: {self.text[:400]}")

    def link(self, words: str = "", *, to: str = "") -> str:
        """The address of the first link with these words whose path matches the pattern."""
        for address, text in self.links:
            if words in text and re.search(to, urlsplit(address).path):
                return address
        raise LookupError(f"no link {words!r} {to!r} on {self.path}")


class NotLoggedIn(Exception):
    """The portal would not let this person in; the text is what its page says."""


class Person:
    """Somebody logged in at the portal at `url`. `language` is switched to where it is given; else it stays."""

    def __init__(self, url: str, username: str, password: str, *, language: str = "") -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        page = self.open("/login/")
        page = self.send(page.form("/login/", having="password"), username=username, password=password)
        if page.path == "/login/":
            raise NotLoggedIn(page.text[:300])
        if language:
            self.send(page.form("/language/"), language=language)

    def open(self, path: str) -> Page:
        return Page(self.client.get(path))

    def send(self, form: Form, *, to: str = "", **values: str | list[str]) -> Page:
        """Send a form as it stands, with these fields changed; a list stands for several boxes of one name.

        `to` is where a button with an address of its own sends it.
        """
        fields = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
        data: dict[str, list[str]] = {}
        for name, text in fields:
            data.setdefault(name, []).append(text)
        if form.method == "get":
            return Page(self.client.get(form.action, params=data))
        return Page(self.client.post(urljoin(form.action, to), data=data, headers={"Referer": form.action}))
