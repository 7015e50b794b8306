"""The audit trail as the auditor reads it: filtered, in pages without counting a million rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import ApiToken, User
from accounts.permissions import GRANTS, Permission
from accounts.states import Role
from audit.models import AccessLog, ChainLink, Event
from cases.models import Case, CaseItem, CaseReport, Report
from dashboards.queries.pages import narrowed, page_of
from dashboards.words import act_of, details_of, object_of
from platforms.models import Contact, Organisation
from takedowns.models import FreeLetter, Letter, Reply, TakedownRequest

PER_PAGE = 100
ITEM, REPORT = "cases.contentitem", "cases.report"

# By an act's object: where its name is looked up, the key there, the name, its page and the row which that page shows.
NAMED: dict[str, tuple[type[Model], str, str, str, str]] = {
    "accounts.apitoken": (ApiToken, "pk", "user__username", "", "pk"),
    "accounts.user": (User, "pk", "username", "", "pk"),
    "cases.case": (Case, "pk", "number", "cases:case", "pk"),
    "cases.report": (Report, "pk", "number", "cases:report", "pk"),
    "mailroom.outgoingmail": (Letter, "mail_id", "number", "takedowns:request", "request_id"),
    "platforms.contact": (Contact, "pk", "organisation__name", "platforms:organisation", "organisation_id"),
    "platforms.organisation": (Organisation, "pk", "name", "platforms:organisation", "pk"),
    "takedowns.freeletter": (FreeLetter, "pk", "request__number", "takedowns:message", "pk"),
    "takedowns.reply": (Reply, "pk", "request__number", "takedowns:reply", "pk"),
    "takedowns.takedownrequest": (TakedownRequest, "pk", "number", "takedowns:request", "pk"),
}


@dataclass(frozen=True)
class Told:
    """An act in words, for a reader."""

    act: str
    details: str
    object: str  # "Report"
    name: str  # "R2026-000001"; empty where it has no name that may stand here
    url: str  # its page, empty where it has none
    case_id: UUID | None
    case_number: str


@dataclass(frozen=True)
class Slice:
    """A page of (event, told), newest first, and the mark from which the older ones go on (empty at the end)."""

    events: list[tuple[Event, Told]]
    older: str


Place = tuple[UUID, str]  # a case and its number
Name = tuple[str, str]  # an object's name and the address of its page


def sees_everything(user: User) -> bool:
    """The trail of the whole house, for those who hold the role in every team; others see their cases' events."""
    return any(held.team_id is None and Permission.SEE_AUDIT in GRANTS[Role(held.role)] for held in user.held_roles)


def events_for(user: User, wanted: dict[str, Any]) -> QuerySet[Event]:
    events = Event.objects.all()
    if not sees_everything(user):
        events = events.filter(of_cases(Case.objects.visible_to(user)))
    if number := wanted.get("case"):
        events = events.filter(_of_one(Case.objects.visible_to(user).filter(number__iexact=number).first()))
    if action := wanted.get("action"):
        events = events.filter(action=action)
    return narrowed(events, wanted)


def of_cases(cases: QuerySet[Case]) -> Q:
    """The acts of these cases, and those on their items and reports, which name no case: what is found about an item
    belongs to the item, wherever it is filed.
    """
    return (
        Q(case_id__in=cases.values("pk"))
        | Q(case_id=None, object_type=ITEM, object_id__in=CaseItem.objects.filter(case__in=cases).values("item"))
        | Q(case_id=None, object_type=REPORT, object_id__in=CaseReport.objects.filter(case__in=cases).values("report"))
    )


def _of_one(case: Case | None) -> Q:
    """The same of one case, with its rows looked up first: so each part of it is found by its index."""
    if case is None:
        return Q(pk__in=[])
    items = list(case.case_items.values_list("item", flat=True))
    reports = list(case.case_reports.values_list("report", flat=True))
    return Q(case_id=case.pk) | Q(case_id=None, object_type__in=[ITEM, REPORT], object_id__in=[*items, *reports])


def read(events: QuerySet[Event], *, user: User, before: str = "", size: int | None = None) -> Slice:
    """The page that begins after the mark `before` ("time,id"; empty: the newest), as this person may read it.

    `size`: how many acts; PER_PAGE when None.

    Three queries, however many acts there are: the acts, the names of what they speak of, the cases of items.
    """
    number = Case.objects.filter(pk=OuterRef("case_id")).values("number")[:1]
    rows = events.select_related("link").annotate(case_number=Subquery(number))
    shown, older = page_of(rows, before=before, size=size or PER_PAGE)
    names, places = names_of(shown), _places(shown, Case.objects.visible_to(user))
    return Slice([(row, _told(row, names, places)) for row in shown], older)


def _told(row: Any, names: dict[UUID, Name], places: dict[UUID, Place]) -> Told:
    case_id, number = places.get(row.object_id, (None, "")) if row.case_id is None else (row.case_id, row.case_number)
    name, url = names.get(row.object_id, ("", ""))
    if row.object_type == ITEM and case_id:
        url = reverse("cases:item", args=[case_id, row.object_id])
    return Told(
        act=act_of(row),
        details=details_of(row),
        object=object_of(row),
        name=name,
        url=url,
        case_id=case_id,
        case_number=number or "",
    )


def _places(rows: Iterable[Event], cases: QuerySet[Case]) -> dict[UUID, Place]:
    """The case, one of these, of each item and report whose act names none; the newest, when it is in several."""
    wanted = {row.object_id for row in rows if row.object_type in (ITEM, REPORT) and row.case_id is None}
    if not wanted:
        return {}
    place = ("case_id", "case__number", "added_at")
    items = CaseItem.objects.filter(item_id__in=wanted, removed_at=None, case__in=cases).order_by()
    reports = CaseReport.objects.filter(report_id__in=wanted, removed_at=None, case__in=cases).order_by()
    held = items.values_list("item_id", *place).union(reports.values_list("report_id", *place), all=True)
    return {pk: (case, number) for pk, case, number, _added in sorted(held, key=lambda row: row[3])}


def names_of(rows: Iterable[Event | AccessLog]) -> dict[UUID, Name]:
    """Official numbers and user names of what the acts speak of, with the pages that the auditor may open."""
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        wanted.setdefault(row.object_type, set()).add(row.object_id)
    looked_up = [
        model._default_manager.filter(**{f"{key}__in": ids})
        .order_by()
        .values_list(F(key), Cast(field, TextField()), F(target), Value(label))
        for label, (model, key, field, _page, target) in NAMED.items()
        if (ids := wanted.get(label))
    ]
    if not looked_up:
        return {}
    return {
        pk: (name, reverse(page, args=[to]) if (page := NAMED[label][3]) else "")
        for pk, name, to, label in looked_up[0].union(*looked_up[1:], all=True)
    }


def end_of_chain() -> ChainLink | None:
    """The last link. Its number is the number of links: the trigger numbers them from 1 without gaps."""
    return ChainLink.objects.order_by("-seq").first()
