"""Who may do what: one table, as data. A test asks every permission of every role."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.states import Role


class Permission(TextChoices):
    RECORD_REPORT = "record_report", _("record reports")
    SEE_REPORTS = "see_reports", _("see reports")
    TRIAGE = "triage", _("triage reports")
    SEE_CASES = "see_cases", _("see cases")
    WORK_CASES = "work_cases", _("work on cases")
    READ_SEALED = "read_sealed", _("read sealed words")
    APPROVE = "approve", _("approve requests")
    SEE_DASHBOARD = "see_dashboard", _("see the overview")
    SEE_AUDIT = "see_audit", _("see the audit trail")
    SEE_MAIL = "see_mail", _("see the mail")
    RUN_MAIL = "run_mail", _("run the post office")
    MANAGE_ACCOUNTS = "manage_accounts", _("manage accounts")
    MANAGE_CONTACTS = "manage_contacts", _("manage platform contacts")
    USE_API = "use_api", _("use the API")


P = Permission

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.INTAKE: frozenset({P.RECORD_REPORT, P.SEE_REPORTS, P.TRIAGE}),
    # Never APPROVE: what an analyst writes leaves the house only after another person's look.
    Role.ANALYST: frozenset(
        {
            P.RECORD_REPORT,
            P.SEE_REPORTS,
            P.TRIAGE,
            P.SEE_CASES,
            P.WORK_CASES,
            P.READ_SEALED,
            P.SEE_MAIL,
            P.MANAGE_CONTACTS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            P.RECORD_REPORT,
            P.SEE_REPORTS,
            P.TRIAGE,
            P.SEE_CASES,
            P.WORK_CASES,
            P.READ_SEALED,
            P.SEE_MAIL,
            P.MANAGE_CONTACTS,
            P.APPROVE,
            P.SEE_DASHBOARD,
            P.RUN_MAIL,
        }
    ),
    # Read only, and never READ_SEALED.
    Role.AUDITOR: frozenset({P.SEE_REPORTS, P.SEE_CASES, P.SEE_DASHBOARD, P.SEE_AUDIT}),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_ACCOUNTS, P.SEE_MAIL, P.RUN_MAIL}),
    Role.PRIVACY_OFFICER: frozenset({P.SEE_REPORTS, P.SEE_CASES, P.SEE_AUDIT}),
    Role.PARTNER: frozenset({P.USE_API}),
}

# These roles watch the others or stand outside the house: whoever holds one holds no other.
EXCLUSIVE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER})
