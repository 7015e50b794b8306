"""Pure questions about reports and cases. Each gives the reason why not, or None."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Team, User
from accounts.permissions import Permission
from accounts.rules import can, why_not
from cases.models import Case, ContentItem, Report
from cases.queries.tally import Tally, has_ended, tally
from cases.states import (
    CASE_TRANSITIONS,
    REPORT_TRANSITIONS,
    UNSETTLED,
    CaseStatus,
    OutcomeKind,
    ReportStatus,
    Standing,
)
from cases.words import LINK_ERRORS
from platforms.locators import MAX_LINES, TooManyLines, parse_lines

# An outcome without a removal is only sensible where the item stands at one of these.
OUTCOME_STANDINGS: dict[OutcomeKind, frozenset[Standing]] = {
    OutcomeKind.REFUSED_ACCEPTED: frozenset({Standing.REFUSED}),
    OutcomeKind.BLOCKED_ONLY: frozenset({Standing.GEO_BLOCKED}),
    OutcomeKind.GONE_UNASKED: frozenset({Standing.REMOVED}),
    OutcomeKind.OUT_OF_REACH: frozenset({Standing.UNVERIFIABLE, Standing.REFUSED, Standing.GEO_BLOCKED}),
}


def why_not_record(user: User, team: Team) -> str | None:
    """People of the house record reports, and partners' programs through the API, each in their own teams."""
    if can(user, Permission.USE_API, team):
        return None
    return why_not(user, Permission.RECORD_REPORT, team)


def why_not_links(text: str) -> list[str]:
    """Why nothing can be recorded from the pasted text: one sentence, or one for each line when none is a link.

    Empty when it can. A text with some good lines is recorded with the errors of the others.
    """
    try:
        lines = parse_lines(text)
    except TooManyLines as error:
        return [
            _("There are %(count)s lines; a report takes %(most)s at most. Nothing has been saved.")
            % {"count": intcomma(error.count), "most": MAX_LINES}
        ]
    if not lines:
        return [_("Paste at least one link.")]
    if any(line.locator for line in lines):
        return []
    return [_("Line %(n)s: %(error)s") % {"n": line.n, "error": LINK_ERRORS[line.error or "empty"]} for line in lines]


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


def why_not_see_again(user: User, case: Case) -> str | None:
    """Content that comes back is recorded in a closed case as well."""
    return why_not(user, Permission.WORK_CASES, case.team)


def why_not_unreasoned(reason: str) -> str | None:
    """A person's decision about an item or a case is recorded with its reason."""
    return None if reason.strip() else _("Say why, so that a later reader can follow.")


def why_not_close(user: User, case: Case, counted: Tally | None = None) -> str | None:
    """A case closes when every item has an outcome and none stands at one of the unsettled standings.

    A page that has counted the items already hands them in.
    """
    if reason := why_not(user, Permission.WORK_CASES, case.team):
        return reason
    if CaseStatus.CLOSED not in CASE_TRANSITIONS[CaseStatus(case.status)]:
        return _("The case is closed already.")
    counted = counted or tally(case)
    if not counted.items:
        return _("The case has no items.")
    if counted.unsettled:
        listed = ", ".join(f"{word} {count}" for code, word, count in counted.bar if code in UNSETTLED)
        return _("Items still unsettled: %(listed)s.") % {"listed": listed}
    if waiting := counted.of(queued=True):
        return ngettext(
            "A check of %(count)d item is still running.", "Checks of %(count)d items are still running.", waiting
        ) % {"count": waiting}
    if missing := counted.of(ended=False):
        return ngettext(
            "%(count)d item has no confirmed removal and no recorded outcome.",
            "%(count)d items have no confirmed removal and no recorded outcome.",
            missing,
        ) % {"count": missing}
    return None


def items_with_outcomes(case: Case) -> list[tuple[ContentItem, bool]]:
    """The case's items, each with whether it has an outcome: an unvoided confirmation or a recorded decision.

    Two queries (items, their locators), however many items.
    """
    items = ContentItem.objects.filter(case_items__case=case, case_items__removed_at=None)
    rows = items.annotate(ended=has_ended()).prefetch_related("locators").order_by("id")
    return [(item, item.ended) for item in rows]


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
