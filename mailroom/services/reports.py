"""Delivery reports: what a mail server says became of a letter's recipient, and whether it counts.

Anybody can write one. It counts only when it came to the letter's own return address, which the mail server that took
the letter knows and a passer-by does not, and names the letter's recipient or our archive.
"""

from collections.abc import Sequence

from audit.services import record
from audit.states import Action
from mailroom.addresses import addresses_in, archive_address
from mailroom.models import DeliveryReport, IncomingMail, OutgoingMail
from mailroom.notices import addresses_named, status_named, tells_of_delay
from mailroom.parsing import Parsed, Reported
from mailroom.services import domains
from mailroom.services.alarms import raise_alarm
from mailroom.states import AlarmKind, Kind, ReportAbout, ReportAction, ReportSource

_BY_CLASS = {"2": ReportAction.DELIVERED, "4": ReportAction.DELAYED, "5": ReportAction.FAILED}
_EVENTS = {
    (ReportAbout.RECIPIENT, ReportAction.FAILED): Action.MAIL_BOUNCED,
    (ReportAbout.RECIPIENT, ReportAction.DELAYED): Action.MAIL_DELAYED,
    (ReportAbout.ARCHIVE, ReportAction.FAILED): Action.ARCHIVE_FAILED,
    (ReportAbout.ARCHIVE, ReportAction.DELAYED): Action.ARCHIVE_FAILED,
}


def draft(parsed: Parsed, *, letter: OutgoingMail | None) -> list[DeliveryReport]:
    """The reports of one mail, not stored yet. `letter` is the one whose return address the mail came to."""
    reports = [_from_fields(each) for each in parsed.reports if each.action or each.status or each.final]
    reports = reports or _from_header(parsed) or _from_words(parsed, letter)
    for n, report in enumerate(reports):
        report.n = n
        report.about = _about(report, letter)
        report.outgoing = letter if report.about != ReportAbout.OTHER else None
    return reports


def kind_after(parsed: Parsed, reports: Sequence[DeliveryReport]) -> Kind:
    """A report that speaks of nothing but our archive is no platform's; one without a failure may tell of a delay."""
    if not reports:
        return Kind.DELAY if tells_of_delay(parsed) else Kind.BOUNCE
    if reports and all(report.about == ReportAbout.ARCHIVE for report in reports):
        return Kind.ARCHIVE_FAIL
    actions = {report.action for report in reports if report.about != ReportAbout.ARCHIVE}
    return Kind.DELAY if ReportAction.DELAYED in actions and ReportAction.FAILED not in actions else Kind.BOUNCE


def store(*, mail: IncomingMail, reports: Sequence[DeliveryReport]) -> list[DeliveryReport]:
    """In the transaction that takes the mail in. Returns those that have begun to count just now.

    The mail may have been read before, when it had come to another of our addresses: then what counts is added.
    """
    if not reports:
        return []
    earlier = {report.n: report for report in mail.reports.all()}
    for report in reports:
        report.incoming = mail
    DeliveryReport.objects.bulk_create(report for report in reports if report.n not in earlier)
    counting = [
        report for report in reports if report.outgoing and not (report.n in earlier and earlier[report.n].outgoing_id)
    ]
    for report in counting:
        if report.n in earlier:
            mail.reports.filter(n=report.n).update(about=report.about, outgoing=report.outgoing)
    return counting


def record_effects(reports: Sequence[DeliveryReport]) -> None:
    """The last writes of that transaction: which letters came back or are late, and that the archive fails."""
    for report in reports:
        if report.action == ReportAction.FAILED and report.outgoing:
            _warn(report.outgoing, ReportAbout(report.about))
    for report in reports:
        action = _EVENTS.get((ReportAbout(report.about), ReportAction(report.action)))
        if action and report.outgoing:
            record(
                action=action,
                by=None,
                obj=report.outgoing,
                case_id=report.outgoing.about,
                detail={"code": report.status, "other": report.incoming_id},
            )


def _warn(letter: OutgoingMail, about: ReportAbout) -> None:
    """Letters to a domain that returns them stop after a while; an archive that refuses them blinds the house."""
    if about == ReportAbout.RECIPIENT:
        domains.note_bounce(mail=letter)
    elif about == ReportAbout.ARCHIVE:
        raise_alarm(kind=AlarmKind.ARCHIVE_REFUSED)


def _from_fields(given: Reported) -> DeliveryReport:
    """The action is what the server did; only where it says none does the status speak for it.

    A server that has given up after days of 4.x answers reports "failed, 4.4.1": that letter will never arrive.
    """
    told = given.action or _BY_CLASS.get(given.status[:1], ReportAction.FAILED)
    return DeliveryReport(
        action=ReportAction(told),
        status=given.status,
        final_recipient=given.final,
        original_recipient=given.original,
        diagnostic=given.diagnostic,
        source=ReportSource.FIELDS,
    )


def _from_header(parsed: Parsed) -> list[DeliveryReport]:
    named = addresses_in(parsed.signals.get("x-failed-recipients", ""))
    return [_without_fields(parsed, one, ReportSource.HEADER) for one in named]


def _from_words(parsed: Parsed, letter: OutgoingMail | None) -> list[DeliveryReport]:
    """Of the addresses in a notice's words only those that could count: the others are as likely a help desk's."""
    ours = {letter.recipient.lower(), archive_address().lower()} if letter else set()
    return [_without_fields(parsed, one, ReportSource.WORDS) for one in addresses_named(parsed) if one in ours]


def _without_fields(parsed: Parsed, recipient: str, source: ReportSource) -> DeliveryReport:
    action = ReportAction.DELAYED if tells_of_delay(parsed) else ReportAction.FAILED
    return DeliveryReport(action=action, status=status_named(parsed), final_recipient=recipient, source=source)


def _about(report: DeliveryReport, letter: OutgoingMail | None) -> ReportAbout:
    if letter is None:
        return ReportAbout.OTHER
    named = {report.final_recipient.lower(), report.original_recipient.lower()}
    if letter.recipient.lower() in named:
        return ReportAbout.RECIPIENT
    return ReportAbout.ARCHIVE if archive_address().lower() in named else ReportAbout.OTHER
