"""Which requests a mail may belong to: each with its reasons, the strongest first. Nothing is filed by this.

Six queries, however many requests there are; every one asks only for requests that the person may see.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.queries.known import stored_key
from mailroom.models import IncomingMail
from mailroom.services.inbox import MailText
from platforms.locators import LinkError, Locator, parse
from platforms.models import Organisation
from platforms.states import ContactStatus
from takedowns.letters import spelled
from takedowns.models import Letter, ManualDelivery, RequestQuerySet, TakedownItem, TakedownRequest
from takedowns.reading.places import links_in
from takedowns.tickets import keys_in
from takedowns.tray_rules import fileable

SHOWN = 8
RECENT = 200  # letters whose subjects are compared
LINKS = 100
CHARACTERS = 200_000

# What a reason weighs. A number of ours outweighs everything that many requests can share.
NUMBER, LINK, SENDER, DOMAIN, SUBJECT, SIMILAR, SAME_PLATFORM = 100, 60, 40, 20, 15, 8, 5

OUR_NUMBER = re.compile(r"(?<![A-Z0-9])([TL])\s?(20\d\d)\s?[-‐‑‒–—]\s?(\d{6})(?!\d)", re.I)
PREFIX = re.compile(r"^\s*(?:(?:re|fw|fwd|aw|답장|회신|전달)\s*(?:\[\d+\])?\s*[::]|\[[^\]]{0,40}\])\s*", re.I)
# Anybody has an address there: it says nothing about whom it belongs to.
EVERYBODYS = frozenset(
    {"gmail.com", "googlemail.com", "naver.com", "daum.net", "hanmail.net", "kakao.com", "nate.com", "outlook.com",
     "hotmail.com", "live.com", "yahoo.com", "icloud.com", "proton.me", "protonmail.com", "gmx.net", "mail.ru"}
)  # fmt: skip


@dataclass
class Suggestion:
    """A request that a mail may belong to, why in words, and when we last wrote in it."""

    request: TakedownRequest
    score: int
    reasons: list[str]
    written_at: datetime


@dataclass
class _Found:
    score: int = 0
    reasons: list[str] = field(default_factory=list)


class _Ranking:
    """Reasons collected by request."""

    def __init__(self) -> None:
        self.found: dict[UUID, _Found] = {}

    def add(self, request: UUID, weight: int, reason: str) -> None:
        entry = self.found.setdefault(request, _Found())
        entry.score += weight
        entry.reasons.append(reason)

    def add_once(self, request: UUID, weight: int, reason: str) -> None:
        if reason not in self.found.get(request, _Found()).reasons:
            self.add(request, weight, reason)


def suggestions(
    user: User, incoming: IncomingMail, mail: MailText, *, leave_out: Iterable[UUID] = ()
) -> list[Suggestion]:
    """At most eight requests of this person's teams, the likeliest first."""
    requests = fileable(user).exclude(pk__in=[*leave_out])
    ranking = _Ranking()
    text = unicodedata.normalize("NFKC", f"{mail.subject}\n{mail.text}\n{mail.html_text}"[:CHARACTERS])
    platforms = _by_number(ranking, requests, mail.subject, text) | _by_links(ranking, requests, text)
    _by_sender(ranking, requests, incoming.sender, platforms)
    _by_subject(ranking, requests, mail.subject)
    rows = requests.filter(pk__in=ranking.found).select_related("addressee", "case__team")
    found = [
        Suggestion(row, ranking.found[row.pk].score, ranking.found[row.pk].reasons, row.written_at)
        for row in rows.annotate(written_at=Max("letters__written_at"))
    ]
    return sorted(found, key=lambda one: (-one.score, -one.written_at.timestamp(), one.request.number))[:SHOWN]


def numbers_in(text: str) -> list[str]:
    """Official numbers of requests and letters in a text, each once, as we write them."""
    found = (f"{kind.upper()}{year}-{n}" for kind, year, n in OUR_NUMBER.findall(text))
    return list(dict.fromkeys(found))


def _by_number(ranking: _Ranking, requests: RequestQuerySet, subject: str, text: str) -> set[UUID]:
    """Numbers of ours, and the tickets that a platform's web form gave our letters."""
    named, keys = numbers_in(text)[:LINKS], keys_in([text])
    if not named and not keys:
        return set()
    under = ManualDelivery.objects.under(keys)
    rows = requests.filter(
        Q(number__in=named) | Q(letters__number__in=named) | Q(letters__manual_delivery__in=under.values("pk"))
    )
    entered = under.filter(letter=OuterRef("letters"))
    told = rows.annotate(
        key=Subquery(entered.values("held_key")[:1]), ticket=Subquery(entered.values("held")[:1])
    ).values_list("pk", "number", "letters__number", "addressee", "key", "ticket")
    in_subject = {*numbers_in(unicodedata.normalize("NFKC", subject)), *keys_in([subject])}
    platforms = set()
    for pk, number, letter, addressee, key, ticket in told:
        platforms.add(addressee)
        for name in sorted({number, letter} & set(named)):
            where = _("Its subject names %(number)s.") if name in in_subject else _("Its text names %(number)s.")
            ranking.add_once(pk, NUMBER, where % {"number": name})
        if key in keys:
            where = (
                _("Its subject names ticket %(ticket)s.")
                if key in in_subject
                else _("Its text names ticket %(ticket)s.")
            )
            ranking.add_once(pk, NUMBER, where % {"ticket": ticket})
    return platforms


