"""Alarms of the post office: tasks for a person, raised by whoever notices, closed by a person or when all is well."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from mailroom.models import Alarm, OutgoingMail
from mailroom.rules import why_not_run
from mailroom.states import AlarmKind


def raise_alarm(*, kind: AlarmKind, mail: OutgoingMail | None = None, domain: str = "") -> None:
    """Within the transaction of what gave cause for it. One that is open already says enough."""
    Alarm.objects.bulk_create([Alarm(kind=kind, mail=mail, domain=domain)], ignore_conflicts=True)


def settle_alarms(*, kind: AlarmKind, by: User | None = None, reason: str = "", **about: Any) -> int:
    """What they were about has come right, by itself or in the caller's act; returns how many were open.

    `about` as for `raise_alarm`. A person who acts gives a reason.
    """
    return Alarm.objects.open().filter(kind=kind, **about).update(closed_at=Now(), closed_by=by, reason=reason)


def close_alarm(*, alarm: Alarm, by: User, reason: str) -> Alarm:
    """A person has seen to it. Raises Refused without a reason, without the permission, or when it is closed."""
    reason = reason.strip()
    with transaction.atomic():
        row = Alarm.objects.select_for_update(no_key=True, of=("self",)).select_related("mail").get(pk=alarm.pk)
        if refusal := why_not_run(by):
            raise Refused(refusal)
        if row.closed_at is not None:
            raise Refused(_("This alarm is closed already."))
        if not reason:
            raise Refused(_("Say what you did about it."))
        Alarm.objects.filter(pk=row.pk).update(closed_at=Now(), closed_by=by, reason=reason)
        record(
            action=Action.ALARM_CLOSED,
            by=by,
            obj=row,
            case_id=row.mail.about if row.mail else None,
            detail={"kind": row.kind},
        )
    return Alarm.objects.get(pk=alarm.pk)
