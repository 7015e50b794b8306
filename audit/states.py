"""Every act that the audit trail can record, as "noun.verb". Each room has its own section."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Action(TextChoices):
    # accounts
    SIGNED_IN = "account.signed_in", _("Signed in")
    SIGNED_OUT = "account.signed_out", _("Signed out")
    SIGN_IN_FAILED = "account.sign_in_failed", _("Sign-in failed")
    TEAM_CREATED = "team.created", _("Team created")
    PERSON_CREATED = "account.created", _("Account created")
    ROLES_SET = "account.roles_set", _("Roles changed")
    PERSON_DEACTIVATED = "account.deactivated", _("Account closed")
    PERSON_REACTIVATED = "account.reactivated", _("Account opened again")
    PASSWORD_RESET = "account.password_reset", _("One-time password set")
    PASSWORD_CHANGED = "account.password_changed", _("Password changed")
    LANGUAGE_SET = "account.language_set", _("Language changed")
    TOKEN_ISSUED = "token.issued", _("API token issued")
    TOKEN_REVOKED = "token.revoked", _("API token revoked")

    # keys
    KEY_SHREDDED = "key.shredded", _("Key of a record shredded")
    KEYS_REWRAPPED = "key.rewrapped", _("Keys wrapped with a newer master key")
