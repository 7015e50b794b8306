"""For every service: when its audit event cannot be written, nothing else is written either.

The audit insert is made to fail by the database itself; all tables are compared before and after.
"""

import inspect
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import InternalError, connection
from django.db.models import F
from django.utils import timezone

import accounts.services
import cases.services
import keys.services
import mailroom.services.alarms
import mailroom.services.authenticating
import mailroom.services.canaries
import mailroom.services.domains
import mailroom.services.inbox
import mailroom.services.outbox
import mailroom.services.pulses
import mailroom.services.reconciling
import mailroom.services.reports
import mailroom.services.sending
import notices.services
import platforms.services
import takedowns.services
from accounts.models import Team, User
from accounts.states import Role
from cases.models import Check, CheckOrder
from cases.states import OutcomeKind, ReportStatus, SightingKind, Source
from mailroom import archive
from mailroom.models import Alarm, DomainState, IncomingMail, OutgoingMail, Pulse
from mailroom.services import alarms, authenticating, canaries, domains, inbox, outbox, pulses, sending
from mailroom.services.reconciling import resend_lost
from mailroom.states import AlarmKind, Ending, Part
from notices.states import NewsKind, Way
from platforms.states import CheckOutcome
from takedowns.states import ClaimKind
from tests.mailroom.clock import set_clock
from tests.takedowns import stages

ROOMS: tuple[ModuleType, ...] = (
    accounts.services,
    cases.services,
    keys.services,
    mailroom.services.alarms,
    mailroom.services.canaries,
    mailroom.services.domains,
    mailroom.services.authenticating,
    mailroom.services.inbox,
    mailroom.services.outbox,
    mailroom.services.pulses,
    mailroom.services.reconciling,
    mailroom.services.reports,
    mailroom.services.sending,
    notices.services,
    platforms.services,
    takedowns.services,
)

# Public functions that record no act of their own, each with the reason.
NO_ACT = {
    "accounts.services.note_failed_sign_in": "writes the event and nothing else",
    "accounts.services.note_sign_out": "writes the event and nothing else",
    "cases.services.facts_of": "reads",
    "cases.services.lease_due_orders": "a lease says who works now; the check is the act",
    "cases.services.next_number": "part of the caller's act",
    "cases.services.read_sealed_report": "a look: it is in the access log, and refused when that fails",
    "cases.services.run_order": "asks the platform, then record_check",
    "keys.services.blind": "computes",
    "keys.services.rewrap": "batches of its own; a failing one is left as it was",
    "keys.services.seal": "part of the caller's act",
    "keys.services.seal_many": "part of the caller's act",
    "keys.services.unseal": "reads",
    "keys.services.unseal_many": "reads",
    "mailroom.services.alarms.raise_alarm": "part of the act that gives cause for it",
    "mailroom.services.alarms.settle_alarms": "part of the act that settles them",
    "mailroom.services.canaries.begin": "a mail to ourselves is nobody's act; the same for the next four",
    "mailroom.services.canaries.end": "keeps what the server said",
    "mailroom.services.canaries.leave": "keeps when it left",
    "mailroom.services.canaries.note_arrival": "part of the caller's act",
    "mailroom.services.canaries.watch": "raises an alarm, which a person closes",
    "mailroom.services.canaries.is_named_in": "reads",
    "mailroom.services.canaries.recognise": "reads",
    "mailroom.services.domains.held": "reads",
    "mailroom.services.domains.is_on_trial": "reads",
    "mailroom.services.domains.let_through": "part of the claim; the end of the try is the act",
    "mailroom.services.domains.note_end": "part of the sender's end",
    "mailroom.services.domains.pace": "reads settings",
    "mailroom.services.authenticating.authenticate": "derives from the stored mail; receiving it was the act",
    "mailroom.services.inbox.mark_filed": "part of the caller's act",
    "mailroom.services.inbox.move": "part of the caller's act",
    "mailroom.services.inbox.parse_next": "derives from the stored mail; receiving it was the act",
    "mailroom.services.inbox.read_raw": "reads",
    "mailroom.services.inbox.read_text": "reads",
    "mailroom.services.inbox.words_of": "computes",
    "mailroom.services.inbox.read_texts": "reads",
    "mailroom.services.inbox.tie_by_hand": "part of the caller's act",
    "mailroom.services.outbox.accept": "part of note_archive_copy and of the sender's end",
    "mailroom.services.outbox.hand_over": "part of the caller's act",
    "mailroom.services.outbox.locked": "reads",
    "mailroom.services.outbox.move": "part of the caller's act",
    "mailroom.services.outbox.new_identity": "computes",
    "mailroom.services.outbox.queue_figures": "reads",
    "mailroom.services.outbox.read_bytes": "reads",
    "mailroom.services.reports.draft": "computes",
    "mailroom.services.reports.kind_after": "computes",
    "mailroom.services.pulses.beat": "a sign of life is nobody's act",
    "mailroom.services.pulses.begin": "a sign of life is nobody's act",
    "mailroom.services.reports.record_effects": "the last part of the caller's act",
    "mailroom.services.reports.store": "part of the caller's act",
    "mailroom.services.sending.begin_data": "a phase of the try; its end is the act",
    "mailroom.services.sending.claim": "a lease says who sends now; the end of the try is the act",
    "mailroom.services.sending.note_archive_answer": "part of the sender's end",
    "mailroom.services.sending.reach_envelope": "a phase of the try; its end is the act",
    "mailroom.services.sending.relay": "computes",
    "mailroom.services.sending.seconds_to_wait": "computes",
    "notices.services.mark_read": "a look at one's own notices",
    "notices.services.put_away_reports": "files nothing; receiving the report was the act",
    "notices.services.tell_news": "what it tells was recorded where it happened",
    "platforms.services.organisations_for": "part of the caller's act",
    "takedowns.services.file_next": "file_incoming is the act; this one moves on when a mail cannot be filed",
    "takedowns.services.latest_wording": "reads",
}

