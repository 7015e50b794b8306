"""Answering a letter, as a mail program would: right headers, the letter quoted below, out through the relay."""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
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
    """The answer did not leave; the text says why. `is_final` when it never will."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        self.is_final = is_final
        super().__init__(why)


class Unclear(Exception):
    """The line broke while the relay took the answer: nobody knows whether it has it. Don't send it again."""


@dataclass(frozen=True)
class Relay:
    """Where answers go, and how they are signed before."""

    host: str
    port: int
    sign: Callable[[bytes], bytes] = bytes


@dataclass(frozen=True)
class Outgoing:
    """An answer ready to leave; `sender` is the envelope's, empty when nobody must answer it."""

    letter: int
    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    raw: bytes
    is_automatic: bool


def compose(*, letter: Letter, text: str, subject: str | None = None, is_automatic: bool = False) -> Outgoing:
    """The answer's exact bytes; it comes from the address that the letter went to.

    An automatic one says so, and leaves without an envelope sender. Raises NotSent when the letter names no address
    to answer to.
    """
    if not letter.reply_to:
        raise NotSent("the letter names no address to answer to", is_final=True)
    address, subject = sender(letter), subject or answer_subject(letter)
    message = MIMEText(text.replace("\r\n", "\n").rstrip() + "\n", "plain", _charset(text))  # type: ignore[arg-type]
    message["From"] = formataddr((NAME, address))
    message["To"] = letter.reply_to
    message["Subject"] = subject if subject.isascii() else Header(subject, "utf-8").encode()
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=address.partition("@")[2])
    if letter.message_id:
        message["In-Reply-To"] = letter.message_id
        message["References"] = f"{letter.references} {letter.message_id}".strip()
    if is_automatic:
        message["Auto-Submitted"] = "auto-replied"
    return Outgoing(
        letter=letter.id,
        message_id=message["Message-ID"],
        sender="" if is_automatic else address,
        recipient=letter.reply_to,
        subject=subject,
        text=text,
        raw=message.as_bytes().replace(b"\n", b"\r\n"),
        is_automatic=is_automatic,
    )


def sender(letter: Letter) -> str:
    """Our address that answers this letter."""
    return letter.box or ADDRESS


def answer_subject(letter: Letter) -> str:
    return letter.subject if re.match(r"re\s*:", letter.subject, re.IGNORECASE) else f"Re: {letter.subject}"


def send(*, outgoing: Outgoing, relay: Relay, before_text: Callable[[], None] = lambda: None) -> None:
    """Hand the answer to the relay; returns once it said 250. Raises NotSent, or Unclear.

    `before_text` is called before the text goes over: from there on a broken line leaves it unclear.
    """
    try:
        client = smtplib.SMTP(relay.host, relay.port, local_hostname="telegram.test", timeout=15)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail relay does not answer ({error})") from error
    try:
        _hand_over(client, outgoing, relay.sign(outgoing.raw), before_text)
    finally:
        client.close()


def _hand_over(client: smtplib.SMTP, outgoing: Outgoing, raw: bytes, before_text: Callable[[], None]) -> None:
    try:
        client.ehlo_or_helo_if_needed()
        _must_take(client.mail(outgoing.sender))
        _must_take(client.rcpt(outgoing.recipient))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail relay did not take it ({error})") from error
    before_text()
    try:
        answered = client.data(raw)
    except smtplib.SMTPDataError as error:
        answered = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
    except (OSError, smtplib.SMTPException) as error:
        raise Unclear(f"the line to the mail relay broke ({error})") from error
    _must_take(answered)
    with suppress(OSError, smtplib.SMTPException):
        client.quit()


def _must_take(answered: tuple[int, bytes]) -> None:
    code, said = answered
    if code not in (250, 251):
        raise NotSent(f"the mail relay did not take it ({code} {said.decode(errors='replace')})", is_final=code >= 500)


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
