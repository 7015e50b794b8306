"""Reports and cases as the product's own services make them, for the tests of pages."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import Case, Report
from cases.services import group_reports, record_report
from cases.states import Source
from tests.cast import Cast

ROOM = "portal_demo_room"


def links(count: int, *, first: int = 101, room: str = ROOM) -> str:
    return "\n".join(f"https://t.me/{room}/{n}" for n in range(first, first + count))


def reported(cast: Cast, text: str = "", *, by: User | None = None, **given: Any) -> Report:
    """A report by the analyst (of the cast's team), unless somebody else is named."""
    values: dict[str, Any] = {"team": cast.team, "source": Source.POLICE, "received_at": timezone.now()} | given
    return record_report(by=by or cast.analyst, text=text or links(3), **values)


def case_with(cast: Cast, count: int = 3, *, title: str = "Demo room", **given: Any) -> Case:
    """An open case with `count` items, out of as many reports of 200 links as it takes."""
    reports = []
    for first in range(0, count, 200):
        size = min(200, count - first)
        reports.append(reported(cast, links(size, first=101 + first), **given))
    return group_reports(by=given.get("by") or cast.analyst, reports=reports, title=title)


def others_case(cast: Cast, count: int = 1, *, first: int = 900) -> Case:
    """A case of the other team, worked on by the outsider."""
    report = reported(cast, links(count, first=first), by=cast.outsider, team=cast.other_team)
    return group_reports(by=cast.outsider, reports=[report], title="Another team's")


def form_of_a_report(text: str, **given: Any) -> dict[str, Any]:
    """What the report form posts."""
    now = timezone.localtime()
    values = {
        "links": text,
        "source": "police",
        "severity": "normal",
        "received_at": (now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"),
        "victim": "new",
        "submission_key": "00000000-0000-4000-8000-000000000001",
    }
    return values | given
