"""Mails of a liaison as their own server sends them: whole heads, addressed to a letter, signed by their domain."""

import uuid
from datetime import datetime
from email.utils import format_datetime

from django.utils import timezone

from mailroom.addresses import reply_address
from mailroom.models import IncomingMail
from mailroom.services import inbox
from takedowns import services
from takedowns.models import Letter, TakedownRequest
from tests.mailroom.signing import Zone, signed
from tests.takedowns.stages import LIAISON

DOMAIN = LIAISON.partition("@")[2]


def letter_of(request: TakedownRequest) -> Letter:
    return request.letters.order_by("written_at")[0]


def written(letter: Letter, text: str = "1-3 have been removed.", *, at: datetime | None = None, **lines: str) -> bytes:
    """`lines` replace those of the head, by name with underscores, or add to them; an empty one leaves its line out."""
    head = {
        "From": f"Liaison <{LIAISON}>",
        "To": f"<{reply_address(letter.mail.token)}>",
        "Subject": "Re: removal",
        "Date": format_datetime(at or timezone.now()),
        "Message-ID": f"<{uuid.uuid4()}@{DOMAIN}>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    head |= {name.replace("_", "-"): value for name, value in lines.items()}
    top = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    return f"{top}\r\n{text}\r\n".replace("\r\n", "\n").replace("\n", "\r\n").encode()


def genuine(letter: Letter, text: str = "1-3 have been removed.", **lines: str) -> bytes:
    return signed(written(letter, text, at=None, **lines), domain=DOMAIN)


def bring(data: bytes, *recipients: str, sender: str = LIAISON) -> IncomingMail:
    """Through the door's own function, the reader and the filer."""
    mail = inbox.receive(door="lmtp", envelope_from=sender, envelope_to=recipients, data=data)
    while inbox.parse_next() or services.file_next():
        pass
    mail.refresh_from_db()
    return mail


def bring_to(letter: Letter, data: bytes, *, sender: str = LIAISON) -> IncomingMail:
    return bring(data, reply_address(letter.mail.token), sender=sender)


__all__ = ["DOMAIN", "Zone", "bring", "bring_to", "genuine", "letter_of", "signed", "written"]