Act = Callable[[], Any]
SCENES: dict[str, Callable[[Any], Act]] = {}


def scene(name: str) -> Callable[[Callable[[Any], Act]], Callable[[Any], Act]]:
    """Register what has to be there before the service is called, and the call."""

    def keep(make: Callable[[Any], Act]) -> Callable[[Any], Act]:
        SCENES[name] = make
        return make

    return keep


def public_services() -> set[str]:
    found = set()
    for room in ROOMS:
        names = getattr(room, "__all__", None) or [
            name
            for name, value in vars(room).items()
            if inspect.isfunction(value) and value.__module__ == room.__name__ and not name.startswith("_")
        ]
        found |= {f"{room.__name__}.{name}" for name in names}
    return found


def test_every_service_is_decided() -> None:
    assert public_services() - set(SCENES) - set(NO_ACT) == set(), "give the new service a scene, or a reason"
    assert set(SCENES) | set(NO_ACT) == public_services(), "a service is gone: take it off the list"


@dataclass(frozen=True)
class Trip:
    owner_cursor: Any

    @contextmanager
    def set(self):
        with self.owner_cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN RAISE EXCEPTION 'no audit today' USING ERRCODE = 'XX000'; END$$"
            )
            cursor.execute("CREATE TRIGGER trip BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION trip()")
            try:
                yield
            finally:
                cursor.execute("DROP FUNCTION trip() CASCADE")


TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition
"""
DIGEST = "SELECT count(*), coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM \"{}\" t"


def contents() -> dict[str, tuple[int, str]]:
    """Every table of the main database as (rows, digest)."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        found = {}
        for (table,) in sorted(cursor.fetchall()):
            cursor.execute(DIGEST.format(table))
            found[table] = cursor.fetchone()
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(set(SCENES) | public_services() - set(NO_ACT)))
def test_without_its_event_nothing_happens(name, cast, owner_cursor) -> None:
    act = SCENES[name](cast)
    before = contents()
    with Trip(owner_cursor).set(), pytest.raises(InternalError, match="no audit today"):
        act()
    assert contents() == before
    act()  # and with its event it does happen
    assert contents()["audit_event"][0] > before["audit_event"][0]


# accounts


@scene("accounts.services.create_team")
def _(cast):
    return lambda: accounts.services.create_team(name="새 팀", name_en="New team", by=None)


@scene("accounts.services.create_person")
def _(cast):
    return lambda: accounts.services.create_person(
        username="new", name="New", roles=[(Role.INTAKE, cast.team)], by=None
    )


@scene("accounts.services.set_roles")
def _(cast):
    return lambda: accounts.services.set_roles(person=cast.analyst, roles=[(Role.INTAKE, cast.team)], by=None)


@scene("accounts.services.deactivate_person")
def _(cast):
    return lambda: accounts.services.deactivate_person(person=cast.analyst, by=None)


