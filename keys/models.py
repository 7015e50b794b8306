from django.db import models
from django.db.models.functions import Now


class RecordKeyQuerySet(models.QuerySet["RecordKey"]):
    def shredded(self) -> "RecordKeyQuerySet":
        """The shred list: what a restored backup has to shred again before it opens."""
        return self.filter(shredded_at__isnull=False)

    def wrapped_otherwise_than(self, master_key_id: str) -> "RecordKeyQuerySet":
        return self.filter(shredded_at__isnull=True).exclude(master_key_id=master_key_id)


class RecordKey(models.Model):
    """The key of one sealed record, wrapped by a master key. Shredding leaves the row as a tombstone."""

    record = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=64)  # what sort of record it is, as said at the first sealing
    wrapped = models.BinaryField(null=True)
    master_key_id = models.CharField(max_length=32, db_index=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    shredded_at = models.DateTimeField(null=True)
    shredded_by = models.UUIDField(null=True)

    objects = RecordKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, shredded_at__isnull=True)
                | models.Q(wrapped__isnull=True, shredded_at__isnull=False),
                name="keys_recordkey_wrapped_or_shredded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"
