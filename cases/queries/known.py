"""What is known of pasted links before they are reported. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q

from accounts.models import Team, User
from accounts.permissions import Permission
from accounts.rules import teams_where
from cases.models import CaseItem, Report
from cases.models import Locator as Place
from cases.states import ReportStatus, Standing
from cases.words import LINK_ERRORS
from keys.services import blind
from platforms.locators import Line, Locator, parse_lines

PHONE = "phone"
SET_ASIDE = (ReportStatus.DUPLICATE, ReportStatus.OUT_OF_SCOPE)


class KnownCase(NamedTuple):
    id: UUID
    number: str


@dataclass(frozen=True)
class KnownLine:
    """A pasted line and what is known of it.

    Of one's own teams: `cases`, `reports` (how often), those `set_aside`, and the `standing`.
    Of others: the names of their teams in `elsewhere`, and nothing more.
    """

    n: int
    raw: str
    place: str = ""
    error: str = ""
    repeats: int | None = None
    standing: Standing | None = None
    silent: bool = False
    cases: Sequence[KnownCase] = ()
    reports: int = 0
    set_aside: int = 0
    elsewhere: Sequence[str] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.cases or self.reports or self.set_aside or self.elsewhere)


@dataclass
class _Traces:
    cases: list[KnownCase] = field(default_factory=list)
    reports: int = 0
    set_aside: int = 0
    elsewhere: set[str] = field(default_factory=set)


def what_is_known(user: User, text: str) -> list[KnownLine]:
    """One entry for each pasted line, in order. Four queries, however many lines. Raises TooManyLines."""
    lines = parse_lines(text)
    places = _places(line.locator for line in lines if line.locator)
    traces = _traces(user, {place.content_item_id for place in places.values()})
    seen: dict[tuple[str, str, str], int] = {}
    return [_known(line, places, traces, seen) for line in lines]


def stored_key(locator: Locator) -> str:
    """The key as Locator rows hold it: phone numbers only as an HMAC."""
    return blind(locator.key, kind=PHONE) if locator.kind == PHONE else locator.key


def _name(locator: Locator) -> tuple[str, str, str]:
    return (locator.platform, locator.kind, locator.key)


def _places(locators: Iterable[Locator]) -> dict[tuple[str, str, str], Place]:
    parsed = {_name(locator): locator for locator in locators}
    if not parsed:
        return {}
    rows = Place.objects.filter(
        kind__in={locator.kind for locator in parsed.values()},
        key__in={stored_key(locator) for locator in parsed.values()},
    ).select_related("organisation", "content_item")
    stored = {
        (name, row.kind, row.key): row for row in rows for name in (row.organisation.code, row.organisation.domain)
    }
    found = {}
    for name, locator in parsed.items():
        if row := stored.get((locator.platform, locator.kind, stored_key(locator))):
            found[name] = row
    return found


def _traces(user: User, items: set[UUID]) -> dict[UUID, _Traces]:
    own = set(teams_where(user, Permission.SEE_REPORTS).values_list("pk", flat=True))
    traces = {item: _Traces() for item in items}
    in_cases = CaseItem.objects.filter(item__in=items, removed_at=None).select_related("case__team")
    for row in in_cases.order_by("case__opened_at"):
        if row.case.team_id in own:
            traces[row.item_id].cases.append(KnownCase(row.case_id, row.case.number))
        else:
            traces[row.item_id].elsewhere.add(row.case.team.label)
    reported = (
        Report.objects.filter(lines__locator__content_item__in=items)
        .values("team", item=F("lines__locator__content_item"), ko=F("team__name"), en=F("team__name_en"))
        .annotate(
            n=Count("pk", distinct=True, filter=~Q(status__in=SET_ASIDE)),
            aside=Count("pk", distinct=True, filter=Q(status__in=SET_ASIDE)),
        )
        .order_by("ko")
    )
    for told in reported:
        if told["team"] in own:
            traces[told["item"]].reports = told["n"]
            traces[told["item"]].set_aside = told["aside"]
        elif told["n"]:
            traces[told["item"]].elsewhere.add(Team(name=told["ko"], name_en=told["en"]).label)
    return traces


def _known(
    line: Line,
    places: dict[tuple[str, str, str], Place],
    traces: dict[UUID, _Traces],
    seen: dict[tuple[str, str, str], int],
) -> KnownLine:
    if line.locator is None:
        return KnownLine(n=line.n, raw=line.raw, error=str(LINK_ERRORS[line.error or "not_a_link"]))
    first = seen.setdefault(_name(line.locator), line.n)
    repeats = first if first != line.n else None
    place = places.get(_name(line.locator))
    shown = line.locator.url.removeprefix("https://").removeprefix("http://")
    if place is None:
        return KnownLine(n=line.n, raw=line.raw, place=shown, repeats=repeats)
    trace = traces[place.content_item_id]
    ours = bool(trace.cases or trace.reports or trace.set_aside)
    return KnownLine(
        n=line.n,
        raw=line.raw,
        place=shown,
        repeats=repeats,
        standing=Standing(place.content_item.standing) if ours else None,
        silent=place.content_item.silent if ours else False,
        cases=trace.cases,
        reports=trace.reports,
        set_aside=trace.set_aside,
        elsewhere=sorted(trace.elsewhere),
    )