@scene("accounts.services.reactivate_person")
def _(cast):
    accounts.services.deactivate_person(person=cast.analyst, by=None)
    return lambda: accounts.services.reactivate_person(person=cast.analyst, by=None)


@scene("accounts.services.reset_password")
def _(cast):
    return lambda: accounts.services.reset_password(person=cast.analyst, by=None)


@scene("accounts.services.change_password")
def _(cast):
    return lambda: accounts.services.change_password(password="a quite different phrase 7", by=cast.analyst)


@scene("accounts.services.note_sign_in")
def _(cast):
    return lambda: accounts.services.note_sign_in(by=cast.analyst, language="en")


@scene("accounts.services.set_language")
def _(cast):
    return lambda: accounts.services.set_language(language="en", by=cast.analyst)


@scene("accounts.services.set_name")
def _(cast):
    return lambda: accounts.services.set_name(name="Another", by=cast.analyst)


@scene("accounts.services.end_other_sessions")
def _(cast):
    return lambda: accounts.services.end_other_sessions(by=cast.analyst)


@scene("accounts.services.release_sign_in")
def _(cast):
    AccessAttempt.objects.create(username=str(cast.analyst.pk), ip_address="192.0.2.1", failures_since_start=5)
    return lambda: accounts.services.release_sign_in(person=cast.analyst, by=cast.administrator)


@scene("accounts.services.issue_token")
def _(cast):
    return lambda: accounts.services.issue_token(user=cast.partner, name="desk", by=None)


@scene("accounts.services.revoke_token")
def _(cast):
    accounts.services.issue_token(user=cast.partner, name="desk", by=None)
    return lambda: accounts.services.revoke_token(token=cast.partner.api_tokens.get(), by=None)


# keys


@scene("keys.services.shred")
def _(cast):
    report = report_of(cast)
    return lambda: keys.services.shred(record=report.pk, by=cast.supervisor)


# platforms


@scene("platforms.services.ensure_platform")
def _(cast):
    return lambda: platforms.services.ensure_platform(code="example", domain="example.org", name="Example")


@scene("platforms.services.set_letter_terms")
def _(cast):
    telegram = stages.telegram(cast)
    return lambda: platforms.services.set_letter_terms(
        organisation=telegram, language="ko", deadline_hours=12, deadline_source="A new law.", by=cast.analyst
    )


@scene("platforms.services.switch_recording")
def _(cast: Any) -> Act:
    telegram = stages.telegram(cast)
    return lambda: platforms.services.switch_recording(
        organisation=telegram, on=True, reason="Agreed with them.", by=cast.supervisor
    )


@scene("platforms.services.propose_contact")
def _(cast):
    telegram = stages.telegram(cast)
    return lambda: platforms.services.propose_contact(
        organisation=telegram, email="korea@telegram.test", language="ko", by=cast.analyst
    )


def proposed(cast):
    return platforms.services.propose_contact(
        organisation=stages.telegram(cast), email="korea@telegram.test", language="ko", by=cast.analyst
    )


@scene("platforms.services.record_contact_test")
def _(cast):
    contact = proposed(cast)
    return lambda: platforms.services.record_contact_test(contact=contact, by=cast.analyst)


@scene("platforms.services.activate_contact")
def _(cast):
    contact = platforms.services.record_contact_test(contact=proposed(cast), by=cast.analyst)
    return lambda: platforms.services.activate_contact(contact=contact, by=cast.supervisor)


@scene("platforms.services.retire_contact")
def _(cast):
    contact = proposed(cast)
    return lambda: platforms.services.retire_contact(contact=contact, reason="Out of date.", by=cast.supervisor)


# mailroom


@scene("mailroom.services.outbox.enqueue")
def _(cast):
    return lambda: outbox.enqueue(
        identity=outbox.new_identity(),
        idempotency_key="one",
        to=stages.LIAISON,
        subject="Subject",
        body="Body\n",
        language="en",
        by=cast.supervisor,
    )


@scene("mailroom.services.outbox.keep_for_hand")
def _(cast):
    return lambda: outbox.keep_for_hand(
        identity=outbox.new_identity(),
        idempotency_key="one",
        form_url=stages.FORM,
        subject="Subject",
        body="Body\n",
        language="en",
        by=cast.supervisor,
    )


