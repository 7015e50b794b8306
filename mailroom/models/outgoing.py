"""The outbox: letters, the tries to hand them over, and what a person decided about them.

All times that a rule compares (leases, next tries) are the database's clock, never this machine's.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from mailroom.addresses import TOKEN_PATTERN
from mailroom.models.checks import SHA256, one_of
from mailroom.states import LEFT, Decision, Ending, NotResent, OutgoingState, Phase, ReportAbout, ReportAction, Step

BY_HAND = sorted([OutgoingState.BY_HAND, OutgoingState.HANDED])


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    # Both take the longest wait that there is: a moment further ahead was written while the database's clock was wrong,
    # and nothing waits for it.

    def due(self, longest: timedelta) -> "OutgoingMailQuerySet":
        """Queued and not waiting for a later try; the longest-waiting first."""
        over = Q(next_attempt_at__lte=Now()) | Q(next_attempt_at__gt=Now() + longest)
        return self.filter(over, state=OutgoingState.QUEUED).order_by("next_attempt_at", "queued_at")

    def lapsed(self, longest: timedelta) -> "OutgoingMailQuerySet":
        """Their sender held the lease too long: it died, or it hangs."""
        over = Q(lease_until__lt=Now()) | Q(lease_until__gt=Now() + longest)
        return self.filter(over, state=OutgoingState.SENDING)

    def uncertain(self) -> "OutgoingMailQuerySet":
        return self.filter(state=OutgoingState.UNCERTAIN)

    def bounced(self) -> "OutgoingMailQuerySet":
        """They left, and a mail server gave their recipient back."""
        return self.filter(reports__about=ReportAbout.RECIPIENT, reports__action=ReportAction.FAILED).distinct()


class OutgoingMail(models.Model):
    """One letter to one recipient: the exact bytes, and how far they have come. Never deleted, bytes never changed.

    One that goes to a web form is no mail: a person enters it there, and says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    idempotency_key = models.CharField(max_length=200, unique=True)
    # What the letter is about, as the caller names it; goes to the audit trail and is not looked into here.
    about = models.UUIDField(null=True, blank=True, db_index=True)
    token = models.CharField(max_length=32, unique=True)
    message_id = models.CharField(max_length=255, unique=True)
    recipient = models.CharField(max_length=254)
    domain = models.GeneratedField(
        expression=Lower(Func(F("recipient"), Value("@"), Value(2), function="SPLIT_PART")),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )
    envelope_from = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    # False: written to our own people by the machine. What comes back is no reply, and finds its reader elsewhere.
    wants_answers = models.BooleanField(default=True, db_default=True)
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    state = models.CharField(max_length=10, choices=OutgoingState, default=OutgoingState.QUEUED)
    phase = models.CharField(max_length=10, choices=Phase, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    # How the last try ended and what the server said, in its own words.
    last_ending = models.CharField(max_length=11, choices=Ending, blank=True, default="")
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    smtp_text = models.CharField(max_length=500, blank=True, default="")

    queued_at = models.DateTimeField(db_default=Now())
    accepted_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    uncertain_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)  # our own copy came in at our own door
    resent_at = models.DateTimeField(null=True, blank=True)  # queued once more by the machine itself
    # While it is uncertain: why not, as the sender found when it looked last.
    not_resent = models.CharField(max_length=20, choices=NotResent, blank=True, default="")

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        indexes = [
            models.Index(
                fields=["next_attempt_at", "queued_at"], name="outgoing_due", condition=Q(state=OutgoingState.QUEUED)
            ),
            models.Index(fields=["lease_until"], name="outgoing_leases", condition=Q(state=OutgoingState.SENDING)),
            models.Index(
                fields=["uncertain_at"], name="outgoing_uncertain", condition=Q(state=OutgoingState.UNCERTAIN)
            ),
            models.Index(
                fields=["accepted_at"],
                name="outgoing_without_copy",
                condition=Q(state=OutgoingState.ACCEPTED, archived_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="outgoing_state_known", condition=one_of("state", OutgoingState)),
            models.CheckConstraint(
                name="outgoing_not_resent_known", condition=one_of("not_resent", NotResent, blank=True)
            ),
            models.CheckConstraint(name="outgoing_phase_known", condition=one_of("phase", Phase, blank=True)),
            models.CheckConstraint(name="outgoing_token_form", condition=Q(token__regex=f"^{TOKEN_PATTERN}$")),
            models.CheckConstraint(
                name="outgoing_message_id_form", condition=Q(message_id__regex=r"^<[^<>\s]+@[^<>\s]+>$")
            ),
            models.CheckConstraint(name="outgoing_sha256_form", condition=Q(sha256__regex=SHA256)),
            models.CheckConstraint(
                name="outgoing_one_recipient",
                condition=Q(recipient__regex=r"^[^@,;<>\s]+@[^@,;<>\s]+$") & ~Q(state__in=BY_HAND)
                | Q(recipient__startswith="https://", state__in=BY_HAND),
            ),
            models.CheckConstraint(
                name="outgoing_lease_while_sending",
                condition=Q(
                    state=OutgoingState.SENDING, lease_until__isnull=False, lease_token__isnull=False, phase__gt=""
                )
                | (~Q(state=OutgoingState.SENDING) & Q(lease_until__isnull=True, lease_token__isnull=True, phase="")),
            ),
            models.CheckConstraint(
                name="outgoing_accepted_has_time",
                condition=Q(state__in=sorted(LEFT), accepted_at__isnull=False)
                | (~Q(state__in=sorted(LEFT)) & Q(accepted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoing_rejected_has_time",
                condition=Q(state=OutgoingState.REJECTED, rejected_at__isnull=False)
                | (~Q(state=OutgoingState.REJECTED) & Q(rejected_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoing_uncertain_has_time",
                condition=~Q(state=OutgoingState.UNCERTAIN) | Q(uncertain_at__isnull=False),
            ),
        ]


class SendAttempt(models.Model):
    """One try to hand a letter over: when each phase was reached, what was answered, how it ended."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="tries")
    n = models.PositiveIntegerField()
    lease_token = models.UUIDField(unique=True)
    relay = models.CharField(max_length=300, blank=True, default="")  # host:port that it was handed to
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.CONNECTING)
    step = models.CharField(max_length=10, choices=Step, blank=True, default="")  # the word at which it ended
    started_at = models.DateTimeField(db_default=Now())
    envelope_at = models.DateTimeField(null=True, blank=True)
    data_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=11, choices=Ending, blank=True, default="")
    recipient_code = models.PositiveSmallIntegerField(null=True, blank=True)
    recipient_text = models.CharField(max_length=500, blank=True, default="")
    archive_code = models.PositiveSmallIntegerField(null=True, blank=True)
    archive_text = models.CharField(max_length=500, blank=True, default="")
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)  # the answer that ended the try
    smtp_text = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("try to send")
        verbose_name_plural = _("tries to send")
        ordering = ["mail", "n"]
        indexes = [models.Index(fields=["ended_at"], name="attempt_ended")]
        constraints = [
            models.UniqueConstraint(name="attempt_number_once", fields=["mail", "n"]),
            models.CheckConstraint(name="attempt_phase_known", condition=one_of("phase", Phase)),
            models.CheckConstraint(name="attempt_step_known", condition=one_of("step", Step, blank=True)),
            models.CheckConstraint(name="attempt_ending_known", condition=one_of("ending", Ending, blank=True)),
            models.CheckConstraint(
                name="attempt_end_whole",
                condition=Q(ending="", ended_at__isnull=True) | (~Q(ending="") & Q(ended_at__isnull=False)),
            ),
        ]


class UncertainDecision(models.Model):
    """What a person decided about a letter of which nobody knows whether it arrived."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=10, choices=Decision)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("decision about an uncertain letter")
        verbose_name_plural = _("decisions about uncertain letters")
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(name="decision_known", condition=one_of("decision", Decision)),
            models.CheckConstraint(name="decision_has_reason", condition=Q(reason__gt="")),
        ]
