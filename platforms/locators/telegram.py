"""Telegram's forms, folded to one place for one piece of content.

From core.telegram.org/api/links and TDLib's LinkManager. Hosts: t.me, telegram.me, telegram.dog (with or without
www.), NAME.t.me, web.telegram.org (rooms only), and tg: links. Kinds and keys:

| kind            | key                 | written as                                                               |
|-----------------|---------------------|--------------------------------------------------------------------------|
| message         | name/id             | NAME/ID, s/NAME/ID, NAME/TOPIC/ID, tg:resolve?domain=&post=              |
| room            | name                | NAME (channel, group, person and bot look alike), s/NAME, boost/NAME     |
| comment         | name/id/comment     | NAME/ID?comment=                                                         |
| story           | name/id             | NAME/s/ID, tg:resolve?domain=&story=                                     |
| story_album     | name/id             | NAME/a/ID                                                                |
| app             | name/short name     | NAME/WORD, tg:resolve?domain=&appname=                                   |
| invite          | hash                | +HASH, joinchat/HASH, tg:join?invite=                                    |
| folder          | slug                | addlist/SLUG                                                             |
| stickers        | slug                | addstickers/SLUG, addemoji/SLUG                                          |
| phone           | +digits             | +DIGITS, tg:resolve?phone=  (personal data: whoever stores it, seals it) |
| private_message | channel/id          | c/CHANNEL/ID, c/CHANNEL/TOPIC/ID, tg:privatepost?channel=&post=          |
| private_room    | channel             | c/CHANNEL                                                                |
| private_comment | channel/id/comment  | c/CHANNEL/ID?comment=                                                    |

A message number is unique in its room, so a topic's message is the plain message. User names are folded in case;
invite hashes, slugs and short names are not. `?single`, `?t=`, `?thread=`, `?start=` and the rest name no other
content. Everything else Telegram links can do (log in, proxies, themes …) is no content and an error; so is
tg:user?id=, which leads somewhere only for those who know the account already.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from platforms.locators.errors import LinkError

PLATFORM = "telegram"
Place = tuple[str, str, str]  # kind, key, canonical address

_HOSTS = {"t.me", "telegram.me", "telegram.dog"}
_WEB_CLIENT = "web.telegram.org"
# First words of a path, or names before .t.me, that are no user names.
# fmt: off
_RESERVED = frozenset({
    "a", "addemoji", "addlist", "addstickers", "addstyle", "addtheme", "auction", "auth", "bg", "boost", "c",
    "call", "confirmphone", "contact", "giftcode", "invoice", "iv", "joinchat", "k", "login", "m", "msg", "nft",
    "passport", "proxy", "s", "setlanguage", "share", "socks", "web", "www", "z",
})
# fmt: on
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}")
_APP = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_LARGEST_MESSAGE = 2**31 - 1
_LARGEST_CHANNEL = 10**13


def is_telegram(host: str) -> bool:
    return _bare(host) in _HOSTS or host.endswith(".t.me") or host == _WEB_CLIENT


def place(*, host: str, path: str, query: str, fragment: str) -> Place:
    """The place that an address on one of Telegram's hosts leads to. Raises LinkError."""
    if host == _WEB_CLIENT:
        return _web_client(fragment)
    words = [word for word in unquote(path).replace("\\", "/").split("/") if word.strip()]
    if _bare(host) not in _HOSTS:
        words.insert(0, host.removesuffix(".t.me"))
    while words and words[0].lower() == "s":  # the web preview of a room or message
        words.pop(0)
    if not words:
        raise LinkError("telegram_no_content")
    return _from_path(words, _parameters(query))


def tg_place(rest: str) -> Place:
    """The place that a tg: link leads to; `rest` is what follows `tg://`. Raises LinkError."""
    rest = rest.split("#", 1)[0]
    path, _, query = rest.partition("?")
    action, parameters = path.strip("/").lower(), _parameters(query)
    match action:
        case "resolve" if "phone" in parameters:
            return _phone(_one(parameters, "phone"))
        case "resolve":
            return _resolve(parameters)
        case "privatepost":
            return _private(_one(parameters, "channel"), [_one(parameters, "post")], parameters)
        case "join":
            return _invite(_one(parameters, "invite"))
        case "addlist":
            return _slugged("folder", "addlist", _one(parameters, "slug"))
        case "addstickers" | "addemoji":
            return _slugged("stickers", "addstickers", _one(parameters, "set"))
        case "boost" if "channel" in parameters:
            return _private(_one(parameters, "channel"), [], {})
        case "boost":
            return _room(_one(parameters, "domain"))
    raise LinkError("telegram_no_content")


def wrapped(*, host: str, path: str, query: str) -> str:
    """The address inside a share or instant-view link (t.me/share/url?url=, t.me/iv?url=), "" if it is none."""
    words = [word.lower() for word in unquote(path).split("/") if word]
    if _bare(host) in _HOSTS and words in (["share"], ["share", "url"], ["msg"], ["msg", "url"], ["iv"]):
        return _one(_parameters(query), "url")
    return ""


def tg_wrapped(rest: str) -> str:
    """The address inside a tg:msg_url?url= link, "" if it is none."""
    action, _, query = rest.partition("?")
    return _one(_parameters(query), "url") if action.strip("/").lower() in ("msg_url", "share", "iv") else ""


