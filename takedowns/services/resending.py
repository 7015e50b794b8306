"""A letter that did not arrive goes to another contact of the addressee: the same words, a new number and address.

The approval of the letter covers it (docs/adr/0010).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.rules import why_not_work
from mailroom.services.alarms import settle_alarms
from mailroom.states import AlarmKind, Kind
from platforms.models import Contact
from takedowns import rules
from takedowns.letters import Wording
from takedowns.models import Letter, TakedownRequest
from takedowns.services.posting import await_answer, post
from takedowns.services.requests import lock_request
from takedowns.services.wordings import write_down
from takedowns.states import DEMANDS, LetterKind
from takedowns.tables import Printed


@transaction.atomic
def resend(*, request: TakedownRequest, contact: Contact, by: User, at: datetime | None = None) -> list[Letter]:
    """Send the request's letters that did not arrive to this contact, which takes the place of the earlier one.

    Pressed again, it returns what went there and sends nothing.
    """
    at = at or timezone.now()
    locked = lock_request(request)
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if reason := why_not_work(by, locked.case):
        raise Refused(reason)
    if locked.contact_id == contact.pk and (sent := _sent_already(locked, contact)):
        return sent
    if reason := rules.why_not_resend(by, locked) or rules.why_not_send_to(locked, contact):
        raise Refused(reason)
    lost = list(locked.letters.undelivered().select_related("revision").order_by("written_at"))
    locked.contact = contact
    locked.save(update_fields=["contact"])
    letters = [_send(locked, letter, contact, by=by, at=at) for letter in lost]
    record(
        action=Action.REQUEST_RESENT,
        by=by,
        obj=locked,
        case_id=locked.case_id,
        detail={"letters": [letter.number for letter in letters], "resends": [letter.number for letter in lost]},
    )
    return letters


def _sent_already(request: TakedownRequest, contact: Contact) -> list[Letter]:
    return list(request.letters.filter(resends__isnull=False, revision__recipient=contact.address, resent_as=None))


def _send(request: TakedownRequest, lost: Letter, contact: Contact, *, by: User, at: datetime) -> Letter:
    wording = Wording(recipient=contact.address, subject=lost.revision.subject, body=lost.revision.body)
    listed = lost.items.select_related("takedown_item").order_by("takedown_item__number")
    letter = post(
        revision=write_down(request, wording, by=by, at=at, frozen_at=at),
        kind=LetterKind(lost.kind),
        items=[Printed(label=row.printed_label, link=row.printed_link, line=row.takedown_item) for row in listed],
        by=by,
        at=at,
        resends=lost,
    )
    if lost.kind in DEMANDS:
        await_answer(request, at=at)
    again = _("Sent again as %(number)s")
    # The task about it, and the report that it came back, ask for nothing more.
    settle_alarms(kind=AlarmKind.LETTER_REFUSED, mail=lost.mail_id, by=by, reason=again % {"number": letter.number})
    lost.replies.filter(incoming__kind=Kind.BOUNCE, handled_at=None).update(handled_at=at, handled_by=by)
    return letter
