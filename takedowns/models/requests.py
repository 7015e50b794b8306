"""Requests to platforms and the numbered lines that they ask for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from cases.models import Case, ContentItem
from platforms.models import Contact, Organisation
from takedowns.states import (
    AWAITING_ANSWER,
    ENDED,
    LEFT_THE_HOUSE,
    Measure,
    RequestStatus,
)


class RequestQuerySet(models.QuerySet["TakedownRequest"]):
    def visible_to(self, user: User) -> "RequestQuerySet":
        return self.filter(case__in=Case.objects.visible_to(user))

    def awaiting_approval(self) -> "RequestQuerySet":
        return self.filter(status=RequestStatus.AWAITING_APPROVAL)

    def with_deadline(self) -> "RequestQuerySet":
        """It left the house and not everything is answered: its deadline runs."""
        return self.filter(status__in=AWAITING_ANSWER)


class TakedownRequest(models.Model):
    """One demand to one addressee about numbered items of one case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    addressee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="requests")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="requests")
    measure = models.CharField(max_length=20, choices=Measure, default=Measure.DELETE)
    language = models.CharField(max_length=2)
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.DRAFT, db_index=True)
    open = models.BooleanField(default=True)
    deadline_hours = models.PositiveSmallIntegerField()
    # The latest of its letters' deadlines; not set before one of them runs.
    due_at = models.DateTimeField(null=True, db_index=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # The emergency lane: released by one person before the four eyes, to be ratified by another.
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    ratify_due = models.DateTimeField(null=True)
    ratified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ratified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-drafted_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(open=True, ended_at=None) & ~Q(status__in=sorted(ENDED))
                | Q(open=False, ended_at__isnull=False, status__in=sorted(ENDED)),
                name="request_open_until_it_ends",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(LEFT_THE_HOUSE))
                | Q(approved_by__isnull=False)
                | Q(released_by__isnull=False),
                name="request_leaves_with_an_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="request_approved_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None, ratify_due=None)
                | Q(released_by__isnull=False, released_at__isnull=False, ratify_due__isnull=False),
                name="request_released_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(ratified_by=None, ratified_at=None)
                | Q(ratified_at__isnull=False) & Q(released_by__isnull=False) & ~Q(ratified_by=F("released_by")),
                name="request_ratified_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TakedownItem(models.Model):
    """An item's line in a request. The number is frozen at submission and never reused.

    `addressee`, `measure` and `open` repeat the request's, so that the database itself can hold "one open demand for
    an item, to an addressee, for a measure"; the request's move writes them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(TakedownRequest, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="takedown_items")
    number = models.PositiveSmallIntegerField()
    addressee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=20, choices=Measure)
    open = models.BooleanField(default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="takedown_item_number_once"),
            models.UniqueConstraint(fields=["request", "item"], name="takedown_item_once_a_request"),
            models.UniqueConstraint(
                fields=["item", "addressee", "measure"], condition=Q(open=True), name="one_open_demand_an_item"
            ),
        ]
