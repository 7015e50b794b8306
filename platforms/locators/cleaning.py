"""What tired people paste around a link, and how it is taken off again.

Cut: white space, quotes, brackets, markdown, bullets and list numbers, punctuation after the link, words before it,
invisible characters. Undone: defanging (`hxxps://t[.]me`), full-width typing, a lost first letter (`ttps://`).
Defanging and full width are undone in scheme and host always, in the path only where scheme or host showed that the
whole line was written that way: in a path, `[.]` and full-width letters can be real.
"""

import re

from platforms.locators.errors import LinkError

MAX_CHARACTERS = 2000

# Never meaningful in a link: soft hyphen, zero width space, direction marks, word joiner, variation selector, BOM.
# The joiners U+200C and U+200D are: a path in Persian or an emoji needs them; only a host does not.
_INVISIBLE = dict.fromkeys(
    [
        0xAD,
        0x61C,
        0x180E,
        0x200B,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFE0E,
        0xFE0F,
        0xFEFF,
    ]
)
_JOINERS = {0x200C: None, 0x200D: None}
# One character for one character, so that positions in both texts agree.
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3002: ord("."), 0xFF61: ord(".")}

_OPENERS = {
    ")": "(",
    "]": "[",
    "}": "{",
    "」": "「",
    "』": "『",
    "》": "《",
    "】": "【",
    "〉": "〈",
    "）": "（",
    "］": "［",
}
_BEFORE = "<>\"'`“”‘’„«»*([{「『《【〈（［|,;:·•‣●○▪◦*-–—>#"
_AFTER = ".,;:!?…·。、，．；：！？\"'`“”‘’„«»*>|＞"
_LIST_MARK = re.compile(r"^(?:\(?\d{1,4}[.):\]]|[①-⑳])(?:\s+|(?=(?:h\S{2,3}ps?|ttps?|tg)[:：/]))", re.I)
_MARKDOWN = re.compile(r"^!?\[[^\]]*\]\(\s*<?([^\s<>]+)>?(?:\s+[\"'(].*)?\)$")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_DEFANGED_DOT = re.compile(r"\s*[\[({]\s*(?:\.|dot|점)\s*[\])}]\s*", re.I)
_DEFANGED_COLON = re.compile(r"\[(:(?://)?|/)\]")
_SCHEME = re.compile(r"^([a-z*][a-z0-9+.*-]*):(?=[^\d]|\d*[^\d/?#]|$)", re.I)
_WEB_SCHEME = re.compile(r"^(?:h?ttps?|h[xt*]{2}ps?)$", re.I)
_LINK_START = re.compile(
    r"^(?:(?:h\S{2,3}ps?|ttps?)[:：]?[/／]{1,2}|tg:|(?:[\w-]+[.．])?(?:t[.．]me|telegram[.．](?:me|dog))[/／])", re.I
)
_TELEGRAM_START = re.compile(r"^(?:(?:h\S{2,3}ps?|ttps?):/*)?(?:www\.)?(?:t\.me|telegram\.(?:me|dog))/|^tg:", re.I)


def visible(raw: str) -> str:
    """`raw` without invisible characters and white space around it."""
    return (raw if raw.isascii() else raw.translate(_INVISIBLE)).strip()


def looks_like_link(token: str) -> bool:
    """Whether a word begins as a link does: with a scheme, or with a Telegram host and a slash."""
    return bool(_LINK_START.match(undefang(token.lstrip(_BEFORE))))


def links_in(line: str) -> list[str]:
    """The words of a line if every one of them begins as a link does, otherwise the line itself."""
    words = [word for word in re.split(r"[\s,;]+(?=\S)", line.strip()) if word.strip(_BEFORE + _AFTER)]
    return words if len(words) > 1 and all(looks_like_link(word) for word in words) else [line]


def clean(raw: str) -> str:
    """The link in `raw`, one word, still as it was written. Raises LinkError."""
    if len(raw) > 10 * MAX_CHARACTERS:
        raise LinkError("too_long")
    text = visible(raw)
    if len(text) > MAX_CHARACTERS:
        raise LinkError("too_long")
    if _CONTROL.search(text):
        raise LinkError("control")
    while "&amp;" in text:  # copied from a page's source
        text = text.replace("&amp;", "&")
    text = _one_word(_unwrap(text))
    if not text:
        raise LinkError("empty" if not visible(raw) else "not_a_link")
    return text


