"""Pure questions about reports and cases. Each gives the reason why not, or None."""

from collections import Counter as Tally

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from cases.models import Case, ContentItem, Report
from cases.states import (
    CASE_TRANSITIONS,
    REPORT_TRANSITIONS,
    UNSETTLED,
    CaseStatus,
    OutcomeKind,
    ReportStatus,
    Standing,
)

# Every basis of a removal confirmation but "voided".
REMOVAL_BASES = ("claim_and_check", "check_alone", "statement_only")
# An outcome without a removal is only sensible where the item stands at one of these.
OUTCOME_STANDINGS: dict[OutcomeKind, frozenset[Standing]] = {
    OutcomeKind.REFUSED_ACCEPTED: frozenset({Standing.REFUSED}),
    OutcomeKind.BLOCKED_ONLY: frozenset({Standing.GEO_BLOCKED}),
    OutcomeKind.OUT_OF_REACH: frozenset({Standing.UNVERIFIABLE, Standing.REFUSED, Standing.GEO_BLOCKED}),
}


def why_not_move_report(report: Report, status: ReportStatus) -> str | None:
    if status in REPORT_TRANSITIONS[ReportStatus(report.status)]:
        return None
    return _("Report %(number)s is “%(status)s” and cannot become “%(new)s”.") % {
        "number": report.number,
        "status": report.get_status_display(),
        "new": status.label,
    }


def why_not_group(user: User, report: Report, case: Case | None) -> str | None:
    if reason := why_not(user, Permission.WORK_CASES, report.team):
        return reason
    if case and case.team_id != report.team_id:
        return _("Report %(number)s belongs to another team than the case.") % {"number": report.number}
    if case and case.status != CaseStatus.OPEN:
        return _("Case %(number)s is closed. Reopen it first.") % {"number": case.number}
    return why_not_move_report(report, ReportStatus.TRIAGED)


def why_not_set_aside(
    user: User, report: Report, status: ReportStatus, *, duplicate_of: Report | None, reason: str
) -> str | None:
    if problem := why_not(user, Permission.TRIAGE, report.team):
        return problem
    if status == ReportStatus.DUPLICATE and duplicate_of is None:
        return _("Name the report that this one repeats.")
    if duplicate_of and (duplicate_of.pk == report.pk or duplicate_of.team_id != report.team_id):
        return _("A report can only repeat another report of the same team.")
    if status == ReportStatus.OUT_OF_SCOPE and not reason.strip():
        return _("Say why the report is out of scope.")
    return why_not_move_report(report, status)


def why_not_work(user: User, case: Case) -> str | None:
    if reason := why_not(user, Permission.WORK_CASES, case.team):
        return reason
    if case.status != CaseStatus.OPEN:
        return _("The case is closed.")
    return None


def why_not_close(user: User, case: Case) -> str | None:
    """A case closes when every item has an outcome and none stands at one of the unsettled standings."""
    if reason := why_not(user, Permission.WORK_CASES, case.team):
        return reason
    if CaseStatus.CLOSED not in CASE_TRANSITIONS[CaseStatus(case.status)]:
        return _("The case is closed already.")
    items = items_with_outcomes(case)
    if not items:
        return _("The case has no items.")
    unsettled = Tally(item.standing for item, _ended in items if item.standing in UNSETTLED)
    if unsettled:
        listed = ", ".join(f"{Standing(code).label} {count}" for code, count in sorted(unsettled.items()))
        return _("Items still unsettled: %(listed)s.") % {"listed": listed}
    missing = sum(not ended for _item, ended in items)
    if missing:
        return ngettext(
            "%(count)d item has no confirmed removal and no recorded outcome.",
            "%(count)d items have no confirmed removal and no recorded outcome.",
            missing,
        ) % {"count": missing}
    return None


def items_with_outcomes(case: Case) -> list[tuple[ContentItem, bool]]:
    """The case's items, each with whether it has an outcome: an unvoided confirmation or a recorded decision.

    Two queries, however many items.
    """
    items = ContentItem.objects.filter(case_items__case=case, case_items__removed_at=None).order_by("id")
    ended = set(items.filter(outcomes__isnull=False, outcomes__superseded_by=None).values_list("id", flat=True))
    # Confirmations live in takedowns, above this room: seen by reverse relation. The tip of a chain counts.
    ended |= set(
        items.filter(
            takedown_items__confirmations__basis__in=REMOVAL_BASES,
            takedown_items__confirmations__superseded_by=None,
        ).values_list("id", flat=True)
    )
    return [(item, item.id in ended) for item in items]


def why_not_reopen(user: User, case: Case) -> str | None:
    if reason := why_not(user, Permission.WORK_CASES, case.team):
        return reason
    if CaseStatus.OPEN not in CASE_TRANSITIONS[CaseStatus(case.status)]:
        return _("The case is open.")
    return None


def why_not_record_outcome(user: User, case: Case, item: ContentItem, kind: OutcomeKind) -> str | None:
    if reason := why_not_work(user, case):
        return reason
    if Standing(item.standing) not in OUTCOME_STANDINGS[kind]:
        return _("An item that stands at “%(standing)s” cannot end as “%(kind)s”.") % {
            "standing": item.get_standing_display(),
            "kind": kind.label,
        }
    return None


def why_not_read_sealed(user: User, report: Report) -> str | None:
    return why_not(user, Permission.READ_SEALED, report.team)
