"""Messages to liaisons on their way to approval."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from takedowns.models.requests import TakedownRequest
from takedowns.states import UNDER_WAY, FreeLetterStatus


class FreeLetterQuerySet(models.QuerySet["FreeLetter"]):
    def visible_to(self, user: User) -> "FreeLetterQuerySet":
        return self.filter(request__in=TakedownRequest.objects.visible_to(user))

    def awaiting_approval(self) -> "FreeLetterQuerySet":
        return self.filter(status=FreeLetterStatus.AWAITING_APPROVAL)

    def under_way(self) -> "FreeLetterQuerySet":
        """Neither sent nor withdrawn."""
        return self.filter(status__in=UNDER_WAY)


class FreeLetter(models.Model):
    """Words of our own to a liaison, in the thread of a request. Adds no item and no demand; approved like a letter.

    Its wordings are revisions of the request that point here; one at a time is under way in a request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(TakedownRequest, on_delete=models.PROTECT, related_name="free_letters")
    # The reply that it answers, if it answers one.
    answers = models.ForeignKey("takedowns.Reply", null=True, on_delete=models.PROTECT, related_name="free_letters")
    status = models.CharField(max_length=20, choices=FreeLetterStatus, default=FreeLetterStatus.DRAFT, db_index=True)
    with_list = models.BooleanField(default=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)

    objects = FreeLetterQuerySet.as_manager()

    class Meta:
        ordering = ["drafted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(status__in=sorted(UNDER_WAY)), name="one_free_letter_under_way"
            ),
            models.CheckConstraint(
                condition=Q(submitted_by=None, submitted_at=None)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="free_letter_submitted_by_whom_and_when",
            ),
        ]
