"""Two hundred replies that are not what they seem, made by rule: none of them may record anything by itself.

Each is (name, the mail, the address that it is brought to). The forger knows our letter with its reply address, has
mails that the platform really sent to others, and signs as well as anybody, for domains of their own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from mailroom.addresses import reply_address
from takedowns.models import Letter
from tests.mailroom.signing import HEADERS, signed
from tests.takedowns.signed_mails import genuine, written
from tests.takedowns.stages import LIAISON

SERVER = "mx.portal.test"
BORDER = f"Received: from somewhere (unknown) by {SERVER} with ESMTP id 1\r\n".encode()
TEXTS = {"en": "1-3 have been removed.", "ko": "1~3번 모두 삭제 완료하였습니다."}
ELSEWHERE = "<other@regulator.test>"  # to whom the platform really wrote
FOREIGN = ("elsewhere.test", "telegram.test.elsewhere.test", "mail.elsewhere.test", "teiegram.test")
FEW = ("from", "subject", "date")
MOST = ("from", "to", "subject", "date", "message-id")


@dataclass(frozen=True)
class Forgery:
    name: str
    data: bytes
    recipient: str
    sender: str = "forger@elsewhere.test"


def forgeries(letter: Letter) -> Iterator[Forgery]:
    to = reply_address(letter.mail.token)
    families = (_spoofed, _signed_by_others, _with_results, _sent_on, _wrong_token, _strangers, _machines)
    for family, (language, text) in product(families, TEXTS.items()):
        for name, data, *recipient in family(letter, text):
            whole = data if data.startswith((b"Authentication-Results", BORDER)) else BORDER + data
            yield Forgery(f"{family.__name__[1:]}: {name} ({language})", whole, recipient[0] if recipient else to)


FROM_LINES = (
    LIAISON, f"Liaison <{LIAISON}>", LIAISON.upper(), f'"{LIAISON}" <{LIAISON}>', f"<{LIAISON}>",
    f"=?utf-8?B?7ZWc6riA?= <{LIAISON}>", f"{LIAISON} (Liaison)", f"Liaison:{LIAISON};", f"{LIAISON}, x@elsewhere.test",
    f"x@elsewhere.test, {LIAISON}", f"<{LIAISON}> <x@elsewhere.test>", f'"{LIAISON}" <x@elsewhere.test>',
    f"x@elsewhere.test\r\n <{LIAISON}>", f"{LIAISON}\r\nFrom: x@elsewhere.test",
    f"{LIAISON}\r\nSender: x@elsewhere.test",
)  # fmt: skip


def _spoofed(letter: Letter, text: str) -> Iterator[tuple]:
    for line in FROM_LINES:
        yield f"From: {line!r}", written(letter, text, at=None, From=line)


def _signed_by_others(letter: Letter, text: str) -> Iterator[tuple]:
    for domain, headers in product(FOREIGN, (HEADERS, MOST)):
        yield f"d={domain}, {len(headers)} lines", signed(written(letter, text), domain=domain, headers=headers)
    yield "the platform's name, a key of their own", signed(written(letter, text), bits=1024)
    for selector in ("absent", "testing", "withdrawn", "twice"):
        yield f"the platform's key {selector!r}", signed(written(letter, text), selector=selector)
    yield "with a length", signed(written(letter, text), domain=FOREIGN[0], cut=True)
    mixed = signed(signed(written(letter, text), domain=FOREIGN[0]), selector="absent")
    yield "two that do not hold together", mixed


def _with_results(letter: Letter, text: str) -> Iterator[tuple]:
    said = "dmarc=pass (p=reject) header.from=telegram.test"
    plain = written(letter, text)
    for name in (SERVER, SERVER.upper(), "mx.elsewhere.test", f"({SERVER}) elsewhere.test"):
        line = f"Authentication-Results: {name}; dkim=pass; {said}\r\n".encode()
        yield f"results of {name} below our line", BORDER + line + plain
        yield f"results of {name} with a line of ours below", BORDER + line + BORDER + plain
        yield f"results of {name} between other lines", BORDER + b"Received: from a by b\r\n" + line + plain
    failed = f"Authentication-Results: {SERVER}; dmarc=fail header.from=telegram.test\r\n".encode()
    theirs = f"Authentication-Results: {SERVER}; {said}\r\n".encode()
    yield "ours says fail, theirs pass", failed + BORDER + theirs + plain
    quoted = f'Authentication-Results: {SERVER}; spf=pass smtp.mailfrom="; {said}"\r\n'.encode()
    yield "the word within the sender's own name", quoted + BORDER + plain
    other = f"Authentication-Results: {SERVER}; dmarc=pass header.from=elsewhere.test\r\n".encode()
    yield "ours vouches for another domain", other + BORDER + plain


def _sent_on(letter: Letter, text: str) -> Iterator[tuple]:
    """Mails that the platform signed, for somebody else, as they are or with something changed."""
    ours = reply_address(letter.mail.token)
    changes: dict[str, Callable[[bytes], bytes]] = {
        "as it is": lambda data: data,
        "by another way": lambda data: b"Received: from a by b\r\n" + data,
        "to us": lambda data: data.replace(ELSEWHERE.encode(), f"<{ours}>".encode()),
        "to us as well": lambda data: f"To: <{ours}>\r\n".encode() + data,
        "with a copy to us": lambda data: data.replace(b"Subject:", f"Cc: <{ours}>\r\nSubject:".encode(), 1),
        "as an answer": lambda data: f"In-Reply-To: {letter.mail.message_id}\r\n".encode() + data,
        "under another id": lambda data: data.replace(b"\r\nMessage-ID: <", b"\r\nMessage-ID: <new", 1),
        "under a second id": lambda data: b"Message-ID: <second@telegram.test>\r\n" + data,
        "with a second date": lambda data: b"Date: Tue, 3 Sep 2024 10:30:00 +0900\r\n" + data,
        "from a second sender": lambda data: f"From: {LIAISON}\r\n".encode() + data,
        "as a page": lambda data: b"Content-Type: text/html\r\n" + data,
        "with words added": lambda data: data + b"4-99 have been removed.\r\n",
        "with words changed": lambda data: data.replace(text.encode(), text.encode() + b" All of them."),
    }
    for (change, do), headers in product(changes.items(), (HEADERS, MOST, FEW)):
        # What the platform's signature leaves open is changed to fit; the rest would show.
        yield f"{change}, {len(headers)} lines signed", do(signed(written(letter, text, To=ELSEWHERE), headers=headers))
    passed = f"Authentication-Results: {SERVER}; dmarc=pass header.from=telegram.test\r\n".encode() + BORDER
    for change in ("as it is", "to us as well", "under a second id"):
        yield f"{change}, and our border server vouches", passed + changes[change](genuine(letter, text, To=ELSEWHERE))
    cut = signed(written(letter, ""), cut=True)
    yield "a length, and words added below", cut + text.encode() + b"\r\n"
    yield "of five years ago", genuine(letter, text, Date="Tue, 3 Sep 2019 10:30:00 +0900")


def _wrong_token(letter: Letter, text: str) -> Iterator[tuple]:
    for box in (f"takedown+r.{'a' * 18}@portal.test", "takedown+r.nonsense@portal.test", "takedown@portal.test"):
        to = f"<{box}>"
        yield f"to {box}", genuine(letter, text, To=to), box
        yield f"to {box}, as an answer", genuine(letter, text, To=to, In_Reply_To=letter.mail.message_id), box
        yield f"to {box}, in the thread", genuine(letter, text, To=to, References=letter.mail.message_id), box
        subject = f"Re: [{letter.number}] {letter.request.number}"
        yield f"to {box}, by its number", written(letter, text, To=to, Subject=subject), box


def _strangers(letter: Letter, text: str) -> Iterator[tuple]:
    for domain in FOREIGN:
        line = f"Liaison <dmca@{domain}>"
        yield f"{domain}, signed", signed(written(letter, text, From=line), domain=domain)
        yield f"{domain}, unsigned", written(letter, text, From=line)
    for former in ("retired@telegram.test", "proposed@telegram.test", "nobody@telegram.test", "dmca@example.org"):
        yield f"{former}, signed", signed(written(letter, text, From=former), domain=former.partition("@")[2])


def _machines(letter: Letter, text: str) -> Iterator[tuple]:
    for line in ("auto-replied", "auto-generated"):
        yield f"Auto-Submitted: {line}", genuine(letter, text, Auto_Submitted=line)
    yield "Precedence: bulk", genuine(letter, text, Precedence="bulk")
    yield "out of office", genuine(letter, text, Subject="Automatic reply: removal")
    report = 'multipart/report; report-type=delivery-status; boundary="B"'
    parts = (
        f"--B\r\n\r\n{text}\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Final-Recipient: rfc822; {LIAISON}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--"
    )
    yield "a delivery report", genuine(letter, parts, Content_Type=report)
    yield (
        "a delivery report to the return address",
        genuine(letter, parts, Content_Type=report),
        letter.mail.envelope_from,
    )
