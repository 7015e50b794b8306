"""SMTP word by word: one mail, and exactly how far it came.

Django's e-mail backend hides a partial refusal, has no timeout by default and composes the message anew each time.
"""

import contextlib
import smtplib
import ssl
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings

from mailroom.services.sending import Answer, Result
from mailroom.states import Ending, Step

SMTP_ERRORS = (smtplib.SMTPException, OSError)
TOO_LARGE = 552
TEXT_KEPT = 500
MAILS_A_CONNECTION = 100  # some servers end a connection that brings too many
# Runs on while the machine sleeps, and nobody sets it.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Gate(Protocol):
    """Asked on the way; each answer is committed before the next word is spoken. False: say nothing more."""

    def reach_envelope(self) -> bool: ...

    def begin_data(self, *, recipient: Answer, archive: Answer) -> bool: ...


@dataclass(frozen=True)
class Mail:
    """What is handed over. Without an `archive` there is one recipient."""

    sender: str
    recipient: str
    archive: str
    data: bytes


class Relay:
    """The connection to the house's mail server, kept from one mail to the next and left with QUIT.

    A kept one is asked with RSET whether it still answers before anything depends on it; whatever broke or confused a
    dialogue ends its connection.
    """

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._mails = 0
        self._asked = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.part()

    def part(self) -> None:
        """The parting words. Whatever was answered before them stands."""
        if self._server is not None:
            with contextlib.suppress(*SMTP_ERRORS):
                self._server.quit()
        self.drop()

    def drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server, self._mails, self._asked = None, 0, False

    def is_ready(self) -> bool:
        """Is there a kept connection that can take one more mail, and answers? The next mail does not ask again."""
        if self._mails >= MAILS_A_CONNECTION:
            self.part()
        if self._server is not None and not self._asked:
            self._asked = _answers(self._server)
            if not self._asked:
                self.drop()
        return self._asked

    def line(self) -> smtplib.SMTP:
        """A connection that answers. Raises SMTP_ERRORS when there is none to be had."""
        if not self.is_ready():
            self._server = _connect()
        assert self._server is not None
        self._mails, self._asked = self._mails + 1, False
        return self._server

    def hand_over(self, mail: Mail, gate: Gate) -> Result:
        """Speak the mail. SMTP's errors are results; database errors of the gate are raised."""
        try:
            server = self.line()
        except SMTP_ERRORS as error:
            self.drop()
            return Result(Ending.UNREACHABLE, _answer_in(error), Step.CONNECT)
        result = _Dialogue(server, mail, gate).hold()
        if result.ending in (Ending.LOST, Ending.UNCERTAIN):
            self.drop()
        return result


def _connect() -> smtplib.SMTP:
    """Greeting, EHLO and, as the settings say, TLS and log-in. Each command has the whole timeout for itself."""
    # The host is given here and not to connect(): only then does STARTTLS know whose certificate to expect.
    server = smtplib.SMTP(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        local_hostname=settings.MAIL_DOMAIN,
        timeout=settings.MAIL_SMTP_TIMEOUT,
    )
    try:
        server.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS or (settings.EMAIL_TLS_IF_OFFERED and server.has_extn("starttls")):
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except SMTP_ERRORS:
        server.close()
        raise
    return server


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return _good(_answer(*server.rset()))
    except SMTP_ERRORS:
        return False


