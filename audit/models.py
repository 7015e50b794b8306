"""What was done (Event), the proof that nothing of it was changed (ChainLink), and who looked at what (AccessLog).

Actors and objects are plain UUIDs, so that this room knows no other and outlives every row it speaks of.
"""

import uuid

from django.db import models
from django.db.models.functions import Now

from audit.states import Action


class EventQuerySet(models.QuerySet["Event"]):
    def for_case(self, case_id: uuid.UUID) -> "EventQuerySet":
        return self.filter(case_id=case_id)

    def for_object(self, obj: models.Model) -> "EventQuerySet":
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk)


class Event(models.Model):
    """One act. The database sets `at` itself and refuses every change (migration 0002)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.CharField(max_length=64)  # an Action; no `choices`, else every new act would be a migration
    actor = models.UUIDField(null=True)  # null: the system itself
    object_type = models.CharField(max_length=64)  # "app.model", lower case
    object_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)  # counts, codes, digests, numbers, UUIDs
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["object_id", "at"], name="audit_event_object"),
            models.Index(fields=["case_id", "at"], name="audit_event_case", condition=models.Q(case_id__isnull=False)),
        ]
        constraints = [
            # The chain's canonical text separates its fields by line breaks.
            models.CheckConstraint(
                condition=models.Q(action__regex=r"^[a-z0-9_.]+$") & models.Q(object_type__regex=r"^[a-z0-9_.]+$"),
                name="audit_event_plain_codes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"

    @property
    def label(self) -> str:
        """The act in words, in the active language; the bare code for an act that is no longer known."""
        return str(Action(self.action).label) if self.action in Action.values else self.action


class ChainLink(models.Model):
    """The event's place in the hash chain, written by a trigger at commit; nobody else can write here.

    There is no foreign key in the database: verify_audit has to be able to name a missing event.
    """

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.DO_NOTHING, related_name="link", db_constraint=False)
    at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"


class AccessLog(models.Model):
    """Who looked at whose sealed data, when, why, and what was given.

    Partitioned by month (Asia/Seoul) on `at`; in the database the primary key is (id, at).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.UUIDField()
    object_type = models.CharField(max_length=64)
    object_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)
    given = models.CharField(max_length=100)  # which part was shown, a code such as "report.words"

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="audit_access_at"),
            models.Index(fields=["actor", "at"], name="audit_access_actor"),
            models.Index(fields=["object_id", "at"], name="audit_access_object"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="audit_access_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.given} {self.object_id}"
