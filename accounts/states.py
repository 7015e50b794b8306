from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    INTAKE = "intake", _("Intake")
    ANALYST = "analyst", _("Analyst")
    SUPERVISOR = "supervisor", _("Supervisor")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator of accounts")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    PARTNER = "partner", _("Partner body")
