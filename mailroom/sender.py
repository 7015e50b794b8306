"""Speaks SMTP for one letter, command by command, and says exactly how far it came.

Django's e-mail backend hides a partial refusal, has no timeout by default and composes the message anew each time.
"""

import contextlib
import hashlib
import logging
import smtplib
import ssl
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from keys.errors import KeyMissing, KeyShredded, TamperedRecord
from mailroom.addresses import archive_address
from mailroom.services import sending
from mailroom.services.outbox import read_bytes
from mailroom.services.sending import Answer, Lease, Result
from mailroom.states import Ending

logger = logging.getLogger(__name__)

DATABASE_ERRORS = (DatabaseError, InterfaceError)
SMTP_ERRORS = (smtplib.SMTPException, OSError)
TOO_LARGE = 552
TEXT_KEPT = 500


def send_next() -> bool:
    """Try the letter that has waited longest. False when none is due."""
    lease = sending.claim()
    if lease is None:
        return False
    with contextlib.ExitStack() as at_the_end:
        _write_down(lease, _try(lease, at_the_end))
    return True


def _try(lease: Lease, at_the_end: contextlib.ExitStack) -> Result:
    try:
        data = read_bytes(lease.mail)
        if hashlib.sha256(data).hexdigest() != lease.mail.sha256:
            return Result(Ending.UNREADABLE)
        server = _connect()
        # The result is committed before the parting words: once the server has answered, nothing may come between.
        at_the_end.callback(_part, server)
        return _hand_over(server, lease, data)
    except (KeyShredded, KeyMissing, TamperedRecord):
        return Result(Ending.UNREADABLE)
    except SMTP_ERRORS as error:
        return Result(Ending.UNREACHABLE, _answer_in(error))
    except DATABASE_ERRORS as error:
        # The database is asked before DATA is spoken and not again until the server has answered: no copy can exist,
        # even if the commit that begins DATA went through and only its echo was lost.
        connections.close_all()
        return Result(Ending.LOST, Answer(None, type(error).__name__))


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
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except SMTP_ERRORS:
        server.close()
        raise
    return server


def _hand_over(server: smtplib.SMTP, lease: Lease, data: bytes) -> Result:
    recipient = archive = Answer()
    try:
        if not sending.reach_envelope(lease):
            return Result(Ending.LAPSED)
        size = [f"SIZE={len(data)}"] if server.has_extn("size") else []
        sender = _answer(*server.mail(lease.mail.envelope_from, size))
        if not _good(sender):
            return Result(_refused_us(sender), sender)
        recipient = _answer(*server.rcpt(lease.mail.recipient))
        if not _good(recipient):
            # Whatever the archive would say: without the platform's own yes nothing is handed over.
            _reset(server)
            return Result(_refused(recipient), recipient, recipient)
        archive = _answer(*server.rcpt(archive_address()))
        if not sending.begin_data(lease, recipient=recipient, archive=archive):
            _reset(server)
            return Result(Ending.LAPSED, Answer(), recipient, archive)
        server.putcmd("data")
        ready = _answer(*server.getreply())
    except SMTP_ERRORS as error:
        # Not one byte of the letter was spoken, even if DATA was: no copy can exist.
        return Result(Ending.LOST, _answer_in(error), recipient, archive)
    if ready.code != 354:
        return Result(_refused(ready), ready, recipient, archive)
    return _speak(server, data, recipient, archive)


def _speak(server: smtplib.SMTP, data: bytes, recipient: Answer, archive: Answer) -> Result:
    """The letter itself, and the server's word on it. Silence after this is neither yes nor no."""
    try:
        server.send(_dotted(data))
        final = _answer(*server.getreply())
    except SMTP_ERRORS as error:
        return Result(Ending.UNCERTAIN, _answer_in(error), recipient, archive)
    if _good(final):
        return Result(Ending.ACCEPTED, final, recipient, archive)
    if final.code is None or not 400 <= final.code <= 599:
        return Result(Ending.UNCERTAIN, final, recipient, archive)
    return Result(_refused(final), final, recipient, archive)


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


def _reset(server: smtplib.SMTP) -> None:
    with contextlib.suppress(*SMTP_ERRORS):
        server.rset()


def _part(server: smtplib.SMTP) -> None:
    with contextlib.suppress(*SMTP_ERRORS):
        server.quit()
    server.close()


def _write_down(lease: Lease, result: Result) -> None:
    """Keep at it while the database is away: what the server said would be lost, and the letter uncertain."""
    deadline = time.monotonic() + settings.MAIL_LEASE
    while True:
        try:
            sending.end(lease, result)
            break
        except DATABASE_ERRORS:
            connections.close_all()
            if time.monotonic() > deadline:
                raise
            time.sleep(settings.MAIL_POLL_SECONDS)
    logger.info("letter %s: %s %s", lease.mail.pk, result.ending, result.answer.code or "")
