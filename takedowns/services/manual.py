"""Letters that no mail carries: a person enters them into the platform's web form and records it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from mailroom.services import outbox
from takedowns import rules
from takedowns.models import Letter, ManualDelivery, TicketCorrection
from takedowns.services.posting import run_deadline
from takedowns.services.requests import lock_request
from takedowns.states import DEMANDS
from takedowns.tickets import key_of


@transaction.atomic
def deliver_by_hand(
    *,
    letter: Letter,
    delivered_at: datetime,
    by: User,
    ticket: str = "",
    note: str = "",
    at: datetime | None = None,
) -> ManualDelivery:
    """Record that the letter was entered in the web form, under which ticket number. Its deadline runs from then."""
    at = at or timezone.now()
    fresh = _locked(letter)
    request = fresh.request
    if reason := rules.why_not_deliver_by_hand(by, fresh) or rules.why_not_delivered_at(fresh, delivered_at, at=at):
        raise Refused(reason)
    outbox.hand_over(mail=fresh.mail, at=delivered_at)
    delivery = ManualDelivery.objects.create(
        letter=fresh,
        delivered_at=delivered_at,
        ticket=ticket.strip(),
        ticket_key=key_of(ticket),
        note=note.strip(),
        by=by,
        recorded_at=at,
    )
    if fresh.kind in DEMANDS:
        fresh.due_at = rules.deadline(request, delivered_at)
        fresh.save(update_fields=["due_at"])
        run_deadline(request)
    record(
        action=Action.LETTER_ENTERED,
        by=by,
        obj=request,
        case_id=request.case_id,
        detail={"letter": fresh.number},
    )
    return delivery


@transaction.atomic
def correct_ticket(
    *, letter: Letter, ticket: str, by: User, note: str = "", at: datetime | None = None
) -> TicketCorrection:
    """Record the right ticket number in place of the one that was recorded; empty: the form gave none.

    Mails that name the right one are suggested for the request from now on, those with the wrong one no longer.
    """
    at = at or timezone.now()
    fresh = _locked(letter)
    request = fresh.request
    if reason := rules.why_not_correct_ticket(by, fresh):
        raise Refused(reason)
    delivery, ticket = fresh.manual_delivery, ticket.strip()
    if ticket == delivery.ticket_now:
        raise Refused(_("This is the ticket number that is recorded already."))
    correction = TicketCorrection.objects.create(
        delivery=delivery, ticket=ticket, ticket_key=key_of(ticket), note=note.strip(), by=by, at=at
    )
    record(
        action=Action.TICKET_CORRECTED,
        by=by,
        obj=request,
        case_id=request.case_id,
        detail={"letter": fresh.number},
    )
    return correction


def _locked(letter: Letter) -> Letter:
    """The letter as it stands now, with its delivery if it has one; its request is locked."""
    request = lock_request(letter.request)
    fresh = Letter.objects.select_related("mail", "manual_delivery").defer("mail__sealed").get(pk=letter.pk)
    fresh.request = request
    return fresh
