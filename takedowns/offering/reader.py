"""From a reply's parts to the addresses that it offers."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from takedowns.offering import english, korean
from takedowns.reading.places import Places
from takedowns.reading.plain import fold, tidy
from takedowns.reading.quoting import OurWords, cut_our_words
from takedowns.reading.sentences import split
from takedowns.reading.shapes import ItemRef

MAX_TEXT = 400_000
MAX_READ = 40_000  # what is left when our own words are cut
MAX_SENTENCE = 2_000
MAX_ADDRESSES = 20  # in one sentence: a list is no offer
MAX_QUOTE = 500

_AT = r"(?:@|＠|\s?[\[(](?:at|@|골뱅이)[\])]\s?)"
_DOT = r"(?:\.|\s?[\[(](?:dot|\.)[\])]\s?)"
_ADDRESS = re.compile(
    rf"(?<![\w.+@-])([a-z0-9][a-z0-9._+-]{{0,63}}){_AT}((?:[a-z0-9][a-z0-9-]{{0,62}}{_DOT}){{1,5}}[a-z]{{2,24}})(?![\w@-]*@)",
    re.I | re.ASCII,
)
_MAILTO = re.compile(r"[<(\[]mailto:[^\s<>()\[\]]{3,300}[>)\]]", re.I)
_LABELS = re.compile(r"\b(?:e-?mail|mail|address|contact)\b|이메일|전자우편|메일|주소|연락처|문의처", re.I)
_ROBOTS = re.compile(
    r"no-?_?reply.*|do-?not-?reply.*|.*-?no-?reply|mailer-daemon|postmaster|bounces?.*|unsubscribe.*|newsletter.*|news"
    r"|marketing|press|media|sales|careers?|jobs|billing|notifications?|alerts?"
)
# Anybody may have an address there: it says nothing of the organisation.
PUBLIC_DOMAINS = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com"}
    | {"proton.me", "protonmail.com", "gmx.com", "gmx.net", "mail.ru", "yandex.ru", "qq.com", "163.com"}
    | {"naver.com", "hanmail.net", "daum.net", "kakao.com", "nate.com"}
)


@dataclass(frozen=True)
class Offer:
    """An address with the words that offer it."""

    email: str
    quote: str


@dataclass(frozen=True)
class _Found:
    email: str
    start: int
    end: int


def offers_in(
    *,
    text: str,
    html_text: str = "",
    items: Sequence[ItemRef] = (),
    sent_text: str,
    contacts: Collection[str],
    known: Collection[str] = (),
    ours: str,
) -> list[Offer]:
    """The addresses that a reply offers, each once, in its order.

    `text` and `html_text` are the words of the plain and of the HTML body, as the inbox gives them; `sent_text` and
    `items` the letter that it answers; `contacts` are the organisation's active addresses, whose domains an offer has
    to have; `known` are further addresses of it that are no news; `ours` is our own mail domain. Never raises for any
    text; takes time in proportion to its length.
    """
    domains = {address.rpartition("@")[2].lower() for address in contacts} - PUBLIC_DOMAINS - {ours.lower()}
    old = {address.lower() for address in (*contacts, *known)}
    if not domains or max(len(text), len(html_text), len(sent_text)) > MAX_TEXT:
        return []
    body = text if text.strip() else html_text
    wanted = {email for email in _emails(body) if email not in old and _is_wanted(email, domains)}
    if html_text.strip() and text.strip():
        wanted &= _emails(html_text)  # what only one reader of the mail sees is no offer
    if not wanted:
        return []
    found: dict[str, Offer] = {}
    for offer in _read(body, sent_text, items, wanted):
        found.setdefault(offer.email, offer)
    return list(found.values())


def _is_wanted(email: str, domains: Collection[str]) -> bool:
    box, _at, domain = email.rpartition("@")
    theirs = any(domain == known or domain.endswith(f".{known}") for known in domains)
    return theirs and not _ROBOTS.fullmatch(box)


def _emails(text: str) -> set[str]:
    return {found.email for found in _addresses(fold(tidy(text)))}


def _read(text: str, sent_text: str, items: Sequence[ItemRef], wanted: Collection[str]) -> Iterator[Offer]:
    cut = cut_our_words(tidy(_MAILTO.sub("", text)), OurWords(sent_text, Places(items)))
    if sum(len(line.text) + 1 for line in cut.kept) > MAX_READ:
        return
    body, flat, sentences = split(cut.kept)
    told = [(body[each.start : each.end], fold(flat[each.start : each.end])) for each in sentences]
    gaps = [body.count("\n", one.end, two.start) for one, two in pairwise(sentences)]
    for at, (words, folded) in enumerate(told):
        above = _above(told[at - 1][1], gaps[at - 1]) if at else ""
        below = told[at + 1][1] if at + 1 < len(told) else ""
        for email in _offered(folded, above, below, wanted):
            yield Offer(email, " ".join(words.split())[:MAX_QUOTE])


def _above(above: str, gap: int) -> str:
    """The sentence above, when it announces what stands alone below it."""
    return above if above.rstrip().endswith(":") or gap < 2 else ""


def _offered(folded: str, above: str, below: str, wanted: Collection[str]) -> Iterator[str]:
    found = list(_addresses(folded))
    if (
        not any(address.email in wanted for address in found)
        or len(folded) > MAX_SENTENCE
        or len(found) > MAX_ADDRESSES
    ):
        return
    masked = _masked(folded, found)
    alone = not re.search(r"[^\W\d_]", _LABELS.sub("", re.sub(r"@\d+@", "", masked)))
    told = masked
    if alone and len(above) <= MAX_SENTENCE:
        told = f"{_masked(above, list(_addresses(above)), first=MAX_ADDRESSES)} {masked}"
    for at, address in enumerate(found):
        if address.email not in wanted:
            continue
        if english.offers(told, at) or korean.offers(told, at) or _taken_up(told, at, below):
            yield address.email


def _taken_up(told: str, at: int, below: str) -> bool:
    """The next sentence asks to write there, and this one does not take the address back."""
    if len(below) > MAX_SENTENCE or any(_addresses(below)) or not (english.invites(below) or korean.invites(below)):
        return False
    asked = f"{told.rstrip().rstrip('.')}: please write there."  # what would follow by itself
    return english.offers(asked, at) and (korean.offers(f"{told} 연락 주세요", at) or not re.search(r"[가-힣]", told))


def _addresses(folded: str) -> Iterator[_Found]:
    for match in _ADDRESS.finditer(folded):
        domain = re.sub(_DOT, ".", match[2])
        yield _Found(f"{match[1]}@{domain}".lower(), match.start(), match.end())


def _masked(folded: str, found: Sequence[_Found], *, first: int = 0) -> str:
    parts, end = [], 0
    for at, address in enumerate(found, start=first):
        parts += [folded[end : address.start], f"@{at}@"]
        end = address.end
    return "".join([*parts, folded[end:]])
