"""The rooms and their messages."""

from collections.abc import Sequence

from ..markup import Html, html, tag
from ..serving import Response
from ..store import Post, Room
from ..words import word
from . import pieces
from .frame import page
from .view import View


def rooms(listed: Sequence[tuple[Room, Sequence[Post]]], view: View, *, links: str) -> Response:
    """All rooms, and a form for pasted links; `links` were typed already."""
    language = view.language
    rows = tag(
        "ul",
        [_room_row(room, posts, language) for room, posts in listed],
        class_="cards tiles",
        id="rooms",
        data_live=True,
    )
    area = tag("textarea", f"\n{links}", id="links", name="links", rows=5, aria_describedby="links-hint", class_="mono")
    form = tag(
        "form",
        tag("label", word("links", language), for_="links"),
        tag("p", word("links_hint", language), id="links-hint", class_="hint"),
        area,
        pieces.change_buttons(language),
        method="post",
        action="/liaison/rooms/",
        class_="panel",
    )
    hint = tag("p", word("room_hint", language), class_="lead")
    body = html(hint, rows, form)
    return page(view, section="rooms", title=word("rooms", language), body=body, back="/liaison/rooms/")


def room(one: Room, posts: Sequence[Post], view: View) -> Response:
    language = view.language
    heads = ("", word("message", language), word("state", language))
    form = tag(
        "form",
        pieces.change_buttons(language),
        pieces.table(heads, [_post_row(post, language) for post in posts]),
        method="post",
        action=f"/liaison/rooms/{one.name}",
        class_="panel",
        id="messages",
        data_live=True,
    )
    hint = tag("p", word("room_hint", language), class_="lead")
    return page(view, section="rooms", title=one.title, body=html(hint, form), back=f"/liaison/rooms/{one.name}")


def _room_row(one: Room, posts: Sequence[Post], language: str) -> Html:
    live = sum(post.is_live for post in posts)
    title = tag("a", one.title, href=f"/liaison/rooms/{one.name}", class_="title")
    link = tag("a", word("public_page", language), href=f"/s/{one.name}")
    chips = tag("span", pieces.counts(live, len(posts) - live, language), class_="chips")
    return tag("li", title, tag("span", f"t.me/{one.name} · ", link, class_="meta"), chips)


def _post_row(post: Post, language: str) -> Html:
    pick = pieces.box(str(post.id), word("choose", language, number=post.id))
    told = html(pieces.public(post, f"{post.room}/{post.id}"), tag("span", post.caption, class_="meta"))
    return pieces.row(pick, told, pieces.state("live" if post.is_live else "removed", language))
