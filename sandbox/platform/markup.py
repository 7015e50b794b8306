"""HTML built from functions: everything is escaped unless it came out of `tag`."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"


def html(*children: Child) -> Html:
    """Children after one another; None is nothing, plain text is escaped."""
    return Html("".join(_one(child) for child in children))


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """`tag("a", "text", href="/", class_="b")`: a last underscore goes, others become hyphens; no None, no False."""
    said = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    start = f"<{name}{said}>"
    return Html(start if name in EMPTY else f"{start}{html(*children)}</{name}>")


def _attribute(key: str, value: str | int) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _one(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int):
        return escape(str(child))
    return html(*child)
