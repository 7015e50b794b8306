"""An address that a platform offers in a reply becomes a proposed contact; two of ours decide whether it is used."""

from collections.abc import Sequence

from django.conf import settings

from audit.errors import Refused
from mailroom.prepared import Prepared, given
from mailroom.services.inbox import MailText
from platforms.models import Contact
from platforms.services import propose_contact
from platforms.states import ContactStatus
from takedowns.models import Letter, Reply
from takedowns.offering import Offer, offers_in
from takedowns.reading import ItemRef

_CONTACTS = Prepared(
    lambda: Contact.objects.filter(organisation=given("addressee")).exclude(email="").values_list("email", "status")
)


def offered_in(mail: MailText, *, letter: Letter, items: Sequence[ItemRef], sent_text: str) -> list[Offer]:
    """The addresses that a reply of a listed sender offers and that were no contact of the addressee before."""
    contacts = _CONTACTS.rows(addressee=letter.request.addressee_id)
    return offers_in(
        text=mail.text,
        html_text=mail.html_text,
        items=items,
        sent_text=sent_text,
        contacts=[email for email, status in contacts if status == ContactStatus.ACTIVE],
        known=[email for email, _status in contacts],
        ours=settings.MAIL_DOMAIN,
    )


def propose_offers(reply: Reply, offers: Sequence[Offer]) -> list[Contact]:
    """In the transaction that files the reply: a proposed contact for each offer that is still news."""
    proposed = []
    for offer in offers:
        try:
            contact = propose_contact(
                organisation=reply.request.addressee,
                email=offer.email,
                language=reply.request.language,
                offered_in=reply.incoming_id,
                offered_at=reply.received_at,
                by=None,
            )
        except Refused:
            continue  # another reply offered it at the same moment
        proposed.append(contact)
    return proposed
