"""Recording reports: links become locators and items; words are sealed."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Team, User
from audit.errors import Refused
from audit.services import log_access, record
from audit.states import Action
from cases.models import ContentItem, Institution, Locator, Report, ReportLine, Victim
from cases.rules import why_not_links, why_not_read_sealed, why_not_record
from cases.services.numbers import next_number
from cases.states import NumberKind, Severity, Source
from keys.services import blind, seal, seal_many, unseal_many
from platforms.locators import Line, parse_lines
from platforms.locators import Locator as Place
from platforms.models import Organisation
from platforms.services import organisations_for

PSEUDONYM_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
PHONE = "phone"


def record_report(
    *,
    by: User,
    team: Team,
    text: str,
    source: Source,
    received_at: datetime,
    severity: Severity = Severity.NORMAL,
    occurred_at: datetime | None = None,
    words: str = "",
    source_reference: str = "",
    institution: str = "",
    victim: Victim | None = None,
    new_victim: bool = True,
    submission_key: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Report:
    """Record one report of 1 to 200 pasted links and return it. Bad lines are saved with their errors.

    Raises Refused, and saves nothing, when there are too many lines or none of them is a link. A second call by the
    same person with the same `submission_key` returns the report of the first.
    """
    if reason := why_not_record(by, team):
        raise Refused(reason)
    if problems := why_not_links(text):
        raise Refused("\n".join(problems))
    lines = parse_lines(text)
    at = at or timezone.now()
    if submission_key and (earlier := Report.objects.filter(recorded_by=by, submission_key=submission_key).first()):
        return earlier
    try:
        return _write_report(
            Report(
                team=team,
                source=source,
                source_reference=source_reference,
                severity=severity,
                occurred_at=occurred_at,
                received_at=received_at,
                recorded_at=at,
                recorded_by=by,
                submission_key=submission_key,
                victim=victim,
            ),
            lines=lines,
            words=words,
            institution=institution,
            new_victim=new_victim and victim is None,
        )
    except IntegrityError:
        # The same submission arrived twice at once: the other one won.
        if submission_key and (earlier := Report.objects.filter(recorded_by=by, submission_key=submission_key).first()):
            return earlier
        raise


@transaction.atomic
def _write_report(report: Report, *, lines: Sequence[Line], words: str, institution: str, new_victim: bool) -> Report:
    at = report.recorded_at
    places = _locators_for(lines, at=at)
    report.institution = _institution(institution)
    if new_victim:
        report.victim = _new_victim(team=report.team, at=at)
    raws = seal_many(record=report.id, data=[words.encode(), *(line.raw.encode() for line in lines)], kind="report")
    report.words_sealed = raws[0] if words else None
    report.number = next_number(kind=NumberKind.REPORT, at=at)
    report.save(force_insert=True)
    ReportLine.objects.bulk_create(
        ReportLine(
            report=report,
            n=line.n,
            raw=raw,
            locator=places[_name(line.locator)] if line.locator else None,
            error=line.error or "",
        )
        for line, raw in zip(lines, raws[1:], strict=True)
    )
    bad = sum(line.locator is None for line in lines)
    record(
        action=Action.REPORT_RECORDED, by=report.recorded_by, obj=report, detail={"lines": len(lines), "errors": bad}
    )
    return report


def _name(place: Place) -> tuple[str, str, str]:
    return place.platform, place.kind, place.key


def _locators_for(lines: Sequence[Line], *, at: datetime) -> dict[tuple[str, str, str], Locator]:
    """Return the stored locator of each line, keyed on the parsed (platform, kind, key); make what is missing.

    Two people may submit the same links at the same moment in different order. Rows are therefore inserted in sorted
    key order with ON CONFLICT DO NOTHING: the loser waits for the winner's commit at most once, in one direction.
    """
    parsed = {_name(line.locator): line.locator for line in lines if line.locator}
    organisations = organisations_for({platform for platform, _kind, _key in parsed})
    made: dict[tuple[uuid.UUID, str, str], Locator] = {}
    wanted: dict[tuple[str, str, str], tuple[uuid.UUID, str, str]] = {}
    for name, locator in parsed.items():
        row = _new_locator(organisations[locator.platform], locator.kind, locator.key, locator.url, at)
        stored = (row.organisation_id, row.kind, row.key)
        made[stored] = row
        wanted[name] = stored
    ordered = [made[key] for key in sorted(made, key=lambda k: (str(k[0]), k[1], k[2]))]
    Locator.objects.bulk_create(ordered, ignore_conflicts=True)
    found = {
        (row.organisation_id, row.kind, row.key): row
        for row in Locator.objects.filter(
            organisation__in=organisations.values(), kind__in={k[1] for k in made}, key__in={k[2] for k in made}
        )
    }
    ours = {row.content_item_id for row in made.values()}
    ContentItem.objects.bulk_create(
        ContentItem(id=row.content_item_id, organisation_id=row.organisation_id, recorded_at=at, standing_since=at)
        for row in found.values()
        if row.content_item_id in ours
    )
    return {name: found[stored] for name, stored in wanted.items()}


def _new_locator(organisation: Organisation, kind: str, key: str, url: str, at: datetime) -> Locator:
    row = Locator(organisation=organisation, kind=kind, key=key, url=url, content_item_id=uuid.uuid4(), recorded_at=at)
    if kind == PHONE:
        row.key, row.url = blind(key, kind=PHONE), ""
        row.sealed_value = seal(record=row.id, data=key.encode(), kind=PHONE)
    return row


def _institution(name: str) -> Institution | None:
    name = " ".join(name.split())
    if not name:
        return None
    Institution.objects.bulk_create([Institution(name=name)], ignore_conflicts=True)
    return Institution.objects.get(name=name)


def _new_victim(*, team: Team, at: datetime) -> Victim:
    """Generated, never typed: two letters and six digits say nothing of the person."""
    letters = "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(2))
    return Victim.objects.create(team=team, pseudonym=f"V-{letters}{secrets.randbelow(10**6):06d}", recorded_at=at)


@transaction.atomic
def read_sealed_report(*, report: Report, by: User, reason: str) -> tuple[str, list[str]]:
    """Return the reporter's words and the lines as they were pasted. The look is logged before anything is opened."""
    if why := why_not_read_sealed(by, report):
        raise Refused(why)
    log_access(by=by, obj=report, reason=reason, given="report.words")
    sealed = [report.words_sealed, *(line.raw for line in report.lines.all())]
    words, *lines = unseal_many(parts=[(report.id, bytes(part)) for part in sealed if part is not None])
    if report.words_sealed is None:
        words, lines = b"", [words, *lines]
    return words.decode(), [line.decode() for line in lines]
