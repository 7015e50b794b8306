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

__all__ = [
    "FROM_OUTSIDE",
    "Delivery",
    "DeliveryReport",
    "Fetched",
    "IncomingMail",
    "IncomingMatch",
    "OutgoingMail",
    "RawMail",
    "SendAttempt",
    "UncertainDecision",
]
