"""States and codes of reports, cases and items, and the allowed transitions. Data, nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReportStatus(TextChoices):
    RECEIVED = "received", pgettext_lazy("report", "Received")
    TRIAGED = "triaged", _("In a case")
    DUPLICATE = "duplicate", _("Duplicate")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")


REPORT_TRANSITIONS: dict[ReportStatus, frozenset[ReportStatus]] = {
    ReportStatus.RECEIVED: frozenset({ReportStatus.TRIAGED, ReportStatus.DUPLICATE, ReportStatus.OUT_OF_SCOPE}),
    ReportStatus.TRIAGED: frozenset(),
    ReportStatus.DUPLICATE: frozenset({ReportStatus.RECEIVED}),
    ReportStatus.OUT_OF_SCOPE: frozenset({ReportStatus.RECEIVED}),
}


class CaseStatus(TextChoices):
    OPEN = "open", pgettext_lazy("case", "Open")
    CLOSED = "closed", _("Closed")


CASE_TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.OPEN: frozenset({CaseStatus.CLOSED}),
    CaseStatus.CLOSED: frozenset({CaseStatus.OPEN}),
}


class Standing(TextChoices):
    """What holds for an item, computed from its claims, checks and sightings (cases/standing.py)."""

    OPEN = "open", pgettext_lazy("item", "Open")
    CLAIMED = "claimed", _("Claimed removed, not checked")
    REMOVED = "removed", _("Removed")
    CONTRADICTED = "contradicted", _("Claimed removed, still there")
    REAPPEARED = "reappeared", _("Came back")
    GEO_BLOCKED = "geo_blocked", _("Blocked in Korea only")
    UNVERIFIABLE = "unverifiable", _("Claimed removed, cannot be checked")
    REFUSED = "refused", _("Refused")
    NEED_INFO = "need_info", _("Platform asks for more")
    IN_PROGRESS = "in_progress", _("Platform is working on it")


# A case can't be closed while one of its items stands at any of these.
UNSETTLED = frozenset(
    {
        Standing.OPEN,
        Standing.CLAIMED,
        Standing.CONTRADICTED,
        Standing.REAPPEARED,
        Standing.NEED_INFO,
        Standing.IN_PROGRESS,
    }
)


class Source(TextChoices):
    VICTIM = "victim", pgettext_lazy("source", "The person concerned")
    PUBLIC = "public", _("A member of the public")
    POLICE = "police", _("Police")
    SUPPORT_CENTRE = "support_centre", _("Victim-support centre")
    INSTITUTION = "institution", _("School, university or employer")
    MONITORING = "monitoring", _("Our own monitoring")
    PARTNER = "partner", _("Partner body")


class Severity(TextChoices):
    NORMAL = "normal", _("Normal")
    SERIOUS = "serious", _("Serious")
    URGENT = "urgent", _("Urgent (a minor, or spreading fast)")


class SightingKind(TextChoices):
    SAME_PLACE = "same_place", _("At the same place")
    ELSEWHERE = "elsewhere", _("The same picture or video elsewhere")


class OutcomeKind(TextChoices):
    """How an item may end without a removal confirmation, by a named person's decision."""

    REFUSED_ACCEPTED = "refused_accepted", _("Refusal accepted")
    BLOCKED_ONLY = "blocked_only", _("Blocked in Korea only")
    OUT_OF_REACH = "out_of_reach", _("Out of reach")
    GONE_UNASKED = "gone_unasked", _("Gone before our letter left")


class NumberKind(TextChoices):
    """Official numbers: a letter, the KST year, six digits without gaps."""

    REPORT = "R", _("Report")
    CASE = "C", _("Case")
    REQUEST = "T", _("Request")
    LETTER = "L", _("Official letter")