def trim_end(text: str) -> str:
    """`text` without the punctuation that ends a sentence or closes a bracket opened before the link."""
    while text and (
        text[-1] in _AFTER or (text[-1] in _OPENERS and text.count(text[-1]) > text.count(_OPENERS[text[-1]]))
    ):
        text = text[:-1]
    return text


def _unwrap(text: str) -> str:
    """`text` without list mark, markdown, brackets and quotes around it."""
    previous = None
    while text != previous:
        previous = text
        text = _LIST_MARK.sub("", text, count=1)
        if markdown := _MARKDOWN.match(text):
            text = markdown[1]
        if text.startswith("<"):  # <https://…> and the form of chat programs, <https://…|words>
            text = re.sub(r"^<([^\s<>|]+)(?:\|[^<>]*)?>$", r"\1", text)
        text = trim_end(_trim_start(text)).strip()
    return text


def _trim_start(text: str) -> str:
    # An opening bracket that starts an address ([2001:db8::1]) or a defanged dot is no bracket around the link.
    if re.match(r"^\[[0-9a-f:.]+\]", text, re.I) or _DEFANGED_COLON.match(text):
        return text
    return text.lstrip(_BEFORE + " ")


def _one_word(text: str) -> str:
    if not re.search(r"\s", text):
        return text
    text = re.sub(r"(?<=/\+)[0-9][0-9() -]+$", lambda phone: re.sub(r"\D", "", phone[0]), _DEFANGED_DOT.sub(".", text))
    words = text.split()
    if len(words) == 1:
        return words[0]
    links = [n for n, word in enumerate(words) if looks_like_link(word)]
    if len(links) > 1:
        raise LinkError("several_links")
    if not links:
        raise LinkError("not_a_link")
    word = _unwrap(words[links[0]])
    # Words after a Telegram link are words; after another link they may be the rest of its path.
    if links[0] == len(words) - 1 or _TELEGRAM_START.match(undefang(word)):
        return word
    raise LinkError("spaces")


def undefang(text: str) -> str:
    """`text` with defanging and full-width typing undone; the scheme is spelled out where it was bent."""
    if text.isascii() and not any(bracket in text for bracket in "[({"):
        return text  # as nearly every link is
    text = _fold_width(text)
    head, tail = _split_head(_DEFANGED_COLON.sub(r"\1", text) if _DEFANGED_COLON.search(text[:40]) else text)
    mended = _DEFANGED_DOT.sub(".", head).translate(_JOINERS)
    if mended != head.translate(_JOINERS):
        tail = _DEFANGED_DOT.sub(".", tail)
    return mended + tail


def _fold_width(text: str) -> str:
    folded = text.translate(_FULL_WIDTH)
    head, _tail = _split_head(folded)
    separators = [n for n, character in enumerate(folded[: len(head) + 1]) if character in ":/?#"]
    if any(text[n] != folded[n] for n in separators):
        return folded
    return head + text[len(head) :]


def _split_head(text: str) -> tuple[str, str]:
    """Scheme and host, and what follows them, of a text in which full width is folded."""
    start = re.match(r"^[a-z*][a-z0-9+*-]*:[/\\]*|^//", text, re.I)
    end = re.compile(r"[/?#\\]").search(text, start.end() if start else 0)
    return (text[: end.start()], text[end.start() :]) if end else (text, "")


def split_scheme(text: str) -> tuple[str, str]:
    """Scheme ("http", "https", "tg", "" where none was written) and the rest without slashes in front.

    Raises LinkError("scheme") for any other scheme. `example.com:8080` is a host and a port, not a scheme.
    """
    text = re.sub(r"^(https?)//", r"\1://", text, flags=re.I)
    text = re.sub(r"^(?:https?:/*)+(?=https?:)", "", text, flags=re.I)
    if text.startswith("//"):
        return "", text.lstrip("/")
    match = _SCHEME.match(text)
    if not match or "." in match[1]:
        return "", text
    scheme, rest = match[1].lower(), text[match.end() :].lstrip("/\\")
    if scheme == "tg":
        return "tg", rest
    if _WEB_SCHEME.match(scheme):
        return ("https" if scheme.endswith("s") else "http"), rest
    raise LinkError("scheme")
