"""Reports, the content they name, the cases that hold them together, and our own facts about each item.

Claims and removal confirmations live a room higher, in takedowns; this room sees them by reverse relation only.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.permissions import Permission
from accounts.rules import teams_where
from cases.states import (
    CaseStatus,
    NumberKind,
    OutcomeKind,
    ReportStatus,
    Severity,
    SightingKind,
    Source,
    Standing,
)
from cases.words import METHODS
from platforms.models import Organisation
from platforms.states import CannotVerify, CheckOutcome


class Counter(models.Model):
    """The last official number given out for a kind in a KST year."""

    kind = models.CharField(max_length=1, choices=NumberKind)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="counter_once_a_kind_and_year")]


class Institution(models.Model):
    """A school, university, employer or other body that a report names."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class Victim(models.Model):
    """A person concerned, known here by a generated pseudonym only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="victims")
    pseudonym = models.CharField(max_length=20, unique=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.pseudonym


class ContentItem(models.Model):
    """One piece of content, however often reported and under however many names."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="items")
    recorded_at = models.DateTimeField()
    # Written by cases.services.settle() alone; `manage.py check_standing` recomputes all of them.
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.OPEN, db_index=True)
    standing_since = models.DateTimeField()
    silent = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def link(self) -> str:
        """The first known place; empty for a sealed one (a phone number)."""
        return next((locator.url for locator in self.locators.all() if locator.url), "")

    @property
    def place(self) -> str:
        """The first known place without its scheme, as people read it aloud."""
        return self.link.removeprefix("https://").removeprefix("http://") or str(_("(sealed)"))


class Locator(models.Model):
    """A canonical place of an item: platform, kind, key. Phone numbers are kept as an HMAC beside a sealed value."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="locators")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=2100)
    url = models.CharField(max_length=2100, blank=True)
    sealed_value = models.BinaryField(null=True)
    # Deferred on purpose: a locator is inserted first (ON CONFLICT DO NOTHING) and its item only by the winner.
    content_item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="locators")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "key"], name="locator_once"),
            models.CheckConstraint(condition=Q(url="") ^ Q(sealed_value__isnull=True), name="locator_url_or_sealed"),
        ]

    def __str__(self) -> str:
        return self.url or self.kind


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> "ReportQuerySet":
        return self.filter(team__in=teams_where(user, Permission.SEE_REPORTS))

    def waiting(self) -> "ReportQuerySet":
        return self.filter(status=ReportStatus.RECEIVED)


class Report(models.Model):
    """What came in: one or many links, from a source, with the reporter's words sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="reports")
    status = models.CharField(max_length=20, choices=ReportStatus, default=ReportStatus.RECEIVED, db_index=True)
    source = models.CharField(max_length=20, choices=Source)
    source_reference = models.CharField(max_length=100, blank=True)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.NORMAL)
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="reports")
    victim = models.ForeignKey(Victim, null=True, on_delete=models.PROTECT, related_name="reports")
    words_sealed = models.BinaryField(null=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    set_aside_reason = models.CharField(max_length=500, blank=True)
    # Made by the form or given by the partner: the same submission twice is one report.
    submission_key = models.UUIDField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["recorded_by", "submission_key"], name="report_once_a_submission"),
            models.CheckConstraint(
                condition=Q(status=ReportStatus.DUPLICATE) ^ Q(duplicate_of__isnull=True),
                name="report_duplicate_names_its_original",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReportLine(models.Model):
    """One line as it was pasted (sealed under the report's key): a locator, or the reason why it is none."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="lines")
    n = models.PositiveSmallIntegerField()
    raw = models.BinaryField()
    locator = models.ForeignKey(Locator, null=True, on_delete=models.PROTECT, related_name="lines")
    error = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["report", "n"], name="report_line_once"),
            models.CheckConstraint(condition=Q(locator__isnull=True) ^ Q(error=""), name="line_locator_or_error"),
        ]


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Cases of the teams that the user may see, and those opened to the user or to one of the user's teams."""
        teams = teams_where(user, Permission.SEE_CASES)
        opened = CaseAccess.objects.filter(Q(user=user) | Q(team__in=teams), until__gt=Now()).values("case")
        return self.filter(Q(team__in=teams) | Q(pk__in=opened))


class Case(models.Model):
    """Reports and items that belong together, worked on by one team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases")
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="owned_cases")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closing_reason = models.TextField(blank=True)
    items = models.ManyToManyField(ContentItem, through="CaseItem", related_name="cases")
    reports = models.ManyToManyField(Report, through="CaseReport", related_name="cases")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=CaseStatus.OPEN, closed_at=None, closed_by=None)
                | Q(status=CaseStatus.CLOSED, closed_at__isnull=False, closed_by__isnull=False),
                name="case_closed_by_whom_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.number


class CaseReport(models.Model):
    """A report's place in a case. A move ends one row and begins another."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="case_reports")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="case_reports")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "report"], condition=Q(removed_at=None), name="report_in_a_case_once"
            )
        ]


class CaseItem(models.Model):
    """An item's place in a case. A move ends one row and begins another."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="case_items")
    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="case_items")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "item"], condition=Q(removed_at=None), name="item_in_a_case_once")
        ]


class CaseAccess(models.Model):
    """A case opened to a person or a team outside its own, with a reason and an end."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    until = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True), name="access_for_a_user_or_a_team"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("granted_at")), name="access_ends_after_it_begins"),
        ]


class Check(models.Model):
    """What we found at one moment: method, time, result, digest of what was seen; never the content. Not edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="checks")
    locator = models.ForeignKey(Locator, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=CheckOutcome)
    reason = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=40)
    checked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    status_line = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["checked_at", "recorded_at"]
        indexes = [models.Index(fields=["item", "checked_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=CheckOutcome.CANNOT_VERIFY) ^ Q(reason=""), name="check_reason_when_not_verified"
            ),
            models.CheckConstraint(
                condition=~Q(method="by_hand") | Q(by__isnull=False), name="check_by_hand_names_the_person"
            ),
        ]

    @property
    def reason_label(self) -> str:
        """Why it could not be verified, in words."""
        return str(CannotVerify(self.reason).label) if self.reason else ""

    @property
    def method_label(self) -> str:
        return str(METHODS.get(self.method, self.method))


class CheckOrder(models.Model):
    """The queue of checks. A row without `done_at` is to be done; the lease keeps two workers apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="check_orders")
    why = models.CharField(max_length=20)
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    result = models.OneToOneField(Check, null=True, on_delete=models.PROTECT, related_name="order")

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="check_orders_to_do")]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(done_at=None), name="one_waiting_check_an_item"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, result__isnull=True) | Q(done_at__isnull=False, result__isnull=False),
                name="check_order_done_has_a_result",
            ),
        ]


class Sighting(models.Model):
    """The content was seen again: at the same place, or the same picture or video elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="sightings")
    kind = models.CharField(max_length=20, choices=SightingKind)
    locator = models.ForeignKey(Locator, null=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)


class Outcome(models.Model):
    """A named person's decision how an item ends without a removal confirmation. A later row supersedes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="outcomes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=20, choices=OutcomeKind)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