def uncertain(cast) -> OutgoingMail:
    """A letter whose sender stopped in DATA."""
    mail = OutgoingMail.objects.get(letter__request=stages.approved(cast))
    OutgoingMail.objects.filter(pk=mail.pk).update(state="uncertain", uncertain_at=timezone.now())
    mail.refresh_from_db()
    return mail


@scene("mailroom.services.outbox.decide_uncertain")
def _(cast):
    mail = uncertain(cast)
    return lambda: outbox.decide_uncertain(mail=mail, decision="accepted", by=cast.supervisor, reason="They rang.")


@scene("mailroom.services.outbox.note_archive_copy")
def _(cast):
    mail = uncertain(cast)
    return lambda: outbox.note_archive_copy(mail_id=mail.pk)


def leased() -> sending.Lease:
    lease = sending.claim()
    assert lease
    return lease


@scene("mailroom.services.sending.end")
def _(cast):
    stages.approved(cast)
    lease = leased()
    return lambda: sending.end(
        lease, sending.Result(ending=Ending.REJECTED, answer=sending.Answer(550, "no such user"))
    )


@scene("mailroom.services.sending.end_lapsed")
def _(cast):
    mail = OutgoingMail.objects.get(letter__request=stages.approved(cast))
    lease = leased()
    answer = sending.Answer(250, "ok")
    sending.reach_envelope(lease)
    sending.begin_data(lease, recipient=answer, archive=answer)
    OutgoingMail.objects.filter(pk=mail.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    return sending.end_lapsed


@scene("mailroom.services.alarms.close_alarm")
def _(cast):
    alarms.raise_alarm(kind=AlarmKind.OWN_LOOP)
    return lambda: alarms.close_alarm(alarm=Alarm.objects.get(), by=cast.supervisor, reason="Seen to.")


def broken_off(cast) -> OutgoingMail:
    """A letter whose connection broke in DATA, as the sender leaves it."""
    stages.approved(cast)
    lease, ok = leased(), sending.Answer(250)
    assert sending.begin_data(lease, recipient=ok, archive=ok)
    sending.end(lease, sending.Result(Ending.UNCERTAIN))
    return OutgoingMail.objects.get(pk=lease.mail.pk)


def stopped(cast) -> DomainState:
    """A domain whose last letter before the limit has just come back."""
    letter = broken_off(cast)
    DomainState.objects.update(trial_until=timezone.now() + timedelta(hours=1))
    domains.note_bounce(mail=letter)
    return DomainState.objects.get()


@scene("mailroom.services.domains.note_bounce")
def _(cast):
    letter = broken_off(cast)
    DomainState.objects.update(trial_until=timezone.now() + timedelta(hours=1))
    return lambda: domains.note_bounce(mail=letter)


@scene("mailroom.services.domains.release_domain")
def _(cast):
    row = stopped(cast)
    return lambda: domains.release_domain(domain=row, by=cast.supervisor, reason="They have lifted the block.")


@scene("mailroom.services.reconciling.resend_lost")
def _(cast):
    letter = broken_off(cast)
    pulses.begin(part=Part.DOOR, place="here")
    set_clock(3 * 3600)
    pulses.beat(part=Part.DOOR, place="here", steady=True)
    Pulse.objects.update(steady_since=F("steady_since") - timedelta(hours=3))
    canary = canaries.begin()
    assert canary
    canaries.leave(canary)
    canaries.end(canary, sending.Result(Ending.ACCEPTED, sending.Answer(250)))
    canaries.note_arrival(canary)
    pulses.beat(part=Part.DOOR, place="here", steady=True)
    assert archive.why_not_resend(OutgoingMail.objects.get(pk=letter.pk)) is None
    return resend_lost


@scene("mailroom.services.inbox.receive")
def _(cast):
    raw = b"From: <a@b.test>\r\nMessage-ID: <x@b.test>\r\n\r\nHello\r\n"
    return lambda: inbox.receive(door="lmtp", envelope_from="a@b.test", envelope_to=["takedown@portal.test"], data=raw)


# notices


@scene("notices.services.choose_ways")
def _(cast):
    return lambda: notices.services.choose_ways(ways={NewsKind.REPLY: Way.MAIL}, by=cast.analyst)


@scene("notices.services.mail_notices")
def _(cast):
    User.objects.filter(pk=cast.analyst.pk).update(email="analyst@agency.test")
    notices.services.choose_ways(ways={NewsKind.REPLY: Way.MAIL}, by=cast.analyst)
    stages.replied(cast)
    notices.services.tell_news()
    return notices.services.mail_notices


# cases


def report_of(cast):
    return cases.services.record_report(
        by=cast.analyst,
        team=cast.team,
        text="https://t.me/portal_demo_room/101",
        source=Source.POLICE,
        received_at=timezone.now(),
    )


@scene("cases.services.record_report")
def _(cast):
    Team.objects.get(pk=cast.team.pk)
    return lambda: report_of(cast)


@scene("cases.services.group_reports")
def _(cast):
    report = report_of(cast)
    return lambda: cases.services.group_reports(by=cast.analyst, reports=[report], title="Case")


@scene("cases.services.set_aside")
def _(cast):
    report = report_of(cast)
    return lambda: cases.services.set_aside(
        report=report, by=cast.analyst, status=ReportStatus.OUT_OF_SCOPE, reason="Not ours."
    )


def item_of(case):
    return case.case_items.get().item


@scene("cases.services.order_checks")
def _(cast):
    item = item_of(stages.case_of(cast, items=1))
    return lambda: cases.services.order_checks(items=[item], why="asked", by=cast.analyst)


@scene("cases.services.order_case_checks")
def _(cast):
    case = stages.case_of(cast, items=1)
    return lambda: cases.services.order_case_checks(case=case, items=[item_of(case)], by=cast.analyst)


def check_row(item, outcome: str) -> Check:
    now = timezone.now()
    return Check.objects.create(
        item=item,
        outcome=outcome,
        reason="error" if outcome == "cannot_verify" else "",
        method="x",
        checked_at=now,
        recorded_at=now,
    )


@scene("cases.services.record_check")
def _(cast):
    item = item_of(stages.case_of(cast, items=1))
    cases.services.order_checks(items=[item], why="asked")
    order = CheckOrder.objects.get()
    return lambda: cases.services.record_check(
        item=item, outcome="gone", method="telegram_preview", at=timezone.now(), order=order
    )


@scene("cases.services.record_check_by_hand")
def _(cast):
    case = stages.case_of(cast, items=1)
    return lambda: cases.services.record_check_by_hand(
        case=case, item=item_of(case), by=cast.analyst, outcome=CheckOutcome.GONE, at=timezone.now()
    )


@scene("cases.services.record_sighting")
def _(cast):
    case = stages.case_of(cast, items=1)
    return lambda: cases.services.record_sighting(
        case=case, item=item_of(case), by=cast.analyst, kind=SightingKind.SAME_PLACE, at=timezone.now()
    )


@scene("cases.services.settle")
def _(cast):
    item = item_of(stages.case_of(cast, items=1))
    check_row(item, "gone")
    return lambda: cases.services.settle(item=item, at=timezone.now())


def refused(cast):
    """A case whose one item the platform refused to remove."""
    reply = stages.replied(cast, "1 is refused: no violation.", items=1)
    line = reply.request.items.get()
    takedowns.services.set_claim(reply=reply, takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst)
    return reply.request.case, line.item


@scene("cases.services.record_outcome")
def _(cast):
    case, item = refused(cast)
    return lambda: cases.services.record_outcome(
        case=case, item=item, by=cast.analyst, kind=OutcomeKind.REFUSED_ACCEPTED, reason="Lawful satire."
    )


def ended(cast):
    case, item = refused(cast)
    cases.services.record_outcome(
        case=case, item=item, by=cast.analyst, kind=OutcomeKind.REFUSED_ACCEPTED, reason="Lawful satire."
    )
    return case


@scene("cases.services.close_case")
def _(cast):
    case = ended(cast)
    return lambda: cases.services.close_case(case=case, by=cast.analyst)


@scene("cases.services.reopen_case")
def _(cast):
    case = cases.services.close_case(case=ended(cast), by=cast.analyst)
    return lambda: cases.services.reopen_case(case=case, by=cast.analyst, reason="New report.")


# takedowns


@scene("takedowns.services.draft_request")
def _(cast):
    case = stages.case_of(cast)
    return lambda: stages.drafted(cast, case=case)


@scene("takedowns.services.revise_letter")
def _(cast):
    request = stages.drafted(cast)
    return lambda: takedowns.services.revise_letter(
        request=request, by=cast.analyst, contact=request.contact, language="ko", deadline_hours=12, message=""
    )


@scene("takedowns.services.submit")
def _(cast):
    request = stages.drafted(cast)
    return lambda: takedowns.services.submit(request=request, by=cast.analyst)


@scene("takedowns.services.withdraw")
def _(cast):
    request = stages.drafted(cast)
    return lambda: takedowns.services.withdraw(request=request, by=cast.analyst)


@scene("takedowns.services.approve")
def _(cast):
    request = stages.submitted(cast)
    digest = request.revisions.get().body_sha256
    return lambda: takedowns.services.approve(request=request, digest=digest, by=cast.supervisor)


@scene("takedowns.services.return_with_words")
def _(cast):
    request = stages.submitted(cast)
    return lambda: takedowns.services.return_with_words(request=request, words="Name the law.", by=cast.supervisor)


@scene("takedowns.services.close_request")
def _(cast):
    case = ended(cast)
    request = case.requests.get()
    return lambda: takedowns.services.close_request(request=request, by=cast.analyst)


@scene("takedowns.services.follow_up")
def _(cast):
    request = stages.contradicted(cast)
    return lambda: takedowns.services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)


