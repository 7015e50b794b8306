"""The inbox: bytes as they came, what was read from them, and the letters that they belong to."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mailroom.models.checks import SHA256, one_of
from mailroom.models.outgoing import OutgoingMail
from mailroom.states import (
    Authentication,
    IncomingState,
    Kind,
    MatchedBy,
    ReportAbout,
    ReportAction,
    ReportSource,
    SenderDefect,
    Unreadable,
)

FROM_OUTSIDE = [Kind.ORDINARY, Kind.AUTO_REPLY, Kind.BOUNCE, Kind.DELAY]


class RawMail(models.Model):
    """Bytes as they came over the wire, sealed, once for each content; unaltered until their time is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("raw mail")
        verbose_name_plural = _("raw mails")
        constraints = [models.CheckConstraint(name="raw_sha256_form", condition=Q(sha256__regex=SHA256))]


class Delivery(models.Model):
    """A raw mail came through a door for one of our addresses. Sender and recipient are those of the SMTP dialogue."""

    raw = models.ForeignKey(RawMail, on_delete=models.PROTECT, related_name="deliveries")
    door = models.CharField(max_length=50)
    envelope_from = models.TextField(blank=True)
    envelope_to = models.TextField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["received_at", "id"]
        indexes = [models.Index(fields=["received_at"], name="delivery_received")]
        constraints = [models.CheckConstraint(name="delivery_has_recipient", condition=Q(envelope_to__gt=""))]


class Fetched(models.Model):
    """An IMAP mailbox gave us these bytes under this number. One number may stand for several: servers reuse them."""

    account = models.CharField(max_length=320)
    folder = models.CharField(max_length=255)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    fetched_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("fetched mail")
        verbose_name_plural = _("fetched mails")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "folder", "uidvalidity", "uid", "sha256"], name="fetched_once_a_number"
            ),
            models.CheckConstraint(name="fetched_sha256_form", condition=Q(sha256__regex=SHA256)),
        ]
        indexes = [models.Index(fields=["account", "folder", "sha256"], name="fetched_bytes")]


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    def to_read(self) -> "IncomingMailQuerySet":
        """Waiting and due; the longest-waiting first. A mail that failed waits behind those that came after it."""
        return self.filter(state=IncomingState.WAITING, next_try_at__lte=Now()).order_by("next_try_at", "received_at")

    def poison(self) -> "IncomingMailQuerySet":
        return self.filter(state=IncomingState.POISON)

    def from_outside(self) -> "IncomingMailQuerySet":
        """What others wrote to us, once each: nothing about our archive, no loops, no second deliveries."""
        return self.filter(kind__in=FROM_OUTSIDE, duplicate_of__isnull=True)

    def unfiled(self) -> "IncomingMailQuerySet":
        """Read, from outside, once each content, and not filed yet; the oldest first.

        A mail comes back here when the same content arrives for a further address of ours and so belongs to one more
        letter: whoever files must be able to do it twice.
        """
        return self.from_outside().filter(state=IncomingState.PARSED, filed_at__isnull=True).order_by("received_at")

    def to_file(self) -> "IncomingMailQuerySet":
        """The unfiled ones that are due: one that failed waits while the others go first."""
        return self.unfiled().filter(Q(tries=0) | Q(next_try_at__lte=Now()))

    def unmatched(self) -> "IncomingMailQuerySet":
        """Read, or given up as unreadable, and tied to no letter: a person has to look."""
        return (
            self.from_outside()
            .exclude(state=IncomingState.WAITING)
            .filter(matches__isnull=True)
            .order_by("received_at")
        )

    def for_a_person(self) -> "IncomingMailQuerySet":
        """Nothing goes on with these by itself: tied to no letter, or given up as unreadable whatever they answer."""
        waiting = self.from_outside().exclude(state=IncomingState.WAITING)
        return (
            waiting.filter(Q(matches__isnull=True) | Q(state=IncomingState.POISON)).distinct().order_by("received_at")
        )


