"""Kinds, states and outcomes, and the words for a line that is no link."""

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


# The sentences of platforms.locators.ERRORS, for pages in either language (a test holds them together).
LINK_ERRORS = {
    "empty": _("There is no link in this line."),
    "not_a_link": _("This is not a link."),
    "several_links": _("There is more than one link in this line. Put each on a line of its own."),
    "spaces": _("There is a space inside the link. Paste the link alone."),
    "too_long": _("The link is longer than 2,000 characters."),
    "control": _("The link contains characters that cannot be part of a link."),
    "scheme": _("Only links that begin with http, https or tg can be recorded."),
    "malformed": _("The address in this link is not valid."),
    "port": _("The port number in this link cannot be used."),
    "credentials": _("The link has a user name or password before the address (user@…). Check where it really leads."),
    "private_address": _("The link leads to a private, local or reserved address, not to a public site."),
    "no_domain": _("The link does not name a registered domain."),
    "telegram_no_content": _("This Telegram link does not lead to a message, a room or other content."),
    "telegram_number": _("The message number in this Telegram link is not valid."),
}
