"""The only writers of the audit trail and of the access log."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from audit.errors import Refused
from audit.models import AccessLog, Event
from audit.states import Action

# By hand: every act writes one, and Django takes longer to write the statement than to run it.
INSERT = """
INSERT INTO audit_event (id, action, actor, object_type, object_id, case_id, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING at
"""
CODE = re.compile(r"(?!.*://)[^\s@]{0,128}")


def record(
    *,
    action: Action,
    by: AbstractBaseUser | None,
    obj: models.Model,
    case_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Record an act, as the last write of the transaction that does it.

    Last, because the chain's lock is taken at commit in the order of the triggers: a foreign key that is checked
    after it could wait for a row whose holder waits for the chain.
    `detail` holds counts, codes, digests, numbers, times and UUIDs; anything that could be a name, an address, a link
    or a sentence raises ValueError.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded in the transaction of the act itself.")
    event = Event(
        action=Action(action),
        actor=by.pk if by else None,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        case_id=case_id,
        detail=_plain(detail or {}),
    )
    facts: list[Any] = [
        event.pk,
        event.action,
        event.actor,
        event.object_type,
        event.object_id,
        case_id,
        json.dumps(event.detail),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, facts)
        (event.at,) = cursor.fetchone()
    return event


def log_access(
    *, by: AbstractBaseUser, obj: models.Model, reason: str, given: str, case_id: UUID | None = None
) -> AccessLog:
    """Write down a look at sealed data, before the first byte of it leaves.

    `given` is a code for the part that is shown ("report.words"). Raises Refused without a reason; any database
    error must reach the caller, since a look that cannot be logged does not happen.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why you need to see this."))
    if len(reason) > 500:
        raise Refused(_("The reason is too long: use at most 500 characters."))
    return AccessLog.objects.create(
        actor=by.pk,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        case_id=case_id,
        reason=reason,
        given=given,
    )


def prepare_access_log(*, months: int = 12) -> int:
    """Make the access log's partitions for this month and the coming ones; returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_prepare_access_log(%s)", [months])
        return int(cursor.fetchone()[0])


def _plain(value: Any) -> Any:
    """JSON without free text, or ValueError: personal data never goes into the trail."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        if not CODE.fullmatch(value):
            raise ValueError("An audit detail holds codes and numbers, never names, addresses, links or sentences.")
        return str(value)
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]
