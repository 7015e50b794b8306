"""Words of the audit page: what the details of an act are called, what their codes mean, what an object is."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.states import Role
from audit.models import Event
from audit.states import Action
from cases.states import OutcomeKind, ReportStatus, SightingKind, Standing
from cases.words import METHODS
from mailroom.states import AlarmKind, Decision, Ending, MatchedBy, TroubleKind, Unreadable
from notices.states import NewsKind
from platforms.states import CannotVerify, CheckOutcome
from takedowns.states import Basis, ClaimKind, ContactAnswerKind, Trust

Words = Mapping[str, str | Promise]

DETAILS: Words = {
    "abstained": _("left to a person"),
    "active": _("account open"),
    "basis": _("basis"),
    "because": _("known from"),
    "before": _("before"),
    "by_system": _("by the system"),
    "by_mail": _("by mail"),
    "bytes": _("bytes"),
    "claims": _("claims"),
    "code": _("code"),
    "confirmations": _("confirmations"),
    "counts": _("counts as the answer"),
    "deadline_hours": _("deadline in hours"),
    "decision": _("decision"),
    "digest": _("digest"),
    "domain": _("domain"),
    "ending": _("end of the try"),
    "errors": _("lines that are no link"),
    "failures": _("failed attempts"),
    "from": pgettext_lazy("change", "from"),
    "how": _("tied by"),
    "items": _("items"),
    "keys": _("keys"),
    "kind": pgettext_lazy("audit", "kind"),
    "known": _("known user name"),
    "language": _("language"),
    "letter": _("letter"),
    "letters": _("letters"),
    "lines": _("lines"),
    "master_key": _("master key"),
    "method": _("method"),
    "not_told": _("not at all"),
    "not_verified": _("not verified"),
    "number": _("no."),
    "numbers": _("nos."),
    "on": _("switched on"),
    "outcome": _("result"),
    "proposed": _("proposals"),
    "reason": _("reason"),
    "reports": _("reports"),
    "resends": _("in place of"),
    "revision": _("revision"),
    "roles": _("roles"),
    "sha256": _("digest"),
    "status": _("now"),
    "to": pgettext_lazy("change", "to"),
    "tokens_revoked": _("tokens revoked"),
    "tries": _("tries"),
    "trust": _("sender"),
    "why": _("why"),
}

# Rows of other tables, which the act's own object or link names better.
NOT_SHOWN = frozenset({"mail", "check", "other", "user", "organisation"})
DIGESTS = frozenset({"digest", "sha256"})
DIGEST_SHOWN = 12

STANDINGS: Words = dict(Standing.choices)
CLAIMS: Words = dict(ClaimKind.choices)

# Codes by the detail that holds them; where one name holds codes of several lists, they do not clash.
CODES: dict[str, Words] = {
    "basis": dict(Basis.choices),
    "by_mail": dict(NewsKind.choices),
    "not_told": dict(NewsKind.choices),
    "because": {
        "server": _("the mail server's answer"),
        "late_answer": _("a late answer of the mail server"),
        "archive_copy": _("the archive's copy"),
    },
    "decision": dict(Decision.choices),
    "ending": dict(Ending.choices),
    "how": dict(MatchedBy.choices),
    "kind": {
        **dict(SightingKind.choices),
        **dict(OutcomeKind.choices),
        **dict(AlarmKind.choices),
        **dict(ContactAnswerKind.choices),
        "report": _("Report"),
        "raw_mail": _("Mail"),
        "incoming_mail": _("Mail"),
        "letter": _("Letter"),
    },
    "language": {"ko": "한국어", "en": "English"},
    "method": METHODS,
    "outcome": dict(CheckOutcome.choices),
    "reason": dict(CannotVerify.choices),
    "status": dict(ReportStatus.choices),
    "trust": dict(Trust.choices),
    "why": {
        "claim": _("the platform says it is gone"),
        "person": _("a person asked for it"),
        "reported_again": _("it was reported again"),
        **dict(Unreadable.choices),
        **dict(TroubleKind.choices),
    },
}

# Codes that one act uses otherwise.
CODES_OF: dict[str, dict[str, Words]] = {
    Action.ITEM_SETTLED: {"from": STANDINGS, "to": STANDINGS},
    Action.CLAIM_CORRECTED: {"from": CLAIMS, "to": CLAIMS},
}

OBJECTS: Words = {
    "accounts.apitoken": _("API token"),
    "accounts.team": _("Team"),
    "accounts.user": _("Person"),
    "cases.case": _("Case"),
    "cases.contentitem": _("Item"),
    "cases.report": _("Report"),
    "keys.recordkey": _("Key of a record"),
    "mailroom.alarm": _("Alarm"),
    "mailroom.domainstate": _("Domain"),
    "mailroom.incomingmail": _("Mail"),
    "mailroom.outgoingmail": _("Letter"),
    "mailroom.rawmail": _("Mail"),
    "platforms.contact": _("Contact"),
    "platforms.organisation": _("Organisation"),
    "takedowns.freeletter": _("Message to the liaison"),
    "takedowns.reply": _("Reply"),
    "takedowns.takedownitem": _("Line of a request"),
    "takedowns.takedownrequest": _("Request"),
}


def details_of(event: Event) -> str:
    """The act's details in the active language: names and codes in words, digests by their first signs."""
    told = (
        f"{DETAILS.get(name, name)}: {_value(event.action, name, value)}"
        for name, value in event.detail.items()
        if value not in (None, "", []) and name not in NOT_SHOWN
    )
    return " · ".join(told)


def act_of(event: Event) -> str:
    """The act in words; where one act stands for two, which of them it was."""
    if event.action == Action.REPORT_SET_ASIDE:
        back = event.detail.get("status") == ReportStatus.RECEIVED
        return str(_("Report taken back for triage") if back else _("Report set aside"))
    return event.label


def object_of(event: Event) -> str:
    return str(OBJECTS.get(event.object_type, event.object_type))


def _value(action: str, name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(action, name, one) for one in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name in DIGESTS:
        return str(value)[:DIGEST_SHOWN]
    if name in ("roles", "before"):
        role, _colon, _team = str(value).partition(":")
        return str(Role(role).label) if role in Role.values else role
    words = CODES_OF.get(action, {}).get(name) or CODES.get(name, {})
    return str(words.get(str(value), value))
