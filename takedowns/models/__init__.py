"""Requests to platforms with their letters; what platforms answer, and confirmed removals; tests of contacts."""

from takedowns.models.contacts import ContactTest, ContactTestAnswer
from takedowns.models.free_letters import FreeLetter, FreeLetterQuerySet
from takedowns.models.letters import (
    Approval,
    Letter,
    LetterItem,
    LetterQuerySet,
    ManualDelivery,
    Revision,
    TicketCorrection,
)
from takedowns.models.replies import (
    Claim,
    ClaimQuerySet,
    ConfirmationQuerySet,
    RemovalConfirmation,
    Reply,
    ReplyQuerySet,
    TakenBack,
)
from takedowns.models.requests import RequestQuerySet, TakedownItem, TakedownRequest
from takedowns.models.tray import SetAside

__all__ = [
    "Approval",
    "Claim",
    "ClaimQuerySet",
    "ConfirmationQuerySet",
    "ContactTest",
    "ContactTestAnswer",
    "FreeLetter",
    "FreeLetterQuerySet",
    "Letter",
    "LetterItem",
    "LetterQuerySet",
    "ManualDelivery",
    "RemovalConfirmation",
    "Reply",
    "ReplyQuerySet",
    "RequestQuerySet",
    "Revision",
    "SetAside",
    "TakedownItem",
    "TakedownRequest",
    "TakenBack",
    "TicketCorrection",
]
