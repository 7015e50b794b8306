"""Letters: their wordings, the decisions about them, and what left the house."""

import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from mailroom.models import OutgoingMail
from mailroom.states import OutgoingState
from takedowns.models.free_letters import FreeLetter
from takedowns.models.requests import TakedownItem, TakedownRequest
from takedowns.states import Decision, LetterKind


class Revision(models.Model):
    """A wording of the request's letter. Frozen at submission; a trigger refuses any change after that."""

    request = models.ForeignKey(TakedownRequest, on_delete=models.PROTECT, related_name="revisions")
    n = models.PositiveSmallIntegerField()
    # Set: a wording of this message; not set: of the request's own letters.
    free_letter = models.ForeignKey(FreeLetter, null=True, on_delete=models.PROTECT, related_name="revisions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(blank=True)
    recipient = models.CharField(max_length=254)  # an address of e-mail, or of a web form
    subject = models.CharField(max_length=300)
    body = models.TextField()
    # Over recipient, subject and body with their blanks: what a supervisor sees is what they approve.
    body_sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["request", "n"], name="revision_once")]

    @property
    def by_form(self) -> bool:
        """It goes to a web form."""
        return self.recipient.startswith("https://")


class Approval(models.Model):
    """A supervisor's decision about one frozen revision, naming the digest that was shown. Never edited."""

    request = models.ForeignKey(TakedownRequest, on_delete=models.PROTECT, related_name="approvals")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="approvals")
    # That of the revision: a trigger holds it.
    free_letter = models.ForeignKey(FreeLetter, null=True, on_delete=models.PROTECT, related_name="approvals")
    decision = models.CharField(max_length=10, choices=Decision)
    digest = models.CharField(max_length=64)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(decision=Decision.APPROVED, free_letter=None),
                name="request_approved_once",
            ),
            models.UniqueConstraint(
                fields=["free_letter"], condition=Q(decision=Decision.APPROVED), name="free_letter_approved_once"
            ),
            models.CheckConstraint(condition=~Q(decision=Decision.RETURNED) | ~Q(words=""), name="returned_with_words"),
        ]


class LetterQuerySet(models.QuerySet["Letter"]):
    def undelivered(self) -> "LetterQuerySet":
        """Refused by the mail server, or given back later, and not sent to another contact since."""
        return self.filter(_lost(), resent_as=None)

    def not_lost(self) -> "LetterQuerySet":
        """On their way or there: neither refused nor given back."""
        return self.exclude(_lost())

    def delivered(self) -> "LetterQuerySet":
        """Taken by the mail server and, as far as we know, not given back."""
        return self.not_lost().filter(mail__accepted_at__isnull=False)

    def astray(self) -> "LetterQuerySet":
        """Nobody knows whether they left, or they did not arrive; in open requests."""
        unknown = Q(mail__state=OutgoingState.UNCERTAIN)
        return self.filter(unknown | _lost() & Q(resent_as=None), request__open=True)

    def to_enter(self) -> "LetterQuerySet":
        """They wait to be entered in a web form; in open requests."""
        return self.filter(mail__state=OutgoingState.BY_HAND, request__open=True)


def _lost() -> Q:
    return Q(mail__state=OutgoingState.REJECTED) | Q(mail__in=OutgoingMail.objects.bounced())


class Letter(models.Model):
    """A letter of a request in the outbox. Whether it left is the outbox row's to say.

    A trigger refuses one whose wording is not frozen, that goes elsewhere than to an active contact of the addressee,
    that asks by mail without a deadline, or that no approval covers: the first letter and a message need their own, a
    follow-up that of its request, and one that is sent again has the very words of the one that did not arrive.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=LetterKind, default=LetterKind.REQUEST)
    request = models.ForeignKey(TakedownRequest, on_delete=models.PROTECT, related_name="letters")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="letter")
    mail = models.OneToOneField(OutgoingMail, on_delete=models.PROTECT, related_name="letter")
    written_at = models.DateTimeField()
    # Until when the items that it names are to be answered. To a web form: not set until it is entered there.
    due_at = models.DateTimeField(null=True)
    # The letter that did not arrive, of which this is the same once more, to another contact.
    resends = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="resent_as")

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["written_at"]

    def __str__(self) -> str:
        return self.number


class ManualDeliveryQuerySet(models.QuerySet["ManualDelivery"]):
    def under(self, keys: Collection[str]) -> "models.QuerySet[Any]":
        """Those whose ticket is looked up by one of these; `held` and `held_key` are the ticket that holds."""
        entered = ManualDelivery.objects.filter(ticket_key__in=keys).values("pk")
        corrected = TicketCorrection.objects.filter(ticket_key__in=keys).order_by().values("delivery")
        latest = TicketCorrection.objects.filter(delivery=OuterRef("pk")).order_by("-at", "-pk")
        held = self.filter(pk__in=entered.union(corrected)).annotate(
            held=Coalesce(Subquery(latest.values("ticket")[:1]), "ticket"),
            held_key=Coalesce(Subquery(latest.values("ticket_key")[:1]), "ticket_key"),
        )
        return held.filter(held_key__in=keys)


class ManualDelivery(models.Model):
    """A person entered a letter into the platform's web form. Never edited."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="manual_delivery")
    delivered_at = models.DateTimeField()
    # The number that the platform gave it there, if it gave one, and what mails are searched for.
    ticket = models.CharField(max_length=100, blank=True)
    ticket_key = models.CharField(max_length=100, blank=True, db_index=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ManualDeliveryQuerySet.as_manager()

    @property
    def ticket_now(self) -> str:
        """The ticket number that holds: the latest correction's, or the one that was recorded first."""
        return next((one.ticket for one in reversed(self.corrections.all())), self.ticket)


class TicketCorrection(models.Model):
    """The ticket number that holds in place of the one recorded before. Never edited: the latest counts."""

    delivery = models.ForeignKey(ManualDelivery, on_delete=models.PROTECT, related_name="corrections")
    ticket = models.CharField(max_length=100, blank=True)
    ticket_key = models.CharField(max_length=100, blank=True, db_index=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class LetterItem(models.Model):
    """What a letter calls an item: replies are read against the letter that they answer.

    A trigger refuses an item of another request.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="items")
    printed_label = models.CharField(max_length=40)
    printed_link = models.CharField(max_length=2100)
    takedown_item = models.ForeignKey(TakedownItem, on_delete=models.PROTECT, related_name="letter_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "printed_label"], name="label_once_a_letter"),
            models.UniqueConstraint(fields=["letter", "takedown_item"], name="item_once_a_letter"),
        ]
