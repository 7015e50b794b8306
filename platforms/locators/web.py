"""Any other site: kind "url", key = host, path and the query's meaningful part.

Folded, because it never names other content: case of scheme and host, trailing dot, default port, `www.`, dot
segments, percent-encoding of characters that need none, empty and tracking parameters, the fragment (unless it is
the route of a page that lives in it: #!…, #/…). Not folded, because it may: case and trailing slash of the path, the
order of parameters, `m.` and other sub-domains, any other parameter. The few sites whose addresses are well known
have rules of their own at the end. `url` keeps the host as written (some sites answer only at www.) and is https
unless a port was written.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from platforms.locators.addresses import owner_of
from platforms.locators.cleaning import MAX_CHARACTERS
from platforms.locators.errors import LinkError


@dataclass(frozen=True)
class Address:
    """A web address in parts; host in lower case and ASCII, path and query percent-encoded, query without "?"."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str


# fmt: off
_TRACKING = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igsh",
    "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "_openstat",
    "vero_id", "wickedid", "oly_anon_id", "oly_enc_id", "__twitter_impression",
})
# fmt: on
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def canonical(address: Address) -> tuple[str, str, str]:
    """Platform, key and url of a web address. Raises LinkError."""
    address = _site_rules(address)
    platform = owner_of(address.host)
    path, query, fragment = _encoding(address.path or "/"), _meaningful(address.query), _route(address.fragment)
    place = f"{address.host}{':' + address.port if address.port else ''}"
    origin = f"{address.scheme if address.port else 'https'}://{place}"
    url = origin + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    if len(url) > MAX_CHARACTERS:
        raise LinkError("too_long")
    return platform, place.removeprefix("www.") + url.removeprefix(origin), url


def wrapped(address: Address) -> str:
    """The address inside a mail filter's or a site's leaving link, "" if it is none."""
    for host, path, parameter in _WRAPPERS:
        if re.fullmatch(host, address.host) and re.fullmatch(path, address.path):
            return next((unquote(value) for name, value in _pairs(address.query) if name == parameter), "")
    if address.host == "urldefense.com" and (found := re.match(r"/v3/__(.+?)__;", address.path + ";")):
        return found[1]
    return ""


_WRAPPERS = [
    (r"[a-z0-9.-]+\.safelinks\.protection\.outlook\.com", r"/.*", "url"),
    (r"(?:www\.)?google\.[a-z.]{2,6}", r"/url", "q"),
    (r"(?:www\.)?google\.[a-z.]{2,6}", r"/url", "url"),
    (r"lm?\.facebook\.com", r"/l\.php", "u"),
    (r"l\.instagram\.com", r"/", "u"),
    (r"(?:www\.)?youtube\.com", r"/redirect", "q"),
    (r"(?:www\.)?vk\.com", r"/away\.php", "to"),
    (r"(?:www\.)?t\.umblr\.com", r"/redirect", "z"),
]


def _pairs(query: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(unquote(name), value) for name, _, value in parts]


def _meaningful(query: str) -> str:
    kept = []
    for part in query.split("&"):
        name = unquote(part.partition("=")[0]).lower()
        if part and name not in _TRACKING and not name.startswith("utm_"):
            kept.append(_encoding(part))
    return "&".join(kept)


def _route(fragment: str) -> str:
    return _encoding(fragment) if fragment.startswith(("!", "/")) else ""


def _encoding(text: str) -> str:
    """Percent-encoding in one form: upper case, none for letters, digits and -._~, a stray % as %25."""

    def one(match: re.Match[str]) -> str:
        if not match[1]:
            return "%25"
        character = chr(int(match[1], 16))
        return character if _UNRESERVED.fullmatch(character) else f"%{match[1].upper()}"

    if not text.isascii():
        text = "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)
    if "%" not in text:
        return text
    return re.sub(r"%([0-9A-Fa-f]{2})?", one, text)


def _site_rules(address: Address) -> Address:
    """The address under which a well-known site shows the same post, whichever of its own forms was pasted."""
    if address.port:
        return address
    if re.fullmatch(
        r"(?:(?:www|m|music)\.)?youtube\.com|(?:www\.)?youtu\.be|(?:www\.)?youtube-nocookie\.com", address.host
    ):
        return _youtube(address)
    if re.fullmatch(r"(?:(?:www|m|mobile)\.)?(?:x|twitter)\.com", address.host):
        return _x(replace(address, host="x.com"))
    if re.fullmatch(r"(?:(?:www|m)\.)?(?:instagram\.com|instagr\.am)", address.host):
        return _instagram(replace(address, host="www.instagram.com"))
    return address


def _youtube(address: Address) -> Address:
    if address.path.rstrip("/") == "/watch":
        video = _only(address.query, "v")
    else:
        place = r"/" if address.host.endswith("youtu.be") else r"/(?:shorts|embed|live|v|e)/"
        found = re.fullmatch(place + r"([A-Za-z0-9_-]{11})/?", address.path)
        video = found[1] if found else ""
    if not video:
        host = "www.youtube.com" if address.host == "m.youtube.com" else address.host
        return replace(address, host=host, query=_without(address.query, {"si", "feature"}))
    comment = _only(address.query, "lc")  # a comment under the video is other content
    query = f"v={video}" + (f"&lc={comment}" if comment else "")
    return replace(address, host="www.youtube.com", path="/watch", query=query, fragment="")


def _x(address: Address) -> Address:
    # A post's number is unique; the name before it is only decoration and changes with the account.
    post = r"/(?:i/web|i|[A-Za-z0-9_]{1,20})/status(?:es)?/([0-9]{1,20})(?:/(?:photo|video)/[0-9]+|/analytics)?/?"
    if found := re.fullmatch(post, address.path):
        return replace(address, path=f"/i/status/{int(found[1])}", query="", fragment="")
    return replace(address, query=_without(address.query, {"s", "t", "ref_src"}))


def _instagram(address: Address) -> Address:
    if found := re.fullmatch(r"(?:/[A-Za-z0-9._]{1,30})?/(?:p|reels?|tv)/([A-Za-z0-9_-]{5,64})/?", address.path):
        return replace(address, path=f"/p/{found[1]}/", query="", fragment="")
    return address


def _only(query: str, name: str) -> str:
    values = {value for key, value in _pairs(query) if key == name}
    return values.pop() if len(values) == 1 else ""


def _without(query: str, names: set[str]) -> str:
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in names)
