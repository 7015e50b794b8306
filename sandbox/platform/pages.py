"""The desk's pages as HTML: no script, no inline style, readable from 360 pixels up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from . import quick as quick_answers
from .answers import NAME, answer_subject, quoted, sender
from .correspondence import Entry, Opened
from .markup import Child, Html, html, tag
from .serving import Response
from .store import Answer, Post, Room
from .words import LANGUAGES, word

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers post with "Origin: null"
    "Cache-Control": "no-store",
}
SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class Notice:
    """A line above the page: what was done, or what is wrong."""

    key: str
    part: str = ""
    count: int = 0
    is_error: bool = False

    @classmethod
    def of(cls, key: str, part: str = "") -> "Notice":
        return cls(key, part=part, is_error=True)

    @classmethod
    def after(cls, did: str, count: int) -> "Notice | None":
        known = did in ("remove", "restore", "send", "send_before", "nothing")
        return cls(f"did_{did}", count=count) if known else None


def inbox(letters: Sequence[Opened], language: str) -> Response:
    if letters:
        rows = tag("ul", [_inbox_row(opened, language) for opened in letters], class_="cards")
    else:
        hint = tag("p", word("no_letters_hint", language))
        rows = tag("div", tag("p", tag("strong", word("no_letters", language))), hint, class_="empty")
    return _page("inbox", language, word("inbox", language), rows)


def letter(
    opened: Opened,
    *,
    language: str,
    notice: Notice | None,
    text: str | None,
    quick: tuple[str, str],
    answers: Sequence[Answer],
    once: str,
) -> Response:
    """A letter, its videos and the form for the answer; `text` was typed already, `quick` is a kind and a language."""
    one = opened.letter
    parts = tag("div", _read_step(opened, language), _remove_step(opened, language), class_="columns")
    shown = text if text is not None else _prefilled(opened, language, quick)
    title = one.subject or word("no_subject", language)
    body = html(parts, _answer_step(opened, language, shown, once), _earlier(answers, language))
    return _page("inbox", language, title, body, notice, f"/liaison/letters/{one.id}")


def rooms(
    listed: Sequence[tuple[Room, Sequence[Post]]], *, language: str, notice: Notice | None, links: str
) -> Response:
    rows = tag("ul", [_room_row(room, posts, language) for room, posts in listed], class_="cards")
    area = tag("textarea", f"\n{links}", id="links", name="links", rows=5, aria_describedby="links-hint", class_="mono")
    form = tag(
        "form",
        tag("label", word("links", language), for_="links"),
        tag("p", word("links_hint", language), id="links-hint", class_="hint"),
        area,
        _change_buttons(language),
        method="post",
        action="/liaison/rooms/",
        class_="panel",
    )
    hint = tag("p", word("room_hint", language), class_="lead")
    return _page("rooms", language, word("rooms", language), html(hint, rows, form), notice, "/liaison/rooms/")


def room(one: Room, posts: Sequence[Post], *, language: str, notice: Notice | None) -> Response:
    heads = ("", word("message", language), word("state", language))
    rows = [_post_row(post, language) for post in posts]
    form = tag(
        "form",
        _change_buttons(language),
        _table(heads, rows),
        method="post",
        action=f"/liaison/rooms/{one.name}",
        class_="panel",
    )
    hint = tag("p", word("room_hint", language), class_="lead")
    return _page("rooms", language, one.title, html(hint, form), notice, f"/liaison/rooms/{one.name}")


def sent(answers: Sequence[Answer], language: str) -> Response:
    if answers:
        rows = tag("ul", [_sent_row(one, language) for one in answers], class_="cards")
    else:
        rows = tag("div", tag("p", word("no_answers", language)), class_="empty")
    return _page("sent", language, word("sent", language), rows, back="/liaison/sent/")


def sent_answer(one: Answer, language: str) -> Response:
    facts = [(word("to", language), one.recipient), (word("sent_at", language), _moment(one.sent_at))]
    unclear = None if one.left_house else tag("p", word("unclear", language), class_="chip other")
    source = tag("a", word("letter", language), href=f"/liaison/letters/{one.letter}")
    body = tag("section", _facts(facts), unclear, tag("p", source), tag("pre", one.text, class_="mail"), class_="panel")
    return _page("sent", language, one.subject, body, back=f"/liaison/sent/{one.id}")


def missing(language: str) -> Response:
    link = tag("a", word("back", language), href="/liaison/")
    page = _page("", language, word("not_found", language), tag("p", link))
    return Response(page.body, page.type, HTTPStatus.NOT_FOUND, HEADERS)


# The inbox.


def _inbox_row(opened: Opened, language: str) -> Html:
    one = opened.letter
    title = tag("a", one.subject or word("no_subject", language), href=f"/liaison/letters/{one.id}", class_="title")
    chips = tag(
        "span", _counts(opened, language) if opened.entries else None, _answered(opened, language), class_="chips"
    )
    meta = tag("span", one.writer, " · ", _moment(one.received_at), class_="meta")
    return tag("li", title, meta, chips)


def _answered(opened: Opened, language: str) -> Html:
    key, look = ("answered", "chip done") if opened.answered else ("unanswered", "chip waiting")
    return tag("span", word(key, language), class_=look)


def _counts(opened: Opened, language: str) -> Html:
    live, gone = len(opened.numbers("live")), len(opened.numbers("removed"))
    return tag("span", word("counts", language, live=live, gone=gone), class_="chip")


# A letter.


def _read_step(opened: Opened, language: str) -> Html:
    one = opened.letter
    facts = [
        (word("from", language), one.writer),
        (word("reply_to", language), one.reply_to),
        (word("came", language), _moment(one.received_at)),
    ]
    source = tag("a", word("source", language), href=f"/liaison/letters/{one.id}/source")
    return tag(
        "section",
        tag("h2", word("step_read", language)),
        _facts(facts),
        tag("pre", one.text, class_="mail"),
        tag("p", source, class_="small"),
        class_="panel",
    )


def _remove_step(opened: Opened, language: str) -> Html:
    heading = tag("h2", word("step_remove", language), " ", _counts(opened, language) if opened.entries else None)
    if not opened.entries:
        return tag("section", heading, tag("p", word("no_links", language)), class_="panel", id="videos")
    heads = ("", word("number", language), word("message", language), word("state", language))
    typed = tag("input", id="numbers", name="numbers", autocomplete="off", aria_describedby="numbers-hint")
    everything = tag("button", word("remove_all", language), name="do", value="remove_all", class_="primary")
    is_done = not opened.numbers("live")
    form = tag(
        "form",
        None if is_done else tag("div", everything, class_="buttons"),
        _table(heads, [_entry_row(entry, language) for entry in opened.entries]),
        tag("label", word("numbers", language), for_="numbers"),
        tag("p", word("numbers_hint", language), id="numbers-hint", class_="hint"),
        typed,
        _change_buttons(language),
        method="post",
        action=f"/liaison/letters/{opened.letter.id}/videos",
    )
    return tag("section", heading, form, class_="panel", id="videos")


def _entry_row(entry: Entry, language: str) -> Html:
    number = entry.link.number
    pick = _box(str(number), word("choose", language, number=number)) if entry.post else None
    shown = f"{entry.post.room}/{entry.post.id}" if entry.post else entry.link.url
    return _row(pick, str(number), _public(entry.post, shown), _state(entry.state, language))


def _prefilled(opened: Opened, language: str, quick: tuple[str, str]) -> str:
    kind, its_language = quick
    if kind not in quick_answers.TEXTS or its_language not in LANGUAGES:
        return f"\n\n{quoted(opened.letter, language)}"
    said = quick_answers.text(kind, its_language, live=opened.numbers("live"), gone=opened.numbers("removed"))
    return f"{said}\n\n{quoted(opened.letter, its_language)}"


def _answer_step(opened: Opened, language: str, text: str, once: str) -> Html:
    one = opened.letter
    facts = [
        (word("from", language), f"{NAME} <{sender(one)}>"),
        (word("to", language), one.reply_to),
        (word("subject", language), answer_subject(one)),
    ]
    form = tag(
        "form",
        tag("input", type="hidden", name="once", value=once),
        tag("label", word("text", language), for_="text"),
        tag("textarea", f"\n{text}", id="text", name="text", rows=18, required=True),  # HTML drops the first line end
        tag("div", tag("button", word("send", language), class_="primary"), class_="buttons"),
        method="post",
        action=f"/liaison/letters/{one.id}/answer",
    )
    heading = tag("h2", word("step_answer", language))
    return tag("section", heading, _facts(facts), _quick_links(language), form, class_="panel", id="answer")


def _quick_links(language: str) -> Html:
    order = sorted(LANGUAGES, key=lambda code: code != language)
    rows = [
        tag(
            "p",
            tag("span", LANGUAGES[code], class_="meta", lang=code),
            [
                tag("a", word(f"quick_{kind}", code), href=f"?quick={kind}&in={code}#answer", class_="quick", lang=code)
                for kind in quick_answers.TEXTS
            ],
            class_="quicks",
        )
        for code in order
    ]
    return tag("nav", tag("h3", word("quick", language)), rows, aria_label=word("quick", language))


def _earlier(answers: Sequence[Answer], language: str) -> Html | None:
    if not answers:
        return None
    rows = tag("ul", [_sent_row(one, language) for one in answers], class_="cards")
    return tag("section", tag("h2", word("earlier_answers", language)), rows)


def _sent_row(one: Answer, language: str) -> Html:
    first = next((line for line in one.text.splitlines() if line.strip()), "")
    title = tag("a", one.subject, href=f"/liaison/sent/{one.id}", class_="title")
    meta = tag("span", one.recipient, " · ", _moment(one.sent_at), class_="meta")
    unclear = None if one.left_house else tag("span", word("unclear", language), class_="chip other")
    return tag("li", title, meta, tag("span", first, class_="excerpt"), unclear)


# Rooms.


def _room_row(one: Room, posts: Sequence[Post], language: str) -> Html:
    live = sum(post.is_live for post in posts)
    counts = tag("span", word("counts", language, live=live, gone=len(posts) - live), class_="chip")
    title = tag("a", one.title, href=f"/liaison/rooms/{one.name}", class_="title")
    public = tag("a", word("public_page", language), href=f"/s/{one.name}")
    return tag(
        "li", title, tag("span", f"t.me/{one.name} · ", public, class_="meta"), tag("span", counts, class_="chips")
    )


def _post_row(post: Post, language: str) -> Html:
    name = f"{post.room}/{post.id}"
    pick = _box(str(post.id), word("choose", language, number=post.id))
    described = tag("span", post.caption, class_="meta")
    return _row(pick, html(_public(post, name), described), _state("live" if post.is_live else "removed", language))


# Pieces.


def _page(
    section: str, language: str, title: str, body: Child, notice: Notice | None = None, back: str = "/liaison/"
) -> Response:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {word('desk', language)}"),
        tag("link", rel="stylesheet", href="/_platform/font/pretendard-gov.css"),
        tag("link", rel="stylesheet", href="/_platform/desk.css"),
        tag("link", rel="icon", href="/_platform/desk.png"),
    )
    main = tag("main", _notice(notice, language), tag("h1", title), body, id="content")
    skip = tag("a", word("skip", language), href="#content", class_="skip")
    page = tag("html", head, tag("body", skip, _top(section, language, back), main), lang=language)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if notice and notice.is_error else HTTPStatus.OK
    return Response(f"<!DOCTYPE html>\n{page}\n".encode(), status=status, headers=HEADERS)


def _top(section: str, language: str, back: str) -> Html:
    tabs = [
        tag("a", word(key, language), href=href, aria_current="page" if key == section else None)
        for key, href in (("inbox", "/liaison/"), ("rooms", "/liaison/rooms/"), ("sent", "/liaison/sent/"))
    ]
    toggle = tag(
        "form",
        tag("input", type="hidden", name="back", value=back),
        [_language_button(code, language) for code in LANGUAGES],
        method="post",
        action="/liaison/language",
        class_="languages",
        aria_label=word("language", language),
    )
    name = tag("p", tag("strong", word("simulated", language)), " – ", word("desk", language), class_="name")
    note = tag("p", word("simulated_note", language), class_="note")
    nav = tag("nav", tabs, class_="tabs", aria_label=word("desk", language))
    return tag("header", tag("div", name, toggle, class_="bar"), note, nav)


def _language_button(code: str, language: str) -> Html:
    pressed = "true" if code == language else "false"
    return tag("button", LANGUAGES[code], name="to", value=code, lang=code, aria_pressed=pressed)


def _notice(notice: Notice | None, language: str) -> Html | None:
    if notice is None:
        return None
    words = word(notice.key, language, part=notice.part, count=notice.count)
    look, role = ("notice error", "alert") if notice.is_error else ("notice", "status")
    return tag("p", words, class_=look, role=role)


def _facts(pairs: Sequence[tuple[str, str]]) -> Html:
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs if value], class_="facts")


def _table(heads: Sequence[str], rows: Sequence[Html]) -> Html:
    cells = [tag("th", head, scope="col") if head else tag("td") for head in heads]
    return tag("table", tag("thead", tag("tr", cells)), tag("tbody", rows))


def _row(*cells: Child) -> Html:
    return tag("tr", [tag("td", cell) for cell in cells])


def _box(value: str, label: str) -> Html:
    return tag("input", type="checkbox", name="pick", value=value, aria_label=label)


def _public(post: Post | None, shown: str) -> Html:
    if post is None:
        return tag("span", shown, class_="mono")
    return tag("a", shown, href=f"/{post.room}/{post.id}?embed=1", class_="mono")


def _state(state: str, language: str) -> Html:
    mark, look = {"live": ("●", "live"), "removed": ("✕", "gone")}.get(state, ("–", "other"))
    return tag("span", tag("span", mark, aria_hidden="true"), " ", word(state, language), class_=f"chip {look}")


def _change_buttons(language: str) -> Html:
    return tag(
        "div",
        tag("button", word("remove", language), name="do", value="remove", class_="danger"),
        tag("button", word("restore", language), name="do", value="restore"),
        class_="buttons",
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M} KST"
