"""Requests to platforms with their letters; what platforms answer, and confirmed removals."""

from takedowns.models.replies import Claim, ClaimQuerySet, ConfirmationQuerySet, RemovalConfirmation, Reply
from takedowns.models.requests import (
    Approval,
    Letter,
    LetterItem,
    RequestQuerySet,
    Revision,
    TakedownItem,
    TakedownRequest,
)

__all__ = [
    "Approval",
    "Claim",
    "ClaimQuerySet",
    "ConfirmationQuerySet",
    "Letter",
    "LetterItem",
    "RemovalConfirmation",
    "Reply",
    "RequestQuerySet",
    "Revision",
    "TakedownItem",
    "TakedownRequest",
]