class IncomingMail(models.Model):
    """What a raw mail says and where it belongs. A match says where it is filed, never whether it may act."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    raw = models.OneToOneField(RawMail, on_delete=models.PROTECT, related_name="incoming")
    content_digest = models.CharField(max_length=64)  # of the bytes without trace headers
    received_at = models.DateTimeField(db_default=Now())

    state = models.CharField(max_length=10, choices=IncomingState, default=IncomingState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)  # to read it, and then to file it
    next_try_at = models.DateTimeField(db_default=Now())
    unreadable = models.CharField(max_length=20, choices=Unreadable, blank=True, default="")

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ORDINARY)
    sender = models.CharField(max_length=254, blank=True, default="")
    sender_defect = models.CharField(max_length=20, choices=SenderDefect, blank=True, default="")
    null_sender = models.BooleanField(default=False)  # every delivery came with an empty envelope sender
    automatic = models.CharField(max_length=50, blank=True, default="")  # the header that says so
    message_id = models.CharField(max_length=998, blank=True, default="")
    in_reply_to = models.CharField(max_length=998, blank=True, default="")
    references = ArrayField(models.CharField(max_length=998), default=list, blank=True)  # the last 20
    sent_at = models.DateTimeField(null=True, blank=True)  # as the mail itself says
    sealed = models.BinaryField(null=True, blank=True)  # subject, texts, names of attachments
    attachments = models.PositiveSmallIntegerField(default=0)
    truncated = models.BooleanField(default=False)  # the texts were cut at their limit

    # Asked when it is filed, of mails whose sender could be the platform.
    authentication = models.CharField(max_length=12, choices=Authentication, blank=True, default="")
    authenticated_by = models.CharField(max_length=255, blank=True, default="")  # the signing domain, or our own server
    loose_lines = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # nobody vouches for these
    authenticated_at = models.DateTimeField(null=True, blank=True)

    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    conflict_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="conflicts")
    answers = models.ForeignKey(
        OutgoingMail, on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by"
    )  # set when exactly one letter matched
    matched_by = models.CharField(max_length=12, choices=MatchedBy, default=MatchedBy.NONE)
    filed_at = models.DateTimeField(null=True, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        indexes = [
            models.Index(fields=["next_try_at"], name="incoming_to_read", condition=Q(state=IncomingState.WAITING)),
            models.Index(
                fields=["received_at"],
                name="incoming_unfiled",
                condition=Q(state=IncomingState.PARSED, filed_at__isnull=True),
            ),
            models.Index(fields=["message_id"], name="incoming_message_id", condition=~Q(message_id="")),
        ]
        constraints = [
            models.CheckConstraint(name="incoming_state_known", condition=one_of("state", IncomingState)),
            models.CheckConstraint(name="incoming_kind_known", condition=one_of("kind", Kind)),
            models.CheckConstraint(name="incoming_matched_by_known", condition=one_of("matched_by", MatchedBy)),
            models.CheckConstraint(
                name="incoming_authentication_known", condition=one_of("authentication", Authentication, blank=True)
            ),
            models.CheckConstraint(
                name="incoming_authentication_has_time",
                condition=Q(authentication="", authenticated_at__isnull=True)
                | (~Q(authentication="") & Q(authenticated_at__isnull=False)),
            ),
            models.CheckConstraint(name="incoming_digest_form", condition=Q(content_digest__regex=SHA256)),
            # One mail of a content acts; the others point at it. One mail of a Message-ID is undisputed.
            models.UniqueConstraint(
                name="incoming_content_once", fields=["content_digest"], condition=Q(duplicate_of__isnull=True)
            ),
            models.UniqueConstraint(
                name="incoming_message_id_once",
                fields=["message_id"],
                condition=Q(duplicate_of__isnull=True, conflict_with__isnull=True) & ~Q(message_id=""),
            ),
            models.CheckConstraint(name="incoming_not_its_own_duplicate", condition=~Q(duplicate_of=F("id"))),
            models.CheckConstraint(
                name="incoming_parsed_has_text", condition=~Q(state=IncomingState.PARSED) | Q(sealed__isnull=False)
            ),
            models.CheckConstraint(
                name="incoming_poison_has_reason", condition=~Q(state=IncomingState.POISON) | ~Q(unreadable="")
            ),
            models.CheckConstraint(
                name="incoming_filed_when_parsed", condition=Q(filed_at__isnull=True) | Q(state=IncomingState.PARSED)
            ),
        ]

    @property
    def from_trusted(self) -> bool:
        """One From header, one address, no defect. Whose it is, and whether it is forged, is asked elsewhere."""
        return bool(self.sender) and not self.sender_defect


class IncomingMatch(models.Model):
    """A mail belongs to a letter. Several when its signals disagree: it is filed under all, and a person decides."""

    incoming = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="matches")
    outgoing = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="matches")
    how = models.CharField(max_length=12, choices=MatchedBy)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="match_once", fields=["incoming", "outgoing"]),
            models.CheckConstraint(name="match_how_known", condition=one_of("how", MatchedBy) & ~Q(how=MatchedBy.NONE)),
        ]


class DeliveryReportQuerySet(models.QuerySet["DeliveryReport"]):
    def of_archive(self) -> "DeliveryReportQuerySet":
        """Our own copies are not arriving: while that lasts, no uncertain letter can be settled by its copy."""
        return self.filter(about=ReportAbout.ARCHIVE, action__in=[ReportAction.FAILED, ReportAction.DELAYED])


class DeliveryReport(models.Model):
    """What a mail server says became of one recipient.

    It counts for a letter, `outgoing`, only when it came to that letter's own return address and names the letter's
    recipient or our archive; any other is a stranger's word, kept and shown.
    """

    incoming = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="reports")
    n = models.PositiveSmallIntegerField()
    outgoing = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, null=True, related_name="reports")
    about = models.CharField(max_length=10, choices=ReportAbout, default=ReportAbout.OTHER)
    action = models.CharField(max_length=10, choices=ReportAction)
    status = models.CharField(max_length=9, blank=True, default="")  # "5.1.1"
    final_recipient = models.CharField(max_length=254, blank=True, default="")
    original_recipient = models.CharField(max_length=254, blank=True, default="")
    diagnostic = models.CharField(max_length=500, blank=True, default="")  # the other server's answer
    source = models.CharField(max_length=10, choices=ReportSource)

    objects = DeliveryReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery report")
        verbose_name_plural = _("delivery reports")
        ordering = ["incoming", "n"]
        constraints = [
            models.UniqueConstraint(name="report_number_once", fields=["incoming", "n"]),
            models.CheckConstraint(name="report_about_known", condition=one_of("about", ReportAbout)),
            models.CheckConstraint(name="report_action_known", condition=one_of("action", ReportAction)),
            models.CheckConstraint(name="report_source_known", condition=one_of("source", ReportSource)),
            models.CheckConstraint(
                name="report_counts_for_a_letter",
                condition=Q(about=ReportAbout.OTHER, outgoing__isnull=True)
                | ~Q(about=ReportAbout.OTHER) & Q(outgoing__isnull=False),
            ),
        ]
