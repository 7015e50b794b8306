"""Whom a request can be addressed to, and at which address."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from platforms.states import ContactRole, ContactStatus, OrganisationKind


def removal_only() -> list[str]:
    """What an address is for, unless it is said."""
    return [ContactRole.REMOVAL]


class Organisation(models.Model):
    """A platform, host, registrar, internet provider or search engine; an unknown site becomes one by its domain."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=512, unique=True)
    name = models.CharField(_("name"), max_length=255)
    name_ko = models.CharField(_("name in Korean"), max_length=255, blank=True)
    kind = models.CharField(
        _("kind"), max_length=16, choices=OrganisationKind.choices, default=OrganisationKind.PLATFORM
    )
    domain = models.CharField(_("registered domain"), max_length=253, unique=True)
    language = models.CharField(_("language of letters"), max_length=2, choices=settings.LANGUAGES, default="en")
    checker = models.CharField(_("checker"), max_length=32, default="generic")
    deadline_hours = models.PositiveIntegerField(_("deadline in hours"), default=24)
    # Replies beyond doubt are recorded without a person looking first. Off, until a supervisor switches it on.
    records_without_person = models.BooleanField(_("record certain replies without a person"), default=False)
    deadline_source = models.CharField(_("source of the deadline"), max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="platforms_organisation_lower_domain"),
            models.CheckConstraint(condition=Q(deadline_hours__gt=0), name="platforms_organisation_some_deadline"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the active language."""
        korean = (get_language() or "ko").startswith("ko")
        return self.name_ko if korean and self.name_ko else self.name


class RecordingSwitch(models.Model):
    """A supervisor had certain replies of an organisation recorded without a person, or ended that. Never edited."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recording_switches")
    on = models.BooleanField(_("on"))
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="platforms_switch_has_reason"),
        ]


class ContactQuerySet(models.QuerySet["Contact"]):
    def active(self) -> "ContactQuerySet":
        """Those to whom letters may go."""
        return self.filter(status=ContactStatus.ACTIVE)


class Contact(models.Model):
    """An address of an organisation: of e-mail, or of the web form where it takes nothing else.

    Letters name victims' links, so a wrong one must not become active: one person proposes it, a test mail goes there
    and back, a second person activates it. A form cannot be tested: the second person opens it. The
    database holds that.
    An address that the organisation offers in a mail is proposed by nobody of ours: then the one who has the test mail
    sent and the one who activates it are the two.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts")
    email = models.EmailField(_("e-mail"), blank=True)
    form_url = models.CharField(_("web form"), max_length=254, blank=True)  # letters are entered there by hand
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    status = models.CharField(_("status"), max_length=16, choices=ContactStatus.choices, default=ContactStatus.PROPOSED)
    roles = ArrayField(
        models.CharField(max_length=16, choices=ContactRole.choices), verbose_name=_("good for"), default=removal_only
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    # The incoming mail that offered it, and when that came in. Not looked into here: this room knows no mail.
    offered_in = models.UUIDField(null=True)
    offered_at = models.DateTimeField(null=True)
    tested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    tested_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    activated_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_why = models.CharField(max_length=500, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        constraints = [
            # A retired address may be proposed anew, and then goes the whole way again.
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=~Q(status=ContactStatus.RETIRED) & ~Q(email=""),
                name="platforms_contact_one_standing",
            ),
            models.UniqueConstraint(
                fields=["organisation", "form_url"],
                condition=~Q(status=ContactStatus.RETIRED) & ~Q(form_url=""),
                name="platforms_contact_one_standing_form",
            ),
            models.CheckConstraint(
                condition=Q(form_url="") & ~Q(email="") | Q(email="", form_url__startswith="https://"),
                name="platforms_contact_mail_or_form",
            ),
            models.CheckConstraint(
                condition=~Q(status=ContactStatus.ACTIVE)
                | Q(activated_by__isnull=False, activated_at__isnull=False)
                & (Q(tested_at__isnull=False) | ~Q(form_url="")),
                name="platforms_contact_active_was_tested",
            ),
            models.CheckConstraint(
                condition=Q(activated_by__isnull=True) | ~Q(activated_by=F("proposed_by")),
                name="platforms_contact_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False, offered_in__isnull=True, offered_at__isnull=True)
                | Q(proposed_by__isnull=True, offered_in__isnull=False, offered_at__isnull=False),
                name="platforms_contact_proposed_or_offered",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False)
                | Q(activated_by__isnull=True)
                | Q(tested_by__isnull=False) & ~Q(activated_by=F("tested_by")),
                name="platforms_contact_four_eyes_for_an_offer",
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=ContactRole.values, roles__len__gt=0),
                name="platforms_contact_good_for_something",
            ),
            models.CheckConstraint(
                condition=Q(retired_why="") | Q(status=ContactStatus.RETIRED),
                name="platforms_contact_reason_when_retired",
            ),
            models.CheckConstraint(
                condition=Q(tested_by__isnull=True, tested_at__isnull=True)
                | Q(tested_by__isnull=False, tested_at__isnull=False),
                name="platforms_contact_test_whole",
            ),
            models.CheckConstraint(
                condition=Q(activated_by__isnull=True, activated_at__isnull=True)
                | Q(activated_by__isnull=False, activated_at__isnull=False),
                name="platforms_contact_activation_whole",
            ),
            models.CheckConstraint(
                condition=Q(status=ContactStatus.RETIRED, retired_by__isnull=False, retired_at__isnull=False)
                | (~Q(status=ContactStatus.RETIRED) & Q(retired_by__isnull=True, retired_at__isnull=True)),
                name="platforms_contact_retirement_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """Of e-mail, or of the web form."""
        return self.email or self.form_url

    @property
    def good_for(self) -> list[str]:
        """Its roles in words, in their own order."""
        return [str(role.label) for role in ContactRole if role in self.roles]
