"""Mails to ourselves: out through the relay, home by our own door. One that came back shows that the way is open."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from mailroom import addresses, archive
from mailroom.addresses import OwnAddress
from mailroom.composing import compose
from mailroom.digests import is_copy
from mailroom.models import Canary, OutgoingMail
from mailroom.services.alarms import raise_alarm, settle_alarms
from mailroom.services.sending import Answer, Result, note_archive_answer, relay
from mailroom.signing import sign
from mailroom.states import AlarmKind, NotResent

# Korean and longer than a line, like a letter: what a relay would change in letters it changes here.
SUBJECT = "우편 점검 / mail check"
WORDS = """이 메일은 포털이 스스로에게 보내는 점검용 메일입니다. 보낸 편지가 메일 서버를 거쳐 되돌아오는지 확인합니다.
.
The portal sends this mail to itself, to see whether what leaves by the mail server comes back. Nobody has to act.
"""
LOCK = "mailroom canary"


def begin() -> Canary | None:
    """Make a canary when one is due: now and then, and whenever an uncertain letter waits for one.

    Of several senders at the same moment one gets it.
    """
    with transaction.atomic():
        if not _alone() or not _due():
            return None
        token, message_id = addresses.new_token(), addresses.new_message_id()
        content = compose(
            message_id=message_id,
            reply_to=addresses.reply_address(token),
            to=addresses.archive_address(),
            subject=SUBJECT,
            body=f"{WORDS}\n{token}\n",
            language="ko",
            at=timezone.now(),
            auto_submitted=True,
        )
        return Canary.objects.create(token=token, message_id=message_id, content=sign(content), relay=relay())


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
        return bool(cursor.fetchone()[0])


def _due() -> bool:
    if settings.MAIL_CANARY_SECONDS and not _begun_within(settings.MAIL_CANARY_SECONDS):
        return True
    last = Canary.objects.order_by("begun_at").last()
    on_its_way = last is not None and last.smtp_code is not None and last.smtp_code < 300 and last.arrived_at is None
    pause = settings.MAIL_CANARY_LATE_SECONDS if on_its_way else settings.MAIL_RECONNECT_SECONDS
    if _begun_within(pause):
        return False
    return OutgoingMail.objects.filter(archive.ripe(), not_resent=NotResent.NO_CANARY).exists()


def _begun_within(seconds: float) -> bool:
    return Canary.objects.filter(begun_at__range=(Now() - timedelta(seconds=seconds), Now())).exists()


def leave(canary: Canary) -> bool:
    """Committed before DATA is spoken, like a letter's. True, always: nobody else sends this one."""
    return bool(Canary.objects.filter(pk=canary.pk).update(left_at=Now()))


def end(canary: Canary, result: Result) -> None:
    """Keep what the server said. A canary that broke off is not tried again; the next one is another."""
    with transaction.atomic():
        answer: Answer = result.answer
        Canary.objects.filter(pk=canary.pk).update(smtp_code=answer.code, smtp_text=answer.text)
        note_archive_answer(result.recipient)


def recognise(*, message_id: str, data: bytes) -> Canary | None:
    """The canary that this mail is a copy of, byte for byte but for what servers on the way add."""
    canary = Canary.objects.filter(message_id=message_id).first() if message_id else None
    return canary if canary is not None and is_copy(letter=bytes(canary.content), mail=data) else None


def note_arrival(canary: Canary) -> None:
    """It came home by our own door. In the transaction of the one who recognised it."""
    Canary.objects.filter(pk=canary.pk, left_at__isnull=False, arrived_at__isnull=True).update(arrived_at=Now())
    settle_alarms(kind=AlarmKind.ARCHIVE_SILENT)


def watch() -> None:
    """Raise an alarm when the last one that the server took is not back in time."""
    late = Now() - timedelta(seconds=settings.MAIL_CANARY_LATE_SECONDS)
    last = Canary.objects.taken().filter(left_at__lt=late).order_by("left_at").last()
    if last is not None and last.arrived_at is None and not _back_since(last.left_at):
        raise_alarm(kind=AlarmKind.ARCHIVE_SILENT)


def _back_since(left_at: datetime | None) -> bool:
    return Canary.objects.filter(left_at__gt=left_at, arrived_at__isnull=False).exists()


def is_named_in(recipients: Iterable[OwnAddress]) -> bool:
    """Is one of these a canary's own return address? A report that comes there speaks of the archive only."""
    return Canary.objects.filter(token__in=[one.token for one in recipients if one.token]).exists()
