"""Letters to platforms: rendered once from templates named by meaning, with marked blanks filled at approval."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from takedowns.models import TakedownItem, TakedownRequest
from takedowns.states import LetterBlank

KST = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class Wording:
    """A letter as it will leave, blanks still marked."""

    recipient: str
    subject: str
    body: str

    @property
    def digest(self) -> str:
        """SHA-256 in hex over recipient, subject and body: what a supervisor approves."""
        told = json.dumps([self.recipient, self.subject, self.body], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


def word(*, request: TakedownRequest, items: Sequence[TakedownItem], message: str) -> Wording:
    """Render the request's letter in its own language; `message` is the drafter's own paragraph, may be empty."""
    context = {
        "request": request,
        "items": [{"label": str(item.number), "link": item.item.link} for item in items],
        "count": len(items),
        "message": message.strip(),
        "agency": settings.AGENCY_NAME_KO if request.language == "ko" else settings.AGENCY_NAME_EN,
        "agency_address": settings.AGENCY_ADDRESS,
        "agency_phone": settings.AGENCY_PHONE,
        "blank": {blank.name.lower(): blank.value for blank in LetterBlank},
    }
    with translation.override(request.language):
        name = f"letters/removal_request.{request.language}"
        subject = " ".join(render_to_string(f"{name}.subject.txt", context).split())
        body = render_to_string(f"{name}.body.txt", context).strip() + "\n"
    return Wording(recipient=request.contact.email, subject=subject, body=body)


def fill(text: str, *, number: str, at: datetime, reply_to: str) -> str:
    """Fill the marked blanks. Nothing else of the approved words changes."""
    day = at.astimezone(KST).strftime("%Y-%m-%d")
    return (
        text.replace(LetterBlank.NUMBER, number).replace(LetterBlank.DATE, day).replace(LetterBlank.REPLY_TO, reply_to)
    )
