"""The outbox and the inbox. Bytes of mails are sealed; state is written by services, by `move()` and `claim()` only."""

from mailroom.models.incoming import (
    FROM_OUTSIDE,
    Delivery,
    DeliveryReport,
    Fetched,
    IncomingMail,
    IncomingMatch,
    RawMail,
)
from mailroom.models.outgoing import OutgoingMail, SendAttempt, UncertainDecision
from mailroom.models.post import Alarm, Canary, DomainState, DomainTrouble, Pulse

__all__ = [
    "FROM_OUTSIDE",
    "Alarm",
    "Canary",
    "Delivery",
    "DeliveryReport",
    "DomainState",
    "DomainTrouble",
    "Fetched",
    "IncomingMail",
    "IncomingMatch",
    "OutgoingMail",
    "Pulse",
    "RawMail",
    "SendAttempt",
    "UncertainDecision",
]