def readable(rest: str) -> str:
    """What follows the scheme, in the plain letters that Telegram's links are made of, without a word glued to it.

    Nothing in these links is written in other letters, so full width is folded everywhere, and a Korean particle
    after the last digit (`t.me/name/1에서`) is no part of the link.
    """
    return re.sub(r"(?<=[A-Za-z0-9_-])[^\x00-\x7f]+$", "", unicodedata.normalize("NFKC", rest))


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _from_path(words: list[str], parameters: dict[str, set[str]]) -> Place:
    first, rest = words[0], words[1:]
    if first[:1] in ("+", " "):  # "+" comes as a space from programs that decoded it as in a form
        return _plus("".join(words)[1:])
    match first.lower(), rest:
        case "joinchat", [invite]:
            return _invite(invite)
        case "addlist", [slug]:
            return _slugged("folder", "addlist", slug)
        case "addstickers" | "addemoji", [slug]:
            return _slugged("stickers", "addstickers", slug)
        case "boost", [name]:
            return _room(name)
        case "boost", [] if "c" in parameters:
            return _private(_one(parameters, "c"), [], {})
        case "c", [channel, *numbers]:
            return _private(channel, numbers, parameters)
    return _public(first, rest, parameters)


def _resolve(parameters: dict[str, set[str]]) -> Place:
    name = _one(parameters, "domain")
    if "post" in parameters:
        return _public(name, [_one(parameters, "post")], parameters)
    if "story" in parameters:
        return _public(name, ["s", _one(parameters, "story")], {})
    if "appname" in parameters:
        return _public(name, [_one(parameters, "appname")], {})
    return _room(name)


def _public(raw_name: str, rest: list[str], parameters: dict[str, set[str]]) -> Place:
    name = _name(raw_name)
    match rest:
        case []:
            return _room(name)
        case ["s" | "S", number]:
            return _at("story", f"{name}/{_number(number)}", f"{name}/s/{_number(number)}")
        case ["a" | "A", number]:
            return _at("story_album", f"{name}/{_number(number)}", f"{name}/a/{_number(number)}")
        case [word] if _APP.fullmatch(word):
            return _at("app", f"{name}/{word}", f"{name}/{word}")
        case [*topic, number] if len(topic) <= 1:
            _numbers(topic)
            return _message("message", "comment", name, name, _number(number), parameters)
    raise LinkError("telegram_no_content")


def _private(raw_channel: str, numbers: list[str], parameters: dict[str, set[str]]) -> Place:
    # -100 in front is how bots write the same channel.
    channel = str(_number(raw_channel.removeprefix("-100") or raw_channel, largest=_LARGEST_CHANNEL))
    match _numbers(numbers):
        case []:
            return _at("private_room", channel, f"c/{channel}")
        case [*topic, number] if len(topic) <= 1:
            return _message("private_message", "private_comment", channel, f"c/{channel}", number, parameters)
    raise LinkError("telegram_no_content")


def _message(kind: str, comment_kind: str, room: str, path: str, number: int, parameters: dict[str, set[str]]) -> Place:
    comment = _one(parameters, "comment") if "comment" in parameters else ""
    if comment.strip("0") == "":
        return _at(kind, f"{room}/{number}", f"{path}/{number}")
    return _at(comment_kind, f"{room}/{number}/{_number(comment)}", f"{path}/{number}?comment={_number(comment)}")


def _room(name: str) -> Place:
    return _at("room", _name(name), _name(name))


def _plus(word: str) -> Place:
    return _phone(word) if _is_phone(word) else _invite(word)


def _is_phone(word: str) -> bool:
    return bool(re.fullmatch(r"[0-9][0-9() .-]{3,23}", word)) and 5 <= len(re.sub(r"[^0-9]", "", word)) <= 15


def _phone(word: str) -> Place:
    digits = re.sub(r"[() .+-]", "", word)
    if not _is_phone(digits):
        raise LinkError("telegram_no_content")
    return _at("phone", f"+{digits}", f"+{digits}")


def _invite(invite: str) -> Place:
    invite = invite.removeprefix("+")
    if not _SLUG.fullmatch(invite) or re.fullmatch(r"[0-9]{1,4}", invite):  # the start of a phone number, cut off
        raise LinkError("telegram_no_content")
    return _at("invite", invite, f"joinchat/{invite}" if _is_phone(invite) else f"+{invite}")


def _slugged(kind: str, path: str, slug: str) -> Place:
    if not _SLUG.fullmatch(slug):
        raise LinkError("telegram_no_content")
    return _at(kind, slug, f"{path}/{slug}")


def _web_client(fragment: str) -> Place:
    """The web client's address bar: /k/#@name, /a/#-100CHANNEL, #?tgaddr=tg://… (other numbers are ambiguous)."""
    fragment = unquote(fragment)
    if fragment.startswith("@"):
        return _room(fragment)
    if match := re.fullmatch(r"-100([0-9]{5,13})", fragment):
        return _private(match[1], [], {})
    if match := re.fullmatch(r"\??tgaddr=tg:(?://)?(.+)", fragment):
        return tg_place(match[1])
    raise LinkError("telegram_no_content")


def _name(raw: str) -> str:
    name = raw.strip().removeprefix("@").lower()
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise LinkError("telegram_no_content")
    return name


def _numbers(words: Iterable[str]) -> list[int]:
    return [_number(word) for word in words]


def _number(word: str, *, largest: int = _LARGEST_MESSAGE) -> int:
    if not _NUMBER.fullmatch(word) or not 0 < int(word) <= largest:
        raise LinkError("telegram_number")
    return int(word)


def _parameters(query: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name:
            found.setdefault(unquote(name).lower(), set()).add(unquote(value).strip())
    return found


def _one(parameters: dict[str, set[str]], name: str) -> str:
    """The parameter's only value; a link that gives two different ones leads nowhere in particular."""
    values = parameters.get(name, set())
    if len(values) != 1:
        raise LinkError("telegram_no_content")
    return next(iter(values))


def _at(kind: str, key: str, path: str) -> Place:
    return kind, key, f"https://t.me/{path}"
