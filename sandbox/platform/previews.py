"""The public pages, marked up as t.me's are: what a stranger without an account sees, 200 whatever the answer is.

The marks that others read: `tgme_widget_message` with `data-post` for a message that is there,
`tgme_widget_message_error` with "Post not found" for one that is not.
"""

import re

from .markup import Html, html, tag
from .pictures import picture
from .serving import Request, Response
from .store import Post, Room, Store

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
NEWEST = 20  # messages on a room's page


def page(store: Store, request: Request) -> Response:
    """The page of a room or a message; for anything that strangers don't get to see, the same page as t.me's."""
    steps = [step for step in request.path.split("/") if step]
    if steps[:1] == ["s"] and len(steps) == 2:
        return _room_page(store, steps[1])
    steps = steps[1:] if steps[:1] == ["s"] else steps
    if not steps or not re.fullmatch(r"[A-Za-z]\w{3,31}", steps[0], re.ASCII):
        return _strangers_page()  # private rooms, invitations, phone numbers
    if len(steps) in (2, 3) and re.fullmatch(r"[0-9]{1,9}", steps[-1]):
        show = _widget if "embed" in request.query else _message_page
        return show(store, steps[0], int(steps[-1]))
    return _contact_page(store.room(steps[0]), steps[0])


def media(store: Store, room: str, number: int) -> Response:
    """A message's still picture; 404 once it is removed."""
    post = store.post(room, number)
    if post is None or not post.is_live:
        return Response(b"", "text/plain", 404, HEADERS)
    return Response(picture(post.room, post.id), "image/png", 200, HEADERS)


def _widget(store: Store, name: str, number: int) -> Response:
    room, post = store.room(name), store.post(name, number)
    if room is None:
        error = tag(
            "div", "Channel with username ", tag("b", f"@{name}"), " not found", class_="tgme_widget_message_error"
        )
        return _document("Telegram Widget", error)
    if post is None or not post.is_live:
        return _document("Telegram Widget", tag("div", "Post not found", class_="tgme_widget_message_error"))
    return _document("Telegram Widget", _message(room, post))


def _message(room: Room, post: Post) -> Html:
    here = f"/{room.name}/{post.id}"  # t.me writes its own host; here a click must not lead to the real one
    owner = tag("a", tag("span", room.title, dir="auto"), class_="tgme_widget_message_owner_name", href=here)
    thumb = tag("img", class_="tgme_widget_message_video_thumb", src=_media(post), alt="", width=640, height=360)
    duration = tag("time", f"{post.seconds // 60}:{post.seconds % 60:02}", class_="message_video_duration")
    moment = tag("time", f"{post.posted_at:%H:%M}", datetime=post.posted_at.isoformat(), class_="time")
    bubble = (
        tag("div", owner, class_="tgme_widget_message_author accent_color"),
        tag("a", thumb, duration, class_="tgme_widget_message_video_player js-message_video_player", href=here),
        tag("div", post.caption, class_="tgme_widget_message_text js-message_text", dir="auto"),
        tag("div", tag("a", moment, class_="tgme_widget_message_date", href=here), class_="tgme_widget_message_footer"),
    )
    return tag(
        "div",
        tag("div", bubble, class_="tgme_widget_message_bubble"),
        class_="tgme_widget_message text_not_supported_wrap js-widget_message",
        data_post=f"{room.name}/{post.id}",
    )


def _message_page(store: Store, name: str, number: int) -> Response:
    """t.me's page around a message: its description falls back to the room's when the message is not there."""
    room, post = store.room(name), store.post(name, number)
    if room is None:
        return _contact_page(None, name)
    live = post if post is not None and post.is_live else None
    described = live.caption if live else room.about
    image = f"https://t.me{_media(live)}" if live else None
    body = _card(room.title, room.about, tag("a", "View message", class_="tgme_action_button_new", href="?embed=1"))
    return _document(f"Telegram: View @{room.name}", body, _open_graph(room.title, described, image))


def _contact_page(room: Room | None, name: str) -> Response:
    title = room.title if room else f"Telegram: Contact @{name}"
    about = room.about if room else f"You can contact @{name} right away."
    link = tag("a", "Preview channel", class_="tgme_action_button_new", href=f"/s/{room.name}") if room else None
    return _document(f"Telegram: Contact @{name}", _card(title, about, link), _open_graph(title, about, None))


def _room_page(store: Store, name: str) -> Response:
    room = store.room(name)
    if room is None:
        return _contact_page(None, name)
    live = [post for post in store.posts(name) if post.is_live][-NEWEST:]
    messages = [
        tag("div", _message(room, post), class_="tgme_widget_message_wrap js-widget_message_wrap") for post in live
    ]
    heading = tag("div", tag("h1", room.title), tag("p", room.about), class_="tgme_channel_info")
    return _document(f"{room.title} – Telegram", html(heading, messages), _open_graph(room.title, room.about, None))


def _strangers_page() -> Response:
    title, about = "Telegram – a new era of messaging", "Fast. Secure. Powerful."
    return _document(title, _card("Telegram", about, None), _open_graph(title, about, None))


def _card(title: str, about: str, action: Html | None) -> Html:
    return tag(
        "div",
        tag("div", tag("span", title, dir="auto"), class_="tgme_page_title"),
        tag("div", about, class_="tgme_page_description"),
        tag("div", action, class_="tgme_page_action") if action else None,
        class_="tgme_page",
    )


def _open_graph(title: str, description: str, image: str | None) -> Html:
    said = {"og:title": title, "og:image": image, "og:site_name": "Telegram", "og:description": description}
    return html([tag("meta", property=name, content=content) for name, content in said.items() if content])


def _document(title: str, body: Html, head: Html | None = None) -> Response:
    charset = tag("meta", charset="utf-8")
    viewport = tag("meta", name="viewport", content="width=device-width, initial-scale=1")
    style = tag("link", rel="stylesheet", href="/_platform/preview.css")
    note = tag("p", "Simulated platform: sample content only.", class_="simulated")
    page = tag(
        "html",
        tag("head", charset, viewport, tag("title", title), head, style),
        tag("body", tag("main", body, class_="widget_frame_base tgme_widget"), note),
        lang="en",
    )
    return Response(f"<!DOCTYPE html>\n{page}\n".encode(), headers=HEADERS)


def _media(post: Post) -> str:
    return f"/_platform/media/{post.room}/{post.id}.png"
