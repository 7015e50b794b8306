"""Kinds of organisations, the states of a contact, the outcomes of a check."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    PLATFORM = "platform", _("Platform")
    HOST = "host", _("Hosting provider")
    REGISTRAR = "registrar", _("Domain registrar")
    ISP = "isp", _("Internet provider")
    SEARCH_ENGINE = "search_engine", _("Search engine")
    OTHER = "other", _("Other")


class ContactStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


CONTACT_TRANSITIONS: dict[ContactStatus, frozenset[ContactStatus]] = {
    ContactStatus.PROPOSED: frozenset({ContactStatus.ACTIVE, ContactStatus.RETIRED}),
    ContactStatus.ACTIVE: frozenset({ContactStatus.RETIRED}),
    ContactStatus.RETIRED: frozenset(),
}


class ContactRole(TextChoices):
    """What an address is good for. Letters about content are offered the first of these before any other."""

    REMOVAL = "removal", _("Removal requests")
    LEGAL = "legal", _("Legal questions")
    GENERAL = "general", _("General questions")


class CheckOutcome(TextChoices):
    """What our own look at a place established; the last one establishes nothing."""

    GONE = "gone", _("Gone")
    LIVE = "live", _("Still there")
    BLOCKED_HERE = "blocked_here", _("Blocked here")
    CANNOT_VERIFY = "cannot_verify", _("Could not be verified")


class CannotVerify(TextChoices):
    """Why a look established nothing."""

    PRIVATE_ROOM = "private_room", _("Private room")
    NEEDS_ACCOUNT = "needs_account", _("Needs an account")
    ERROR = "error", _("No clear answer")
