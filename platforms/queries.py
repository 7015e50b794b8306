"""What the pages of organisations read. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from platforms import rules
from platforms.models import Contact, Organisation
from platforms.states import ContactStatus


def organisations(wanted: dict[str, Any]) -> QuerySet[Organisation]:
    """Narrowed by the filters of `OrganisationFilterForm`, with the counts `active` and `proposed`; by name."""
    rows = Organisation.objects.annotate(
        active=Count("contacts", filter=Q(contacts__status=ContactStatus.ACTIVE)),
        proposed=Count("contacts", filter=Q(contacts__status=ContactStatus.PROPOSED)),
    ).order_by("name", "domain")
    if text := (wanted.get("q") or "").strip():
        found = Contact.objects.filter(Q(email__icontains=text) | Q(form_url__icontains=text)).values("organisation")
        rows = rows.filter(
            Q(name__icontains=text) | Q(name_ko__icontains=text) | Q(domain__icontains=text) | Q(pk__in=found)
        )
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if which := wanted.get("contacts"):
        rows = rows.filter(proposed__gt=0) if which == "proposed" else rows.filter(active=0)
    return rows


@dataclass(frozen=True)
class Step:
    """One moment in the life of a contact; `url` leads, by the words of `link`, to what it speaks of."""

    at: datetime
    title: str
    by: str = ""
    tone: str = ""
    icon: str = "info"
    words: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class ContactCard:
    """A contact with its history, newest first, and what this person may do about it, or why not."""

    contact: Contact
    steps: list[Step]
    why_not_activate: str | None
    why_not_retire: str | None


def cards(organisation: Organisation, user: User) -> list[ContactCard]:
    """Proposed ones first, then active, then retired. One query."""
    rank = {status: n for n, status in enumerate(ContactStatus)}
    rows = organisation.contacts.select_related("proposed_by", "tested_by", "activated_by", "retired_by")
    return [
        ContactCard(
            contact=contact,
            steps=history_of(contact),
            why_not_activate=rules.why_not_activate(user, contact),
            why_not_retire=rules.why_not_retire(user, contact),
        )
        for contact in sorted(rows, key=lambda row: (rank[ContactStatus(row.status)], row.address))
    ]


def history_of(contact: Contact) -> list[Step]:
    """Who proposed, tested, activated and retired it, and when; newest first."""
    steps = [_beginning(contact)]
    if contact.tested_at:
        title = _("Test mail went there and back")
        steps.append(Step(contact.tested_at, title, _name(contact.tested_by), "info", "check"))
    if contact.activated_at:
        steps.append(Step(contact.activated_at, _("Activated"), _name(contact.activated_by), "good", "approved"))
    if contact.retired_at:
        retired = _name(contact.retired_by)
        steps.append(Step(contact.retired_at, _("Retired"), retired, "", "withdrawn", contact.retired_why))
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _beginning(contact: Contact) -> Step:
    if contact.proposed_by:
        return Step(contact.proposed_at, _("Proposed"), contact.proposed_by.name, "", "plus", contact.note)
    return Step(
        contact.offered_at or contact.proposed_at, _("Offered by the organisation in a mail"), "", "", "mail-in"
    )


def _name(person: User | None) -> str:
    return person.name if person else ""
