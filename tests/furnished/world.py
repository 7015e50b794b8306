"""The world around the furnished house: the simulated platform's desk, and strangers' mail through the real relay."""

import os
import smtplib
from collections.abc import Iterable
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import httpx

from mailroom.addresses import reply_address
from takedowns.models import Letter
from tests.takedowns.stages import LIAISON


def liaison(call: str, **body: Any) -> Any:
    """Ask the simulated platform's desk; JSON in, JSON out."""
    url = f"{os.environ['CHECK_PIN_TELEGRAM']}/liaison/api/{call}"
    answer = httpx.post(url, json=body, timeout=30) if body else httpx.get(url, timeout=30)
    answer.raise_for_status()
    return answer.json()


def publish(room: str, count: int) -> None:
    liaison("publish", room=room, ids=list(range(1, count + 1)))


def remove(room: str, numbers: Iterable[int]) -> None:
    liaison("remove", room=room, ids=list(numbers))


def answer(link: str, text: str, *, language: str = "en") -> None:
    """Answer the letter at the platform that names this link."""
    letter = next(each for each in liaison("inbox") if link in each["text"])
    liaison("answer", letter=letter["id"], text=text, language=language)


def out_of_office(letter: Letter) -> None:
    message = _mail(LIAISON, reply_address(letter.mail.token), f"Automatic reply: {letter.number}")
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Thank you for your message. I am out of the office until Monday and will answer then.")
    _send(message)


def stranger(to: str, subject: str, text: str, *, laid_out: bool = False) -> None:
    """A mail that answers nothing of ours; `laid_out`: as HTML as well, with a table attached."""
    message = _mail("moderator@elsewhere.test", to, subject)
    message.set_content(text)
    if laid_out:
        message.add_alternative(f"<p>{text}</p><p><b>Moderation</b>, elsewhere.test</p>", subtype="html")
        rooms = b"room,found\r\nlakeside_room,no\r\n"
        message.add_attachment(rooms, maintype="text", subtype="csv", filename="our rooms.csv")
    _send(message)


def unreadable(to: str) -> None:
    """A mail whose parts are nested too deeply to be read."""
    inner = _mail("archive@elsewhere.test", to, "Forwarded messages")
    inner.set_content("The innermost words.")
    for _ in range(30):
        outer = _mail("archive@elsewhere.test", to, "Forwarded messages")
        outer.make_mixed()
        outer.attach(inner)
        inner = outer
    _send(inner)


def _mail(sender: str, to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    return message


def _send(message: EmailMessage) -> None:
    with smtplib.SMTP(os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"]), timeout=15) as relay:
        relay.send_message(message)
