"""What platforms answer, and confirmed removals."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models import Check, Sighting
from mailroom.models import IncomingMail
from mailroom.states import AUTHENTIC
from platforms.models import Contact
from platforms.states import CheckOutcome
from takedowns.models.letters import Letter, LetterItem
from takedowns.models.requests import TakedownItem, TakedownRequest
from takedowns.states import (
    FINAL,
    GOOD_FACTS,
    Basis,
    ClaimKind,
    ClaimStatus,
    LetterKind,
    Trust,
)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def standing(self) -> "ReplyQuerySet":
        """Where they belong, as far as anybody knows: those that were moved on are left out."""
        return self.filter(moved_at=None)


class Reply(models.Model):
    """A platform's mail filed under the request that it answers, with what the reader made of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incoming = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="replies")
    request = models.ForeignKey(TakedownRequest, on_delete=models.PROTECT, related_name="replies")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="replies")
    received_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    # None: filed by what the mail itself names; else the person who filed it, whatever it names.
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    trust = models.CharField(max_length=20, choices=Trust)
    trust_facts = models.JSONField(default=list, blank=True)  # codes of what speaks for and against it
    # What the reader made of it: codes of why it abstained, and the words that it could not place.
    abstained = models.BooleanField(default=False)
    reasons = models.JSONField(default=list, blank=True)
    unplaced = models.JSONField(default=list, blank=True)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # It was filed under the wrong request, and a person moved it. It stays where it was, with these.
    moved_at = models.DateTimeField(null=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    moved_why = models.CharField(max_length=500, blank=True)
    moved_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="moved_to")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["incoming", "request"], condition=Q(moved_at=None), name="reply_filed_once"
            ),
            models.CheckConstraint(
                condition=Q(moved_at=None, moved_by=None, moved_why="")
                | Q(moved_at__isnull=False, moved_by__isnull=False, handled_at__isnull=False) & ~Q(moved_why=""),
                name="reply_moved_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None) | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="reply_handled_by_whom_and_when",
            ),
        ]

    @property
    def beyond_doubt(self) -> bool:
        """Nothing speaks against its sender: then, and where it is switched on, it may be recorded without a person."""
        return self.trust == Trust.VERIFIED and all(fact in GOOD_FACTS | AUTHENTIC for fact in self.trust_facts)

    @property
    def offered_contacts(self) -> models.QuerySet[Contact]:
        """The addresses that this mail offered, proposed as contacts."""
        return Contact.objects.filter(offered_in=self.incoming_id)


ACCEPTED_ONCE = sorted([ClaimStatus.ACCEPTED, ClaimStatus.TAKEN_BACK])


class ClaimQuerySet(models.QuerySet["Claim"]):
    def effective(self) -> "ClaimQuerySet":
        """Of each line the accepted, unsuperseded claim of the latest mail, whenever somebody accepted it."""
        standing = Q(status=ClaimStatus.ACCEPTED, superseded_by=None)
        later_mail = Q(received_at__gt=OuterRef("received_at"))
        later_word = Q(received_at=OuterRef("received_at"), decided_at__gt=OuterRef("decided_at"))
        later = Claim.objects.filter(standing, later_mail | later_word, takedown_item=OuterRef("takedown_item"))
        return self.filter(standing).exclude(Exists(later))

    def final(self) -> "ClaimQuerySet":
        """Effective answers that end the waiting, and about which no follow-up has asked again since."""
        again = LetterItem.objects.filter(
            takedown_item=OuterRef("takedown_item"),
            letter__kind=LetterKind.FOLLOW_UP,
            letter__written_at__gte=OuterRef("received_at"),
        )
        return self.effective().filter(kind__in=FINAL).exclude(Exists(again))


class Claim(models.Model):
    """What a platform says about one item, with its words. It counts when it is accepted, until it is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    takedown_item = models.ForeignKey(TakedownItem, on_delete=models.PROTECT, related_name="claims")
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=20, choices=ClaimKind)
    quote = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=ClaimStatus, default=ClaimStatus.PROPOSED)
    received_at = models.DateTimeField()
    # None: read from the mail; else the person who set it by hand.
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # A person; or, where the house has switched that on for the platform, the rule about replies beyond doubt.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_rule = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.PROPOSED, decided_by=None, decided_by_rule=False, decided_at=None)
                | ~Q(status=ClaimStatus.PROPOSED)
                & Q(decided_at__isnull=False)
                & (
                    Q(decided_by__isnull=False, decided_by_rule=False)
                    | Q(decided_by=None, decided_by_rule=True, status__in=ACCEPTED_ONCE)
                ),
                name="claim_decided_by_whom_and_when",
            ),
            models.UniqueConstraint(
                fields=["reply", "takedown_item"],
                condition=Q(status=ClaimStatus.PROPOSED),
                name="one_proposed_claim_a_reply_and_item",
            ),
        ]


class TakenBack(models.Model):
    """A person took back an answer that had been accepted: the mail does not say this. Never edited."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="taken_back")
    # Empty: undone by the one who had accepted it a moment before.
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ConfirmationQuerySet(models.QuerySet["RemovalConfirmation"]):
    def effective(self) -> "ConfirmationQuerySet":
        return self.filter(superseded_by=None).exclude(basis=Basis.VOID)

    def holding(self) -> "ConfirmationQuerySet":
        """Effective, and the content was not found or seen again since."""
        item, since = OuterRef("takedown_item__item"), OuterRef("confirmed_at")
        found = Check.objects.filter(item=item, outcome=CheckOutcome.LIVE, checked_at__gt=since)
        seen = Sighting.objects.filter(item=item, seen_at__gt=since)
        return self.effective().exclude(Exists(found)).exclude(Exists(seen))


class RemovalConfirmation(models.Model):
    """The recorded fact of a removal, with its basis. A wrong one is voided by a superseding row, never edited.

    A trigger refuses one whose check is not a `gone` of the same item, or whose claim is not an accepted one of the
    same line: a removal that nobody established can't be recorded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    takedown_item = models.ForeignKey(TakedownItem, on_delete=models.PROTECT, related_name="confirmations")
    basis = models.CharField(max_length=20, choices=Basis)
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="confirmations")
    check_made = models.ForeignKey(Check, null=True, on_delete=models.PROTECT, related_name="confirmations")
    reason = models.CharField(max_length=500, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["confirmed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["takedown_item"], condition=Q(supersedes=None), name="one_chain_of_confirmations_an_item"
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.CLAIM_AND_CHECK, claim__isnull=False, check_made__isnull=False)
                | Q(basis=Basis.CHECK_ALONE, claim=None, check_made__isnull=False)
                | Q(basis=Basis.STATEMENT_ONLY, claim__isnull=False, check_made=None) & ~Q(reason="")
                | Q(basis=Basis.VOID, claim=None, check_made=None, supersedes__isnull=False) & ~Q(reason=""),
                name="confirmation_names_its_basis",
            ),
        ]
