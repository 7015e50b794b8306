"""The message that tells a sender that theirs was not delivered: a delivery status notification (RFC 3464)."""

from datetime import UTC, datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formatdate

from .client import Answer, Route
from .spool import Envelope

WORDS = """\
This is the mail system at host {hostname}.

Your message could not be delivered to the following recipient. It will not
be tried again.

<{recipient}>: {reason}
"""


def compose(
    *,
    key: str,
    envelope: Envelope,
    recipient: str,
    answer: Answer,
    route: Route | None,
    message: bytes,
    hostname: str,
) -> bytes:
    """The notification's bytes. Returns the headers of the message alone, as RFC 3464 allows: it may be large."""
    report = MIMEMultipart("report", report_type="delivery-status", policy=compat32.clone(linesep="\r\n"))
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{hostname}>"
    report["To"] = envelope.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = formatdate()
    report["Message-ID"] = f"<{key}@{hostname}>"
    report["Auto-Submitted"] = "auto-replied"
    words = WORDS.format(hostname=hostname, recipient=recipient, reason=answer.text)
    report.attach(MIMEText(words, "plain", "us-ascii"))
    report.attach(_status(envelope, recipient, answer, route, hostname))
    report.attach(_headers(message))
    return report.as_bytes()


def _status(envelope: Envelope, recipient: str, answer: Answer, route: Route | None, hostname: str) -> Message:
    about_message = Message()
    about_message["Reporting-MTA"] = f"dns; {hostname}"
    about_message["Arrival-Date"] = format_datetime(datetime.fromtimestamp(envelope.accepted_at, UTC))
    about_recipient = Message()
    about_recipient["Final-Recipient"] = f"rfc822; {recipient}"
    about_recipient["Action"] = "failed"
    about_recipient["Status"] = answer.status
    if route and answer.code:
        about_recipient["Remote-MTA"] = f"dns; [{route.host}]"
        about_recipient["Diagnostic-Code"] = f"smtp; {answer.code} {answer.text}"
    about_recipient["Last-Attempt-Date"] = formatdate()
    part = MIMENonMultipart("message", "delivery-status")
    part.set_payload([about_message, about_recipient])
    return part


def _headers(message: bytes) -> Message:
    head = message.partition(b"\r\n\r\n")[0].decode("ascii", "backslashreplace").replace("\r\n", "\n")
    part = MIMENonMultipart("text", "rfc822-headers")
    part.set_payload(head + "\n")
    return part
