"""What the house knows about its own post: domains, canaries, alarms, and the signs of life of its processes.

All times that a rule compares are the database's clock, never this machine's.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailroom.addresses import TOKEN_PATTERN
from mailroom.models.checks import one_of
from mailroom.models.outgoing import OutgoingMail
from mailroom.states import AlarmKind, Breaker, Part, TroubleKind


class DomainState(models.Model):
    """A domain that letters go to: its place in the rate, and its breaker. Made with its first letter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    domain = models.CharField(max_length=253, unique=True)
    next_slot_at = models.DateTimeField(db_default=Now())  # runs ahead of the clock while letters leave in a burst
    state = models.CharField(max_length=10, choices=Breaker, default=Breaker.CLOSED)
    opened_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)  # when one letter may try
    openings = models.PositiveSmallIntegerField(default=0)  # one after the other, without a success between them
    probe = models.UUIDField(null=True, blank=True)  # the letter that tries
    closed_at = models.DateTimeField(null=True, blank=True)  # what went wrong before does not count any more
    trial_until = models.DateTimeField(null=True, blank=True)  # until then a single trouble stops it again

    class Meta:
        verbose_name = _("domain that letters go to")
        verbose_name_plural = _("domains that letters go to")
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(name="domain_form", condition=Q(domain__regex=r"^[^\sA-Z@]+$")),
            models.CheckConstraint(name="domain_breaker_known", condition=one_of("state", Breaker)),
            models.CheckConstraint(
                name="domain_open_has_retry",
                condition=~Q(state=Breaker.OPEN) | Q(opened_at__isnull=False, retry_at__isnull=False),
            ),
            models.CheckConstraint(
                name="domain_probe_while_half_open",
                condition=Q(state=Breaker.HALF_OPEN, probe__isnull=False)
                | (~Q(state=Breaker.HALF_OPEN) & Q(probe__isnull=True)),
            ),
        ]


class DomainTrouble(models.Model):
    """Something went wrong with one letter to one domain; what the breaker counts."""

    domain = models.CharField(max_length=253)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="troubles")
    kind = models.CharField(max_length=10, choices=TroubleKind)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("trouble with a domain")
        verbose_name_plural = _("troubles with domains")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["domain", "at"], name="trouble_of_domain")]
        constraints = [models.CheckConstraint(name="trouble_known", condition=one_of("kind", TroubleKind))]


class CanaryQuerySet(models.QuerySet["Canary"]):
    def taken(self) -> "CanaryQuerySet":
        """The relay said yes to these."""
        return self.filter(smtp_code__range=(200, 299))


class Canary(models.Model):
    """A small mail to our own archive, through the relay and back by our own door: it shows that the way is open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=32, unique=True)
    message_id = models.CharField(max_length=255, unique=True)
    content = models.BinaryField()  # nothing but a fixed text and the token
    relay = models.CharField(max_length=300)
    begun_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)  # DATA began, committed before it was spoken
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    smtp_text = models.CharField(max_length=500, blank=True, default="")
    arrived_at = models.DateTimeField(null=True, blank=True)

    objects = CanaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail to ourselves")
        verbose_name_plural = _("mails to ourselves")
        ordering = ["begun_at"]
        indexes = [
            models.Index(fields=["begun_at"], name="canary_begun"),
            models.Index(fields=["left_at"], name="canary_left"),
        ]
        constraints = [
            models.CheckConstraint(name="canary_token_form", condition=Q(token__regex=f"^{TOKEN_PATTERN}$")),
            models.CheckConstraint(
                name="canary_arrived_after_leaving", condition=Q(arrived_at__isnull=True) | Q(left_at__isnull=False)
            ),
        ]


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def open(self) -> "AlarmQuerySet":
        """What waits for a person, the oldest first."""
        return self.filter(closed_at__isnull=True).order_by("raised_at")


class Alarm(models.Model):
    """A task for a person about the post: about one letter, one domain, or the house as a whole."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=AlarmKind)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, null=True, blank=True, related_name="alarms")
    domain = models.CharField(max_length=253, blank=True, default="")
    raised_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    # Nobody: what it was about has come right by itself.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True, default="")

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm of the post office")
        verbose_name_plural = _("alarms of the post office")
        ordering = ["raised_at"]
        constraints = [
            models.CheckConstraint(name="alarm_known", condition=one_of("kind", AlarmKind)),
            models.UniqueConstraint(
                name="alarm_once",
                fields=["kind", "mail", "domain"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="alarm_closed_whole",
                condition=Q(closed_by__isnull=True, reason="") | Q(closed_at__isnull=False, reason__gt=""),
            ),
        ]


class Pulse(models.Model):
    """A sign of life of one process. `steady_since`: since then nothing kept it from its work."""

    part = models.CharField(max_length=10, choices=Part)
    place = models.CharField(max_length=200)  # machine, and port or process number
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())
    steady_since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")
        ordering = ["part", "place"]
        constraints = [
            models.UniqueConstraint(name="pulse_once", fields=["part", "place"]),
            models.CheckConstraint(name="pulse_part_known", condition=one_of("part", Part)),
        ]