@scene("takedowns.services.resend")
def _(cast):
    request = stages.bounced(cast)
    contact = stages.another_contact(cast)
    return lambda: takedowns.services.resend(request=request, contact=contact, by=cast.analyst)


@scene("takedowns.services.take_back")
def _(cast):
    reply = stages.replied(cast)
    takedowns.services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    lines = stages.lines(reply.request, 1)
    return lambda: takedowns.services.take_back(reply=reply, items=lines, reason="Another room.", by=cast.analyst)


@scene("takedowns.services.undo")
def _(cast):
    reply, at = stages.replied(cast), timezone.now()
    takedowns.services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst, at=at)
    return lambda: takedowns.services.undo(reply=reply, decided_at=at, by=cast.analyst)


@scene("takedowns.services.deliver_by_hand")
def _(cast):
    letter = stages.to_a_form(cast)
    return lambda: takedowns.services.deliver_by_hand(letter=letter, delivered_at=timezone.now(), by=cast.analyst)


@scene("takedowns.services.correct_ticket")
def _(cast):
    letter = stages.to_a_form(cast)
    takedowns.services.deliver_by_hand(letter=letter, delivered_at=timezone.now(), by=cast.analyst, ticket="REM-1")
    return lambda: takedowns.services.correct_ticket(letter=letter, ticket="REM-2", by=cast.analyst)


