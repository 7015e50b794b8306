"""Words of this room's pages for codes of other rooms: links' errors, claims, bases of confirmations, methods.

Claims and confirmations live a room higher, which this one cannot import; a test holds that the words agree.
"""

from django.utils.translation import gettext_lazy as _

# Why a pasted line is no link: the sentences of platforms.locators.ERRORS in the reader's language.
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
    "credentials": _(
        "The link contains a user name or password before the address (user@…). Check where it really leads."
    ),
    "private_address": _("The link leads to a private, local or reserved address, not to a public site."),
    "no_domain": _("The link does not name a registered domain."),
    "telegram_no_content": _("This Telegram link does not lead to a message, a room or other content."),
    "telegram_number": _("The message number in this Telegram link is not valid."),
}

# What a platform says of an item.
CLAIMS = {
    "removed": _("Removed"),
    "not_found": _("Not found"),
    "geo_blocked": _("Blocked in Korea only"),
    "refused": _("Refused"),
    "need_info": _("Needs more information"),
    "in_progress": _("In progress"),
}

# Those that end the waiting for an item.
FINAL_CLAIMS = ("removed", "not_found", "geo_blocked", "refused")

# What a removal confirmation rests on.
BASES = {
    "claim_and_check": _("Platform's reply, and our check found it gone"),
    "check_alone": _("Our check found it gone; the platform has not said so"),
    "statement_only": _("On the platform's statement only; not verified by us"),
}

# The same in a word or two; a legend says what each means.
BASES_IN_SHORT = {
    "claim_and_check": _("reply + check"),
    "check_alone": _("check alone"),
    "statement_only": _("statement only"),
}

# How a check was made.
METHODS = {
    "by_hand": _("Looked at by a person"),
    "none": _("No place that could be looked at"),
    "telegram_preview": _("Telegram’s public preview"),
    "http": _("The page at the link"),
}
