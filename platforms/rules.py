"""May this person do this to that contact? The reason why not, in words, or None."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import why_not
from platforms.models import Contact, Organisation
from platforms.states import CONTACT_TRANSITIONS, ContactStatus


def why_not_propose(user: User) -> str | None:
    return why_not(user, Permission.MANAGE_CONTACTS)


def why_not_set_terms(user: User) -> str | None:
    """May `user` set the language and the deadline of letters to an organisation?"""
    return why_not(user, Permission.MANAGE_CONTACTS)


def why_not_switch_recording(user: User, organisation: Organisation, *, on: bool) -> str | None:
    """May `user` have certain replies of an organisation recorded without a person, or end that?"""
    if reason := why_not(user, Permission.APPROVE):
        return reason
    if organisation.records_without_person == on:
        return _("This is switched on already.") if on else _("This is switched off already.")
    return None


def why_not_record_test(user: User, contact: Contact) -> str | None:
    if reason := why_not(user, Permission.MANAGE_CONTACTS):
        return reason
    if contact.status != ContactStatus.PROPOSED:
        return _("Only a proposed contact is tested.")
    if contact.form_url:
        return _("A web form gets no test mail. Whoever activates it opens it first.")
    return None


def why_not_activate(user: User, contact: Contact) -> str | None:
    if reason := why_not(user, Permission.MANAGE_CONTACTS):
        return reason
    if reason := why_not_move(contact, ContactStatus.ACTIVE):
        return reason
    if contact.tested_at is None and not contact.form_url:
        return _("First a test mail has to go there and be answered.")
    if contact.proposed_by_id == user.pk:
        return _("You proposed this contact. Another person has to activate it.")
    if contact.proposed_by_id is None and contact.tested_by_id == user.pk:
        return _("You had the test mail sent. Another person has to activate this contact.")
    return None


def why_not_retire(user: User, contact: Contact) -> str | None:
    if reason := why_not(user, Permission.MANAGE_CONTACTS):
        return reason
    return why_not_move(contact, ContactStatus.RETIRED)


def why_not_move(contact: Contact, to: ContactStatus) -> str | None:
    if to in CONTACT_TRANSITIONS[ContactStatus(contact.status)]:
        return None
    return _("This contact is %(status)s.") % {"status": ContactStatus(contact.status).label.lower()}
