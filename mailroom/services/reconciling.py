"""Uncertain letters that the relay has lost: queued once more by themselves, in sight of a person."""

import uuid

from django.db import transaction
from django.db.models.functions import Now

from audit.services import record
from audit.states import Action
from mailroom import archive, bell
from mailroom.models import OutgoingMail
from mailroom.services.alarms import raise_alarm
from mailroom.services.outbox import locked, move
from mailroom.states import AlarmKind, OutgoingState


def resend_lost() -> int:
    """The same bytes once more for each letter of which the archive says that it never left; returns how many.

    Of the others it keeps the reason why not, for a person and for the next canary.
    """
    ripe = OutgoingMail.objects.filter(archive.ripe()).order_by("uncertain_at").values_list("pk", flat=True)
    return sum(_resend(mail_id) for mail_id in list(ripe))


def _resend(mail_id: uuid.UUID) -> bool:
    """Asked under the letter's lock: a copy that comes in meanwhile waits for us and then finds it queued."""
    with transaction.atomic():
        mail = locked(mail_id)
        if mail.state != OutgoingState.UNCERTAIN:
            return False
        if reason := archive.why_not_resend(mail):
            if reason != mail.not_resent:
                OutgoingMail.objects.filter(pk=mail.pk).update(not_resent=reason)
            return False
        raise_alarm(kind=AlarmKind.LETTER_RESENT, mail=mail)
        move(mail=mail, to=OutgoingState.QUEUED, next_attempt_at=Now(), resent_at=Now())
        bell.ring(bell.OUTBOX)
        record(action=Action.MAIL_RESENT, by=None, obj=mail, case_id=mail.about, detail={"tries": mail.attempts})
    return True
