"""Letters to platforms: rendered once from templates named by meaning, with marked blanks filled when they leave."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from platforms.models import Contact
from takedowns.models import Letter, TakedownItem, TakedownRequest
from takedowns.states import Concern, LetterBlank, LetterKind
from takedowns.unsettled import Unsettled

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
    """Render the request's first letter in its language; `message` is the drafter's own paragraph, may be empty."""
    return _render("removal_request", request, items, {"message": message.strip()})


def word_follow_up(*, request: TakedownRequest, first: Letter, lines: Sequence[Unsettled]) -> Wording:
    """Render a follow-up about these lines: fixed words, their printed numbers, and what was found of each and when.

    The subject is the first letter's behind a mark in square brackets, which mail programs leave out when they
    compare subjects (RFC 5256): the thread holds.
    """
    context = {
        "first_number": first.number,
        "first_day": day(first.written_at),
        "first_subject": first.revision.subject,
        "concerns": {concern.value: list(_told(concern, lines)) for concern in Concern},
    }
    return _render("follow_up", request, [line.row for line in lines], context)


def word_free(*, request: TakedownRequest, first: Letter, items: Sequence[TakedownItem], message: str) -> Wording:
    """Render a message to the liaison in our own words; `items` are listed again, none of them new, may be empty."""
    context = {
        "message": message.strip(),
        "first_number": first.number,
        "first_day": day(first.written_at),
        "first_subject": first.revision.subject,
    }
    return _render("free_letter", request, items, context)


def first_of(letters: Iterable[Letter]) -> Letter:
    """The letter that carried the demand; where one did not arrive and was sent again, the last of them."""
    return [letter for letter in letters if letter.kind == LetterKind.REQUEST][-1]


def word_contact_test(*, contact: Contact) -> Wording:
    """Render the mail that asks a proposed contact for an answer, in its language. No case, link or person in it."""
    organisation = contact.organisation
    name = organisation.name_ko or organisation.name if contact.language == "ko" else organisation.name
    subject, body = _rendered("contact_test", contact.language, {"organisation": name})
    return Wording(recipient=contact.email, subject=subject, body=body)


def _told(concern: Concern, lines: Sequence[Unsettled]) -> Iterable[dict[str, str]]:
    """Numbers that have the same to be said of them: {numbers, said (day), found (moment)}; "" where there is none."""
    alike: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        if line.concern == concern:
            key = (day(line.said_at) if line.said_at else "", moment(line.found_at) if line.found_at else "")
            alike.setdefault(key, []).append(line.row.number)
    return ({"numbers": spelled(numbers), "said": said, "found": found} for (said, found), numbers in alike.items())


def _render(name: str, request: TakedownRequest, items: Sequence[TakedownItem], more: dict[str, Any]) -> Wording:
    context = {
        "request": request,
        "items": [{"label": str(item.number), "link": item.item.link} for item in items],
        "count": len(items),
        "example": example([item.number for item in items]),
        "by_form": bool(request.contact.form_url),
        "blank": {blank.name.lower(): blank.value for blank in LetterBlank},
        **more,
    }
    subject, body = _rendered(name, request.language, context)
    return Wording(recipient=request.contact.address, subject=subject, body=body)


def _rendered(name: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """(subject, body) of the template in this language, with the agency's own name and address."""
    agency = {
        "agency": settings.AGENCY_NAME_KO if language == "ko" else settings.AGENCY_NAME_EN,
        "agency_address": settings.AGENCY_ADDRESS,
        "agency_phone": settings.AGENCY_PHONE,
    }
    with translation.override(language):
        template = f"letters/{name}.{language}"
        subject = " ".join(render_to_string(f"{template}.subject.txt", agency | context).split())
        body = render_to_string(f"{template}.body.txt", agency | context).strip() + "\n"
    return subject, body


def example(numbers: Sequence[int]) -> dict[str, str]:
    """Numbers of the letter for the sample answer that it prints: {removed, not_found, review}, as many as it has."""
    first, second = {1: (1, 1), 2: (1, 2), 3: (2, 3), 4: (2, 3), 5: (2, 3)}.get(
        len(numbers), (4, 5) if len(numbers) < 25 else (20, 21)
    )
    third = numbers[second : second + (1 if len(numbers) < 25 else 4)] if len(numbers) > 5 else []
    return {
        "removed": spelled(numbers[:first]),
        "not_found": spelled(numbers[first:second]),
        "review": spelled(third),
    }


def fill(text: str, *, number: str, at: datetime, reply_to: str) -> str:
    """Fill the marked blanks. Nothing else of the approved words changes."""
    return (
        text.replace(LetterBlank.NUMBER, number)
        .replace(LetterBlank.DATE, day(at))
        .replace(LetterBlank.REPLY_TO, reply_to)
    )


def day(at: datetime) -> str:
    return at.astimezone(KST).strftime("%Y-%m-%d")


def moment(at: datetime) -> str:
    return at.astimezone(KST).strftime("%Y-%m-%d %H:%M")


def spelled(numbers: Iterable[int]) -> str:
    """Numbers as people write them: 1-7, 9, 12-13."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
