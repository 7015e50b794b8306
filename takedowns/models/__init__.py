"""Requests to platforms with their letters; what platforms answer, and confirmed removals."""

from takedowns.models.letters import Approval, Letter, LetterItem, LetterQuerySet, Revision
from takedowns.models.replies import Claim, ClaimQuerySet, ConfirmationQuerySet, RemovalConfirmation, Reply
from takedowns.models.requests import RequestQuerySet, TakedownItem, TakedownRequest

__all__ = [
    "Approval",
    "Claim",
    "ClaimQuerySet",
    "ConfirmationQuerySet",
    "Letter",
    "LetterItem",
    "LetterQuerySet",
    "RemovalConfirmation",
    "Reply",
    "RequestQuerySet",
    "Revision",
    "TakedownItem",
    "TakedownRequest",
]
