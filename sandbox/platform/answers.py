"""Answering a letter, as a mail program would: right headers, the letter quoted below, out through the relay."""

import re
import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, localtime, make_msgid

from .letters import Letter

ADDRESS = "dmca@telegram.test"
NAME = "Telegram Trust & Safety"

DAYS = {"en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "ko": ["월", "화", "수", "목", "금", "토", "일"]}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class NotSent(Exception):
    """The relay could not be reached or would not have the answer; the text says which."""


@dataclass(frozen=True)
class Outgoing:
    """An answer ready to leave."""

    message_id: str
    recipient: str
    subject: str
    text: str
    raw: bytes


def compose(*, letter: Letter, text: str) -> Outgoing:
    """The answer's exact bytes. Raises NotSent when the letter names no address to answer to."""
    if not letter.reply_to:
        raise NotSent("the letter names no address to answer to")
    subject = answer_subject(letter)
    message = MIMEText(text.replace("\r\n", "\n").rstrip() + "\n", "plain", _charset(text))  # type: ignore[arg-type]
    message["From"] = formataddr((NAME, ADDRESS))
    message["To"] = letter.reply_to
    message["Subject"] = subject if subject.isascii() else Header(subject, "utf-8").encode()
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=ADDRESS.partition("@")[2])
    if letter.message_id:
        message["In-Reply-To"] = letter.message_id
        message["References"] = f"{letter.references} {letter.message_id}".strip()
    raw = message.as_bytes().replace(b"\n", b"\r\n")
    return Outgoing(message["Message-ID"], letter.reply_to, subject, text, raw)


def answer_subject(letter: Letter) -> str:
    return letter.subject if re.match(r"re\s*:", letter.subject, re.IGNORECASE) else f"Re: {letter.subject}"


def send(*, outgoing: Outgoing, relay: tuple[str, int]) -> None:
    """Hand the answer to the relay; returns once it said 250. Raises NotSent."""
    try:
        with smtplib.SMTP(*relay, local_hostname="telegram.test", timeout=15) as client:
            client.sendmail(ADDRESS, [outgoing.recipient], outgoing.raw)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail relay did not take it ({error})") from error


def quoted(letter: Letter, language: str) -> str:
    """The letter below the answer, as Gmail puts it there."""
    lines = [f"> {line}" if line else ">" for line in letter.text.split("\n")]
    return "\n".join([_introduction(letter, language), "", *lines])


def _introduction(letter: Letter, language: str) -> str:
    at = letter.written_at
    day = DAYS[language][at.weekday()]
    if language == "ko":
        half = "오전" if at.hour < 12 else "오후"
        return f"{at.year}년 {at.month}월 {at.day}일 ({day}) {half} {_clock(at)}, {letter.writer}님이 작성:"
    half = "AM" if at.hour < 12 else "PM"
    return f"On {day}, {MONTHS[at.month - 1]} {at.day}, {at.year} at {_clock(at)} {half} {letter.writer} wrote:"


def _clock(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02}"


def _charset(text: str) -> Charset:
    """UTF-8 always; base64 for Korean, where quoted-printable would triple every line."""
    charset = Charset("utf-8")
    charset.body_encoding = QP if text.isascii() else BASE64
    return charset
