"""What our own archive says about a letter of which nobody knows whether it arrived (docs/adr/0009).

An archive copy proves that the letter left. That there is none proves something only where a copy would have come:
the relay took the archive's address, our door was open, what came was read, and mail that left later came back.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from mailroom.addresses import archive_address
from mailroom.models import Alarm, Canary, IncomingMail, OutgoingMail, Pulse, SendAttempt
from mailroom.states import NEVER_RESENT, AlarmKind, Decision, Ending, IncomingState, NotResent, OutgoingState, Part

MISSED_BEATS = 3


def grace() -> timedelta:
    return timedelta(seconds=settings.MAIL_RESEND_SECONDS)


def longest_silence() -> timedelta:
    """A process without a sign of life for longer counts as gone."""
    return timedelta(seconds=settings.MAIL_BEAT_SECONDS * MISSED_BEATS)


def ripe() -> Q:
    """Uncertain for so long, and nothing found that keeps it so for good: worth asking `why_not_resend`."""
    old = Q(state=OutgoingState.UNCERTAIN, uncertain_at__lte=Now() - grace())
    return old & ~Q(not_resent__in=NEVER_RESENT)


def why_not_resend(mail: OutgoingMail) -> NotResent | None:
    """Why these bytes are not sent once more by themselves; None when the relay has lost them, as far as one can know.

    Every time that is compared is the database's: no clock of this machine is asked.
    """
    last = SendAttempt.objects.filter(mail=mail, data_at__isnull=False).order_by("-n").first()
    if last is None or last.data_at is None or mail.uncertain_at is None:
        return NotResent.TOO_EARLY
    return (
        _why_never(mail)
        or _why_not_yet(mail.uncertain_at)
        or _why_unread(last.data_at)
        or _why_no_witness(last, max(mail.uncertain_at, *_changes_of_doors()) + grace())
    )


def _why_never(mail: OutgoingMail) -> NotResent | None:
    """Reasons that no time heals: a person decides."""
    if not settings.MAIL_RESEND_SECONDS:
        return NotResent.SWITCHED_OFF
    if mail.resent_at is not None or mail.decisions.filter(decision=Decision.RESEND).exists():
        return NotResent.RESENT_BEFORE
    if mail.tries.filter(ending=Ending.UNCERTAIN).exclude(archive_code__range=(200, 299)).exists():
        return NotResent.ARCHIVE_REFUSED
    if IncomingMail.objects.filter(message_id=mail.message_id).exists():
        return NotResent.COPY_DIFFERS
    if mail.matches.exists():
        return NotResent.ANSWERED
    if Alarm.objects.open().filter(kind=AlarmKind.LETTER_DOUBLED).exists():
        return NotResent.DISTRUST
    return None


def _why_not_yet(uncertain_at: datetime) -> NotResent | None:
    now = _database_now()
    if now < uncertain_at + grace():
        return NotResent.TOO_EARLY
    if not _doors().filter(_alive()).exists() or now < max(_changes_of_doors()) + grace():
        return NotResent.DOOR_CLOSED
    return None


def _doors() -> QuerySet[Pulse]:
    return Pulse.objects.filter(part__in=[Part.DOOR, Part.FETCHER])


def _alive() -> Q:
    return Q(beat_at__gte=Now() - longest_silence())


def _changes_of_doors() -> list[datetime]:
    """When each door began its unbroken work; of one that is gone: when it was seen last.

    After such a moment the relay still holds what it could not bring, and comes back with it in its own time.
    """
    steady = list(_doors().filter(_alive()).values_list("steady_since", flat=True))
    return steady + list(_doors().exclude(_alive()).values_list("beat_at", flat=True))


def _why_unread(since: datetime) -> NotResent | None:
    to_archive = Q(raw__deliveries__envelope_to__iexact=archive_address(), raw__deliveries__received_at__gte=since)
    unread = IncomingMail.objects.filter(to_archive, state__in=[IncomingState.WAITING, IncomingState.POISON])
    return NotResent.MAIL_UNREAD if unread.exists() else None


def _why_no_witness(last: SendAttempt, not_before: datetime) -> NotResent | None:
    """A canary that left late enough and came back; and nothing that left before it is missing."""
    canaries = Canary.objects.filter(relay=last.relay)
    witness = canaries.filter(left_at__gte=not_before, arrived_at__isnull=False).order_by("left_at").first()
    if witness is None or witness.arrived_at is None or last.data_at is None:
        return NotResent.NO_CANARY
    # A door tells of what it could not take with its next sign of life: that has to be younger than the witness.
    if _doors().filter(_alive(), beat_at__lte=witness.arrived_at).exists():
        return NotResent.DOOR_CLOSED
    meanwhile = (last.data_at - grace(), witness.left_at)
    taken = SendAttempt.objects.filter(
        mail=OuterRef("pk"), ending=Ending.ACCEPTED, archive_code__range=(200, 299), relay=last.relay
    )
    letters = OutgoingMail.objects.filter(
        Exists(taken), state=OutgoingState.ACCEPTED, archived_at__isnull=True, accepted_at__range=meanwhile
    )
    if letters.exists() or canaries.taken().filter(arrived_at__isnull=True, left_at__range=meanwhile).exists():
        return NotResent.COPIES_MISSING
    return None


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
