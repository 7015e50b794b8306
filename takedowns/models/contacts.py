"""Test mails to proposed contacts, and what came back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from mailroom.models import IncomingMail, OutgoingMail
from platforms.models import Contact
from takedowns.states import ContactAnswerKind


class ContactTest(models.Model):
    """A mail that asks for an answer, sent to a proposed contact. It went there and back once `passed_at` is set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tests")
    mail = models.OneToOneField(OutgoingMail, on_delete=models.PROTECT, related_name="contact_test")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-ordered_at"]


class ContactTestAnswer(models.Model):
    """A mail that came back. Where it is not plainly the address's own answer, a person says whether it `counts`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    test = models.ForeignKey(ContactTest, on_delete=models.PROTECT, related_name="answers")
    incoming = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="test_answers")
    kind = models.CharField(max_length=10, choices=ContactAnswerKind)
    received_at = models.DateTimeField()
    counts = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(fields=["test", "incoming"], name="test_answer_filed_once"),
            models.CheckConstraint(condition=Q(kind__in=ContactAnswerKind.values), name="test_answer_kind_known"),
            models.CheckConstraint(
                condition=Q(counts=None, decided_by=None, decided_at=None)
                | Q(
                    kind=ContactAnswerKind.DOUBTFUL,
                    counts__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="test_answer_decided_by_whom_and_when",
            ),
        ]
