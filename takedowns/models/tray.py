"""Mail that found no request and is not ours to file."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mailroom.models import IncomingMail


class SetAsideQuerySet(models.QuerySet["SetAside"]):
    def standing(self) -> "SetAsideQuerySet":
        return self.filter(back_at=None)


class SetAside(models.Model):
    """A person found that a mail is not ours. Taken back, the row stays and the mail lies in the tray again."""

    incoming = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="set_asides")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    back_at = models.DateTimeField(null=True)

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["incoming"], condition=Q(back_at=None), name="set_aside_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="set_aside_with_a_reason"),
            models.CheckConstraint(
                condition=Q(back_at=None, back_by=None) | Q(back_at__isnull=False, back_by__isnull=False),
                name="set_aside_back_by_whom_and_when",
            ),
        ]