@scene("takedowns.services.write_message")
def _(cast):
    request = stages.approved(cast)
    return lambda: takedowns.services.write_message(request=request, message="Hello.", with_list=True, by=cast.analyst)


@scene("takedowns.services.revise_message")
def _(cast):
    message = stages.message(cast)
    return lambda: takedowns.services.revise_message(
        free_letter=message, message="Good day.", with_list=False, by=cast.analyst
    )


@scene("takedowns.services.submit_message")
def _(cast):
    message = stages.message(cast)
    return lambda: takedowns.services.submit_message(free_letter=message, by=cast.analyst)


@scene("takedowns.services.approve_message")
def _(cast):
    message = stages.message(cast, submitted=True)
    digest = message.revisions.get().body_sha256
    return lambda: takedowns.services.approve_message(free_letter=message, digest=digest, by=cast.supervisor)


@scene("takedowns.services.return_message")
def _(cast):
    message = stages.message(cast, submitted=True)
    return lambda: takedowns.services.return_message(free_letter=message, words="Shorter.", by=cast.supervisor)


@scene("takedowns.services.withdraw_message")
def _(cast):
    message = stages.message(cast)
    return lambda: takedowns.services.withdraw_message(free_letter=message, by=cast.analyst)


@scene("takedowns.services.file_incoming")
def _(cast):
    mail = stages.answer(stages.approved(cast), "1-3 have been removed.")
    mail.refresh_from_db()
    authenticating.authenticate(inbox.Opened(mail))  # a step of its own, which derives from the stored mail
    return lambda: takedowns.services.file_incoming(mail.pk)


@scene("takedowns.services.accept_claims")
def _(cast):
    reply = stages.replied(cast)
    return lambda: takedowns.services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)


@scene("takedowns.services.reject_claims")
def _(cast):
    reply = stages.replied(cast)
    return lambda: takedowns.services.reject_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)


@scene("takedowns.services.set_claim")
def _(cast):
    reply = stages.replied(cast)
    line = reply.request.items.get(number=1)
    return lambda: takedowns.services.set_claim(
        reply=reply, takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst
    )


