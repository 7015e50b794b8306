"""Case files: grouping reports, setting reports aside, recording outcomes, closing and reopening."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases import rules
from cases.models import Case, CaseItem, CaseReport, ContentItem, Outcome, Report
from cases.services.numbers import next_number
from cases.services.ordering import order_checks
from cases.states import CaseStatus, NumberKind, OutcomeKind, ReportStatus, Standing


def _move_report(report: Report, status: ReportStatus, **fields: object) -> None:
    """The only writer of a report's status. The row is locked by the caller."""
    if reason := rules.why_not_move_report(report, status):
        raise Refused(reason)
    report.status = status
    for name, value in fields.items():
        setattr(report, name, value)
    report.save(update_fields=["status", *fields])


def _move_case(case: Case, status: CaseStatus, **fields: object) -> None:
    """The only writer of a case's status. The row is locked by the caller."""
    case.status = status
    for name, value in fields.items():
        setattr(case, name, value)
    case.save(update_fields=["status", *fields])


@transaction.atomic
def group_reports(
    *, by: User, reports: Sequence[Report], case: Case | None = None, title: str = "", at: datetime | None = None
) -> Case:
    """Put reports into a case, a new one unless `case` is given, with the items they name.

    Without a `title` a new case is called by the first report's institution, else by the room of its first link.

    An item that was found gone and is reported again may have come back: it is checked at once.
    """
    at = at or timezone.now()
    locked = list(
        Report.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=[r.pk for r in reports])
        .select_related("team")
        .order_by("pk")
    )
    if not locked:
        raise Refused(_("Choose at least one report."))
    if len({report.team_id for report in locked}) > 1:
        raise Refused(_("These reports belong to different teams."))
    if case:
        case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    for report in locked:
        if reason := rules.why_not_group(by, report, case):
            raise Refused(reason)
        _move_report(report, ReportStatus.TRIAGED)
    action = Action.CASE_REPORTS_ADDED if case else Action.CASE_OPENED
    if case is None:
        number = next_number(kind=NumberKind.CASE, at=at)
        case = Case.objects.create(
            number=number, team=locked[0].team, title=title.strip() or _name_of(locked), owner=by, opened_at=at
        )
    CaseReport.objects.bulk_create(
        (CaseReport(case=case, report=report, added_at=at, added_by=by) for report in locked), ignore_conflicts=True
    )
    items = ContentItem.objects.filter(locators__lines__report__in=locked).distinct().order_by("pk")
    CaseItem.objects.bulk_create(
        (CaseItem(case=case, item=item, added_at=at, added_by=by) for item in items), ignore_conflicts=True
    )
    order_checks(items=[item for item in items if item.standing == Standing.REMOVED], why="reported_again", by=by)
    record(
        action=action,
        by=by,
        obj=case,
        case_id=case.pk,
        detail={"reports": [report.number for report in locked], "items": len(items)},
    )
    return case


def _name_of(reports: Sequence[Report]) -> str:
    """A title out of the reports, the first received first."""
    ordered = sorted(reports, key=lambda report: (report.received_at, report.number))
    for report in ordered:
        if report.institution:
            return report.institution.name
    for report in ordered:
        first = report.lines.exclude(locator=None).select_related("locator__organisation").first()
        if first and first.locator:
            # The room: a Telegram place without its last part, the message. Elsewhere that part may be a person's name.
            room = first.locator.url.partition("://")[2].partition("?")[0].rpartition("/")[0]
            organisation = first.locator.organisation
            return room[:200] if room and organisation.code == "telegram" else organisation.label
    return str(ordered[0].get_source_display())


@transaction.atomic
def set_aside(
    *, report: Report, by: User, status: ReportStatus, duplicate_of: Report | None = None, reason: str = ""
) -> Report:
    """Mark a report as a duplicate (of another) or as out of scope (with the reason), or take it back to received."""
    locked = Report.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=report.pk)
    if why := rules.why_not_set_aside(by, locked, status, duplicate_of=duplicate_of, reason=reason):
        raise Refused(why)
    _move_report(locked, status, duplicate_of=duplicate_of, set_aside_reason=reason)
    record(action=Action.REPORT_SET_ASIDE, by=by, obj=locked, detail={"status": status})
    return locked


@transaction.atomic
def record_outcome(
    *, case: Case, item: ContentItem, by: User, kind: OutcomeKind, reason: str, at: datetime | None = None
) -> Outcome:
    """Record a named person's decision that the item ends without a removal confirmation."""
    locked = ContentItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if why := rules.why_not_record_outcome(by, case, locked, kind) or rules.why_not_unreasoned(reason):
        raise Refused(why)
    earlier = locked.outcomes.filter(superseded_by=None).first()
    outcome = Outcome.objects.create(
        item=locked, case=case, kind=kind, reason=reason, by=by, at=at or timezone.now(), supersedes=earlier
    )
    record(action=Action.OUTCOME_RECORDED, by=by, obj=locked, case_id=case.pk, detail={"kind": kind})
    return outcome


@transaction.atomic
def close_case(*, case: Case, by: User, reason: str = "", at: datetime | None = None) -> Case:
    """Close a case all of whose items have ended. Outcomes that nobody verified are listed in the closing reason."""
    locked = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=case.pk)
    if why := rules.why_not_close(by, locked):
        raise Refused(why)
    unverified = [item for item, _ended in rules.items_with_outcomes(locked) if item.standing != Standing.REMOVED]
    _move_case(
        locked,
        CaseStatus.CLOSED,
        closed_at=at or timezone.now(),
        closed_by=by,
        closing_reason="\n".join(filter(None, [reason.strip(), *_unverified_lines(unverified)])),
    )
    record(action=Action.CASE_CLOSED, by=by, obj=locked, case_id=locked.pk, detail={"not_verified": len(unverified)})
    return locked


def _unverified_lines(items: Iterable[ContentItem]) -> list[str]:
    return [
        _("Ended without a check that found it gone: %(place)s (%(standing)s)")
        % {"place": item.place, "standing": item.get_standing_display()}
        for item in items
    ]


@transaction.atomic
def reopen_case(*, case: Case, by: User | None, reason: str) -> Case:
    """Open a closed case again; `by` is None when an item that came back wakes it up."""
    locked = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=case.pk)
    if why := (rules.why_not_reopen(by, locked) if by else None) or rules.why_not_unreasoned(reason):
        raise Refused(why)
    _move_case(locked, CaseStatus.OPEN, closed_at=None, closed_by=None, closing_reason="")
    record(action=Action.CASE_REOPENED, by=by, obj=locked, case_id=locked.pk, detail={"by_system": by is None})
    return locked