def _by_links(ranking: _Ranking, requests: RequestQuerySet, text: str) -> set[UUID]:
    places = _places(text)
    if not places:
        return set()
    lines = TakedownItem.objects.filter(
        request__in=requests,
        item__locators__kind__in={kind for _name, kind, _key in places},
        item__locators__key__in={key for _name, _kind, key in places},
    ).values_list(
        "request",
        "number",
        "addressee",
        "item__locators__organisation__code",
        "item__locators__organisation__domain",
        "item__locators__kind",
        "item__locators__key",
    )
    numbers: dict[UUID, set[int]] = {}
    platforms = set()
    for request, number, addressee, code, domain, kind, key in lines[: 10 * LINKS]:
        if (code, kind, key) in places or (domain, kind, key) in places:
            numbers.setdefault(request, set()).add(number)
            platforms.add(addressee)
    for request, found in numbers.items():
        words = ngettext(
            "It holds the link of item %(numbers)s.", "It holds the links of items %(numbers)s.", len(found)
        )
        ranking.add(request, LINK + min(len(found), 20), words % {"numbers": spelled(sorted(found))})
    return platforms


def _places(text: str) -> set[tuple[str, str, str]]:
    """(platform, kind, key) of the links in a text, as places of items are stored."""
    found: set[tuple[str, str, str]] = set()
    for start, end in links_in(text):
        if len(found) >= LINKS:
            break
        if place := _place(text[start:end]):
            found.add((place.platform, place.kind, stored_key(place)))
    return found


def _place(link: str) -> Locator | None:
    try:
        return parse(link)
    except LinkError:
        return None


def _by_sender(ranking: _Ranking, requests: RequestQuerySet, sender: str, platforms: set[UUID]) -> None:
    known, near = _whose(sender)
    rows = requests.filter(open=True, addressee__in=known | near | platforms).order_by("-drafted_at")
    for request in rows.select_related("addressee")[:RECENT]:
        platform = {"platform": request.addressee.label}
        if request.addressee_id in known:
            ranking.add(request.pk, SENDER, _("The sender is a contact of %(platform)s.") % platform)
        elif request.addressee_id in near:
            ranking.add(request.pk, DOMAIN, _("The sender's address is of the same house as %(platform)s.") % platform)
        elif request.pk not in ranking.found:
            ranking.add(request.pk, SAME_PLATFORM, _("An open request to %(platform)s.") % platform)


def _whose(sender: str) -> tuple[set[UUID], set[UUID]]:
    """Organisations of which it is an active contact, and those whose addresses share its domain."""
    domain = sender.rpartition("@")[2].lower()
    if not domain:
        return set(), set()
    own = Q(contacts__status=ContactStatus.ACTIVE, contacts__email__iexact=sender)
    if domain in EVERYBODYS:
        return set(Organisation.objects.filter(own).values_list("pk", flat=True)), set()
    labels = domain.split(".")
    parents = [".".join(labels[n:]) for n in range(len(labels) - 1)]
    active = Q(contacts__status=ContactStatus.ACTIVE, contacts__email__iendswith=f"@{domain}")
    rows = Organisation.objects.filter(active | Q(domain__in=parents))
    told = list(rows.values_list("pk", "contacts__email", "contacts__status"))
    known = {
        pk for pk, email, status in told if status == ContactStatus.ACTIVE and (email or "").lower() == sender.lower()
    }
    return known, {pk for pk, _email, _status in told} - known


def _by_subject(ranking: _Ranking, requests: RequestQuerySet, subject: str) -> None:
    words = _bare(subject)
    if len(words) < 2:
        return
    letters = Letter.objects.filter(request__in=requests.filter(open=True)).order_by("-written_at")
    told: set[Any] = set()
    for request, ours in letters.values_list("request", "revision__subject")[:RECENT]:
        if request in told:
            continue
        weight, reason = _alike(words, _bare(ours))
        if weight:
            told.add(request)
            ranking.add(request, weight, reason)


def _alike(theirs: Sequence[str], ours: Sequence[str]) -> tuple[int, str]:
    if list(theirs) == list(ours):
        return SUBJECT, _("Its subject is that of our letter.")
    both = set(theirs) & set(ours)
    if len(both) >= 3 and len(both) / len(set(theirs) | set(ours)) >= 0.75:
        return SIMILAR, _("Its subject is like that of our letter.")
    return 0, ""


def _bare(subject: str) -> list[str]:
    """The words of a subject without numbers of ours, brackets before it, and marks of answers."""
    text = OUR_NUMBER.sub("", unicodedata.normalize("NFKC", subject)[:500])
    while (shorter := PREFIX.sub("", text, count=1)) != text:
        text = shorter
    return re.findall(r"\w+", text.lower())
