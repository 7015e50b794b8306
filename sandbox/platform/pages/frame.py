"""The frame around every page of the desk."""

from http import HTTPStatus

from ..markup import Child, Html, tag
from ..serving import Response
from ..words import LANGUAGES, word
from . import robot
from .pieces import pressed
from .view import Notice, View

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers post with "Origin: null"
    "Cache-Control": "no-store",
}
TABS = (("inbox", "/liaison/"), ("rooms", "/liaison/rooms/"), ("sent", "/liaison/sent/"))


def page(view: View, *, section: str, title: str, body: Child, back: str = "/liaison/") -> Response:
    """A whole page; `back` is where the switches of language and robot lead to."""
    language = view.language
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {word('desk', language)}"),
        tag("link", rel="stylesheet", href="/_platform/font/pretendard-gov.css"),
        tag("link", rel="stylesheet", href="/_platform/desk.css"),
        tag("link", rel="icon", href="/_platform/desk.png"),
        tag("script", src="/_platform/desk.js", defer=True),
    )
    main = tag("main", _notice(view.notice, language), robot.strip(view, back), tag("h1", title), body, id="content")
    skip = tag("a", word("skip", language), href="#content", class_="skip")
    whole = tag("html", head, tag("body", skip, _top(section, view, back), main), lang=language)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if view.notice and view.notice.is_error else HTTPStatus.OK
    return Response(f"<!DOCTYPE html>\n{whole}\n".encode(), status=status, headers=HEADERS)


def missing(view: View) -> Response:
    link = tag("p", tag("a", word("back", view.language), href="/liaison/"))
    shown = page(view, section="", title=word("not_found", view.language), body=link)
    return Response(shown.body, shown.type, HTTPStatus.NOT_FOUND, HEADERS)


def _top(section: str, view: View, back: str) -> Html:
    language = view.language
    tabs = [
        tag("a", word(key, language), href=href, aria_current="page" if key == section else None) for key, href in TABS
    ]
    toggle = tag(
        "form",
        tag("input", type="hidden", name="back", value=back),
        [pressed(LANGUAGES[code], name="to", value=code, on=code == language, lang=code) for code in LANGUAGES],
        method="post",
        action="/liaison/language",
        class_="switch dark",
        aria_label=word("language", language),
    )
    name = tag("p", tag("strong", word("simulated", language)), " – ", word("desk", language), class_="name")
    note = tag("p", word("simulated_note", language), class_="note")
    nav = tag("nav", tabs, class_="tabs", aria_label=word("desk", language))
    portal = tag("a", word("to_portal", language), href=view.portal, class_="to-portal") if view.portal else None
    return tag("header", tag("div", name, portal, toggle, class_="bar"), note, nav)


def _notice(notice: Notice | None, language: str) -> Html | None:
    if notice is None:
        return None
    words = word(notice.key, language, part=notice.part, count=notice.count)
    look, role = ("notice error", "alert") if notice.is_error else ("notice", "status")
    return tag("p", words, class_=look, role=role)
