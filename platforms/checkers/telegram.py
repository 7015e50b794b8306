"""Telegram: what a message's widget page says about that very message.

Asked: `GET https://t.me/<user>/<id>?embed=1&single=1` (single: this member of an album, not the whole album). The
answer is 200 `text/html` whether the message is there or not. Read from the page, and from nothing else:

- live: an element whose class list has `tgme_widget_message` and whose `data-post` is `<user>/<id>` (the user's case
  folded, the number exact), and no element of class `tgme_widget_message_error`;
- gone: an element of class `tgme_widget_message_error` whose text, white space collapsed, is "Post not found" (case
  and a final full stop aside), and no element with `data-post` anywhere on the page.

Everything else is `cannot_verify`: another status, a redirect away from the post, a page that is no HTML or too big,
another post's `data-post`, both marks at once, another error text. The last matters: "Channel with username … not
found" comes for a room that was renamed as well as for one that was closed, so it proves nothing about the message.
Private rooms (`/c/`, invites) have no public page at all; rooms, comments, stories and phone numbers are told from
their pages by nothing known, and need somebody with an account.

Rests on: the page can't be reached from where this was written. The marks are those on which public code that reads
these pages agrees (wptelegram's widget plug-in: class and "not found"; telegram-channels-feed: "Post not found" and
"Channel with username"; yt-dlp's telegram extractor: `embed=1`, `single`), read in 2024 and later. Telegram publishes
no contract for them, which is why only an exact match counts.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from platforms.checkers.result import Result, seen, unclear, unseen
from platforms.fetching import Fetched, fetch
from platforms.states import CannotVerify, CheckOutcome

METHOD = "telegram_preview"
_MESSAGE, _ERROR = "tgme_widget_message", "tgme_widget_message_error"
_NOT_FOUND = re.compile(r"post not found\.?", re.I)
_PRIVATE = frozenset({"private_message", "private_room", "private_comment", "invite", "folder"})


def check(*, kind: str, key: str, url: str) -> Result:
    """Look at the widget page of a public message. Raises FetchRefused, FetchFailed."""
    if kind != "message":
        return unseen(CannotVerify.PRIVATE_ROOM if kind in _PRIVATE else CannotVerify.NEEDS_ACCOUNT)
    page = fetch(f"https://t.me/{key}?embed=1&single=1")
    if not _is_of_this_post(page, key):
        return unclear(page, method=METHOD)
    outcome = _read(page.body.decode("utf-8", "replace"), key)
    return seen(page, method=METHOD, outcome=outcome) if outcome else unclear(page, method=METHOD)


def _is_of_this_post(page: Fetched, key: str) -> bool:
    asked_for = urlsplit(page.final_url)
    is_html = page.headers.get("content-type", "").split(";")[0].strip().lower() == "text/html"
    is_post = asked_for.hostname == "t.me" and asked_for.path.strip("/").lower() == key
    return page.status == 200 and is_html and is_post


def _read(html: str, key: str) -> CheckOutcome | None:
    """Live or gone if the page says so of this very post, otherwise None. `key` is name/id in lower case."""
    marks = _Marks()
    marks.feed(html)
    marks.close()
    if marks.messages and all(post.lower() == key for post in marks.messages) and not marks.errors:
        return CheckOutcome.LIVE
    if len(marks.errors) == 1 and _NOT_FOUND.fullmatch(" ".join(marks.errors[0].split())) and not marks.posts:
        return CheckOutcome.GONE
    return None


class _Marks(HTMLParser):
    """The marks on a widget page: posts named anywhere, posts of message elements, texts of error elements."""

    _VOID = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.posts: list[str] = []
        self.messages: list[str] = []
        self.errors: list[str] = []
        self._depth = 0  # of open elements inside an error element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(reversed(attrs))  # of a doubled attribute the first counts, as in browsers
        classes = (attributes.get("class") or "").split()
        if "data-post" in attributes:
            self.posts.append(attributes["data-post"] or "")
            if _MESSAGE in classes:
                self.messages.append(attributes["data-post"] or "")
        if _ERROR in classes and not self._depth:
            self.errors.append("")
            self._depth = 1
        elif self._depth and tag not in self._VOID:
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in self._VOID:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.errors[-1] += data