@scene("takedowns.services.decide_claims")
def _(cast):
    reply = stages.replied(cast)
    lines = {line.number: line.pk for line in reply.request.items.all()}
    return lambda: takedowns.services.decide_claims(
        reply=reply, accepted={lines[1]: ClaimKind.REMOVED}, rejected=[lines[2]], by=cast.analyst
    )


@scene("takedowns.services.finish_reply")
def _(cast):
    reply = stages.replied(cast, "Thank you for your message.")
    return lambda: takedowns.services.finish_reply(reply=reply, by=cast.analyst)


@scene("takedowns.services.send_contact_test")
def _(cast):
    contact = proposed(cast)
    return lambda: takedowns.services.send_contact_test(contact=contact, by=cast.analyst)


@scene("takedowns.services.decide_test_answer")
def _(cast):
    test = takedowns.services.send_contact_test(contact=proposed(cast), by=cast.analyst)
    raw = b"From: <night@telegram.test>\r\nMessage-ID: <n@telegram.test>\r\n\r\nReceived.\r\n"
    to = f"takedown+r.{test.mail.token}@portal.test"
    inbox.receive(door="lmtp", envelope_from="night@telegram.test", envelope_to=[to], data=raw)
    while inbox.parse_next() or takedowns.services.file_next():
        pass
    answer = test.answers.get()
    return lambda: takedowns.services.decide_test_answer(answer=answer, counts=True, by=cast.supervisor)


def gone(cast):
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request)
    return request


@scene("takedowns.services.confirm_removals")
def _(cast):
    request = gone(cast)
    return lambda: takedowns.services.confirm_removals(
        request=request, items=list(request.items.all()), by=cast.analyst
    )


@scene("takedowns.services.confirm_on_statement")
def _(cast):
    reply = stages.replied(cast)
    line = reply.request.items.get(number=1)
    takedowns.services.set_claim(reply=reply, takedown_item=line, kind=ClaimKind.REMOVED, by=cast.analyst)
    stages.found(reply.request, "cannot_verify")
    return lambda: takedowns.services.confirm_on_statement(takedown_item=line, by=cast.analyst, reason="Private room.")


@scene("takedowns.services.void_confirmation")
def _(cast):
    request = gone(cast)
    made = takedowns.services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    return lambda: takedowns.services.void_confirmation(confirmation=made[0], by=cast.analyst, reason="Wrong.")


def strange(cast) -> IncomingMail:
    """A mail that names no letter of ours."""
    data = b"From: <somebody@elsewhere.test>\r\nTo: <takedown@portal.test>\r\nSubject: Hello\r\n\r\nHello.\r\n"
    mail = inbox.receive(door="lmtp", envelope_from="", envelope_to=["takedown@portal.test"], data=data)
    while inbox.parse_next():
        pass
    return mail


@scene("takedowns.services.file_mail")
def _(cast):
    mail, request = strange(cast), stages.approved(cast)
    return lambda: takedowns.services.file_mail(incoming=mail, requests=[request], by=cast.analyst)


@scene("takedowns.services.set_aside")
def _(cast):
    mail = strange(cast)
    return lambda: takedowns.services.set_aside(incoming=mail, reason="Advertising.", by=cast.analyst)


@scene("takedowns.services.bring_back")
def _(cast):
    mail = strange(cast)
    takedowns.services.set_aside(incoming=mail, reason="Advertising.", by=cast.analyst)
    return lambda: takedowns.services.bring_back(incoming=mail, by=cast.analyst)


@scene("takedowns.services.refile")
def _(cast):
    reply = stages.replied(cast)
    right = stages.approved(cast, case=stages.case_of(cast, room="lakeside_library_room"))
    return lambda: takedowns.services.refile(reply=reply, requests=[right], reason="Wrong one.", by=cast.analyst)


@scene("mailroom.services.inbox.put_off")
def _(cast):
    mail = strange(cast)
    IncomingMail.objects.filter(pk=mail.pk).update(tries=inbox.TRIES - 1)
    return lambda: inbox.put_off(mail=mail)


@scene("mailroom.services.inbox.try_again")
def _(cast):
    mail = strange(cast)
    IncomingMail.objects.filter(pk=mail.pk).update(state="poison", unreadable="out_of_time")
    return lambda: inbox.try_again(mail=mail, by=cast.administrator)
