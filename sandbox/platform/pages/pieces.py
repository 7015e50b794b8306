"""Small pieces that several pages are made of."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ..markup import Child, Html, tag
from ..store import Post
from ..words import word

SEOUL = ZoneInfo("Asia/Seoul")


def facts(pairs: Sequence[tuple[str, str]]) -> Html:
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs if value], class_="facts")


def table(heads: Sequence[str], rows: Sequence[Html]) -> Html:
    cells = [tag("th", head, scope="col") if head else tag("td") for head in heads]
    return tag("table", tag("thead", tag("tr", cells)), tag("tbody", rows))


def row(*cells: Child) -> Html:
    return tag("tr", [tag("td", cell) for cell in cells])


def box(value: str, label: str, *, ticked: bool = False) -> Html:
    return tag("input", type="checkbox", name="pick", value=value, aria_label=label, checked=ticked)


def public(post: Post | None, shown: str) -> Html:
    """The message as a link to its public page, or just its address."""
    if post is None:
        return tag("span", shown, class_="mono")
    return tag("a", shown, href=f"/{post.room}/{post.id}?embed=1", class_="mono")


def state(code: str, language: str) -> Html:
    mark, look = {"live": ("●", "live"), "removed": ("✕", "gone")}.get(code, ("–", "other"))
    return tag("span", tag("span", mark, aria_hidden="true"), " ", word(code, language), class_=f"chip {look}")


def counts(live: int, gone: int, language: str) -> Html:
    return tag("span", word("counts", language, live=live, gone=gone), class_="chip")


def change_buttons(language: str) -> Html:
    return tag(
        "div",
        tag("button", word("remove", language), name="do", value="remove", class_="danger"),
        tag("button", word("restore", language), name="do", value="restore"),
        class_="buttons",
    )


def pressed(label: str, *, name: str, value: str, on: bool, lang: str | None = None) -> Html:
    """One button of a switch."""
    return tag("button", label, name=name, value=value, lang=lang, aria_pressed="true" if on else "false")


def empty(title: str, hint: str = "") -> Html:
    return tag("div", tag("p", tag("strong", title)), tag("p", hint) if hint else None, class_="empty")


def moment(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M} KST"