class _Dialogue:
    """One mail on one connection."""

    def __init__(self, server: smtplib.SMTP, mail: Mail, gate: Gate) -> None:
        self.server = server
        self.mail = mail
        self.gate = gate
        self.step = Step.SENDER
        self.recipient = Answer()
        self.archive = Answer()

    def hold(self) -> Result:
        try:
            before = self._envelope() or self._ready()
        except SMTP_ERRORS as error:
            # Not one byte of the mail was spoken, even if DATA was: no copy can exist.
            return self._result(Ending.LOST, _answer_in(error))
        return before or self._content()

    def _envelope(self) -> Result | None:
        """Sender and recipients; a Result when it ends here."""
        if not self.gate.reach_envelope():
            return self._result(Ending.LAPSED)
        size = [f"SIZE={len(self.mail.data)}"] if self.server.has_extn("size") else []
        sender = _answer(*self.server.mail(self.mail.sender, size))
        if not _good(sender):
            return self._result(_refused_us(sender), sender)
        self.step = Step.RECIPIENT
        self.recipient = _answer(*self.server.rcpt(self.mail.recipient))
        if not _good(self.recipient):
            # Whatever the archive would say: without the platform's own yes nothing is handed over.
            self._reset()
            return self._result(_refused(self.recipient), self.recipient)
        self.step = Step.ARCHIVE
        if self.mail.archive:
            self.archive = _answer(*self.server.rcpt(self.mail.archive))
        return None

    def _ready(self) -> Result | None:
        """The commit that begins DATA, and the server's readiness; a Result when it ends here."""
        self.step = Step.DATA
        began = time.clock_gettime(_CLOCK)
        if not self.gate.begin_data(recipient=self.recipient, archive=self.archive):
            self._reset()
            return self._result(Ending.LAPSED)
        self.server.putcmd("data")
        ready = _answer(*self.server.getreply())
        if ready.code != 354:
            return self._result(_refused(ready), ready)
        if time.clock_gettime(_CLOCK) - began > settings.MAIL_LEASE:
            # This process was stopped for so long that the letter has been given up as uncertain: whoever decides
            # about it must be able to count on our silence.
            return self._result(Ending.LOST, Answer(None, "stopped for longer than the lease"))
        return None

    def _content(self) -> Result:
        """The mail itself, and the server's word on it. Silence after this is neither yes nor no."""
        self.step = Step.CONTENT
        try:
            self.server.send(_dotted(self.mail.data))
            final = _answer(*self.server.getreply())
        except SMTP_ERRORS as error:
            return self._result(Ending.UNCERTAIN, _answer_in(error))
        if _good(final):
            return self._result(Ending.ACCEPTED, final)
        if final.code is None or not 400 <= final.code <= 599:
            return self._result(Ending.UNCERTAIN, final)
        return self._result(_refused(final), final)

    def _result(self, ending: Ending, answer: Answer | None = None) -> Result:
        return Result(ending, answer or Answer(), self.step, self.recipient, self.archive)

    def _reset(self) -> None:
        with contextlib.suppress(*SMTP_ERRORS):
            self.server.rset()


def _dotted(data: bytes) -> bytes:
    """RFC 5321, 4.5.2: a dot at the start of a line is doubled, a lone dot ends the mail."""
    doubled = data.replace(b"\r\n.", b"\r\n..")
    return (
        (b"." if doubled.startswith(b".") else b"")
        + doubled
        + (b"" if doubled.endswith(b"\r\n") else b"\r\n")
        + b".\r\n"
    )


def _good(answer: Answer) -> bool:
    return answer.code is not None and 200 <= answer.code <= 299


def _refused(answer: Answer) -> Ending:
    return Ending.REJECTED if answer.code is not None and 500 <= answer.code <= 599 else Ending.DEFERRED


def _refused_us(answer: Answer) -> Ending:
    """A refusal of our own sender address speaks about this house (log-in, TLS, policy), not about the letter.

    Letters wait until that is put right, visibly. Only a letter that is too large will be so tomorrow.
    """
    return Ending.REJECTED if answer.code == TOO_LARGE else Ending.DEFERRED


def _answer(code: int, text: bytes) -> Answer:
    words = text.decode("utf-8", "replace").replace("\0", "")
    return Answer(code if 200 <= code <= 599 else None, words[:TEXT_KEPT])


def _answer_in(error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _answer(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return Answer(None, f"{type(error).__name__}: {error}".replace("\0", "")[:TEXT_KEPT])
