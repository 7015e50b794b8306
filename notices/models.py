"""What happened that people are told of, who is told, and how each wants to be told.

No words of a case, no names and no links to content: a kind, an official number, and rows named by their keys.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from mailroom.models import OutgoingMail
from notices.states import NewsKind, Way


class News(models.Model):
    """A fact found in another room, once: `object_id` in its case, at the moment when it became so.

    `settled_at`: it does not hold any more (the reply is read, the request decided), so nobody has to look.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=NewsKind)
    object_id = models.UUIDField()
    case_id = models.UUIDField()
    happened_at = models.DateTimeField()
    target_id = models.UUIDField()  # the row whose page shows it
    number = models.CharField(max_length=20)
    told_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "case_id", "happened_at"], name="news_once"),
            models.CheckConstraint(condition=Q(kind__in=NewsKind.values), name="news_kind_known"),
        ]
        indexes = [models.Index(fields=["kind"], condition=Q(settled_at=None), name="news_standing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def url(self) -> str:
        """The page in the portal where it can be looked into."""
        if self.kind == NewsKind.REPLY:
            return reverse("takedowns:reply", args=[self.target_id])
        if self.kind == NewsKind.MESSAGE:
            return reverse("takedowns:message", args=[self.target_id])
        if self.kind == NewsKind.CAME_BACK:
            return reverse("cases:item", args=[self.case_id, self.target_id])
        return reverse("takedowns:request", args=[self.target_id])


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> "NoticeQuerySet":
        """Not opened, and still to be looked into."""
        return self.filter(read_at=None, news__settled_at=None)

    def to_mail(self) -> "NoticeQuerySet":
        return self.unread().filter(by_mail=True, mail=None)


class Notice(models.Model):
    """A piece of news for one person. `mail` carried it, together with others of the same moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    news = models.ForeignKey(News, on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    by_mail = models.BooleanField(default=False)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, null=True, related_name="notices")
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-news__told_at", "-news__happened_at"]
        constraints = [models.UniqueConstraint(fields=["news", "person"], name="notice_once_a_person")]
        indexes = [
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["person"], condition=Q(by_mail=True, mail=None, read_at=None), name="notice_to_mail"),
        ]


class Choice(models.Model):
    """By which way a person wants to be told of a kind of news; without a row it is `states.DEFAULT_WAY`."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notice_choices")
    kind = models.CharField(max_length=20, choices=NewsKind)
    way = models.CharField(max_length=4, choices=Way)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="notice_choice_once"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="notice_choice_way_known"),
        ]
