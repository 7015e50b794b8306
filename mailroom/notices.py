"""Notices of mail servers that do not use the standard's fields: told by who writes, and by what words.

Most of the world's mail servers follow RFC 3464; those that do not have said the same few things for thirty years. One
sign alone proves nothing, since people write about bounces, too. Every pattern looks at a bounded piece of text.
"""

import re
from functools import lru_cache

from mailroom.addresses import addresses_in
from mailroom.parsing import Parsed

WORDS_READ = 8_000  # characters from the top: whatever a server has to say stands there
LINE_READ = 300

_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
# An SMTP answer; the codes that the web uses too (404, 500, 503 …) are left out, and so are version numbers.
_ANSWER = re.compile(
    r"#[45]\.\d{1,3}\.\d|(?<![\d.])(?:4(?:21|5[0-4])|5(?:1[0-3]|2[1-5]|5[0-7]|7[01]))[ -](?=[\w#<'\"(-])"
)

_DAEMON = re.compile(
    r"mail(er|ing)?[-_. ]?daemon|mail[ ._-]?delivery|delivery[ ._-]?(sub)?system|mail[ ._]?system|\bmdaemon|\bndr@"
    r"|\bbounces?[@+-]|^<>|^\"?internet mail (delivery|service)",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"post[ _]?master|(system|mail|e-?mail) administrator|\bno-?reply\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^\W{0,5}(?:(?!re:|fwd?:|aw:)[\w.-]{1,20}:? ){0,3}?(?:"
    r"undeliver(ed|able)|non-?deliver(y|able)|not delivered|nondeliverable|user unknown"
    r"|delivery (status )?(notification|report|failure|error|problem|has failed|delayed?|unsuccessful|status)"
    r"|(mail|message|e-?mail)( delivery)?( system)? (fail|error|warning|problem|status|delay|could not|not delivered)"
    r"|fail(ed|ure)( of)? (delivery|notice|to deliver|mail)|returned (mail|to sender|message)|(mail|message) returned"
    r"|returning message|could not (send|deliver|be delivered)|unable to deliver|delayed (mail|delivery|message)"
    r"|error sending|rejected (mail|message)|(message|mail) (rejected|delayed|refused)|warning: (could not|message)"
    r"|unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|mancato recapito|недоставлен|не доставлено|сообщение не"
    r"|no se (ha )?p(udo|uede|odido) entregar|mensaje no entregado|non remis|[ée]chec de (la )?remise"
    r"|[^\n]{0,20}?(配信|送信|配送|送達)(不能|失敗|エラー|でき)|(エラー|不達)メール|メール(エラー|不達)|未送達|戻りました|退信|投递失败|退回|傳送失敗"
    r"|(\S{1,10} ){0,3}(반송|(배달|전송|전달|발송) ?(실패|불가|오류|지연|되지)|수신 ?거부)"
    r")",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(could|can|was|were|has|have)( ?not|n't| never)( be| been)?( successfully)? deliver"
    r"|(not|un)able to (deliver|relay|send)|fail(ed|ure) to deliver|undeliverable|undelivered|did not reach"
    r"|delivery (to|of|for|has|was|attempt)[^\n]{0,120}(fail|abort|unsuccess|delay|postpone|impossible|gave up|cancel)"
    r"|permanent(ly)? (fatal |non-)?(error|fail)|fatal errors?|returned (to (the )?sender|because|below)"
    r"|(has|have|had|was|is|being|been|be) (returned|rejected|bounced|refused)|returning (the |your )?(message|mail|it)"
    r"|(mail|message|user|account|recipient|address)[^\n]{0,60}(over ?quota|quota|disabled|unknown|not exist|n't exist"
    r"|not found|no longer|invalid|inactive|suspended|unavailable|not a valid|not listed|terminated|full\b)"
    r"|(no such|unknown|invalid|bad|illegal) (user|mailbox|address|recipient|account|host|domain|final delivery)"
    r"|(mailbox|quota|storage)[^\n]{0,40}(exceed|full|limit)|delivery (status notification|report|failed|failure|error)"
    r"|transcript of session|message (has been|was|is) (delayed|deferred|queued)|has been postponed"
    r"|(still being|will be|to be) (re)?tried|warning message only|too many hops|relay(ing)? (denied|access|not)"
    r"|problems? (with|in) (the )?deliver|(can|could) ?n[o']t (find|locate|connect|reach)"
    r"|nicht zugestellt|unzustellbar|no (se )?(ha podido|pudo|puede|ha sido posible)[^\n]{0,40}(entreg|enviad)"
    r"|n'a pas pu|pas pu [êe]tre|non [èe] stato|не может быть доставлен|недоставлен|не удалось доставить|не найден"
    r"|(配信|送信|配送|配達|送達|お届け)[^\n]{0,20}(でき|不能|失敗|され)|見つかりません|存在しません|容量を超え"
    r"|宛先[^\n]{0,20}(不明|存在)|无法(发送|投递|送达)|無法(傳送|投遞|送達)|不存在|退信"
    r"|(배달|전송|전달|발송|수신)[^\n]{0,20}(실패|되지|못|불가|거부|지연)|반송|존재하지 않|용량[^\n]{0,10}초과",
    re.IGNORECASE,
)
# Services that report by JSON in a mail (Amazon SES by way of SNS).
_EVENT = re.compile(r'"(?:notification|event)Type"\s{0,3}:\s{0,3}"(?:Bounce|Complaint|Delivery|DeliveryDelay|Reject)"')
_LATE = re.compile(
    r"(has been|have been|was|is|been|being|temporarily) (delayed|deferred|postponed)|\(delay(ed)?\)"
    r"|delayed (mail|delivery)|delivery[^\n]{0,20} delay|(warning|advisory)[- ](only|message|email)"
    r"|this is (just |only )?an? (warning|advisory)|warning: (could not|message)|no action is required"
    r"|(still|continue to|will|shall) (be |being )?(try|tried|trying|retry|retried|attempt|attempted|resend)"
    r"|(not|n't) (yet )?been delivered (yet|after|for|within)|not yet been delivered"
    r"|(do not|don't) need to (re-?send|resubmit)"
    r"|지연|遅延|遅れ|延迟|延遲|verzögert|retras|retardé|ritard",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"(will )?not be (re)?(tried|attempted|sent)|given up|giving up|gave up|permanent(ly)? (fatal |non-)?(error|fail)"
    r"|failed permanently|cannot be delivered|no further attempt|not be tried again",
    re.IGNORECASE,
)
# The line behind which our own mail is given back: what stands there is nobody's report.
_RETURNED = re.compile(
    r"^[^\w\n]{0,80}(?:[\w' ]{0,40}\b(?:copy of|original|returned|undelivered|unsent|rejected|failed)\b[\w' ]{0,40}\b"
    r"(?:message|mail|e-?mail|headers?)\b[^\n]{0,60}(?:follow|below|[-=_*]{2,}|headers|details)"
    r"|[\w' ]{0,40}\bbelow this line\b|[\w' ]{0,40}\bcopy of (?:the|your|a) [\w' ]{0,30}\b(?:message|mail|e-?mail)\b"
    r"|message (?:headers?|body|text)\b[^\n]{0,30}(?:follow|below|suppressed|[-=_*]{2,})"
    r"|(?:start|beginning) of [^\n]{0,20}(?:message|mail)"
    r"|(?:received|return-path|dkim-signature|message-id|x-mailer|mime-version): )",
    re.IGNORECASE,
)
_GIVEN_BACK = {"message/rfc822", "text/rfc822-headers", "message/delivery-status", "message/global", "message/partial"}


def is_notice(parsed: Parsed, *, null_sender: bool) -> bool:
    """Does a mail server speak here about a mail that it did not deliver, or not yet?"""
    writer = " ".join(parsed.sender_lines)[:LINE_READ]
    words, given_back = _words(parsed)
    subject = bool(_SUBJECT.match(parsed.subject[:LINE_READ]))
    if _EVENT.search(words):
        return True
    if _DAEMON.search(writer):
        return subject or _says_so(words) or (_is_coded(words) and given_back)
    # Out-of-office notes have no sender either, postmasters write in person, and help desks from "no-reply".
    if null_sender or _OFFICE.search(writer):
        return subject or (_says_so(words) and _is_coded(words))
    return subject and _says_so(words) and (_is_coded(words) or given_back or bool(addresses_in(words)))


def _says_so(words: str) -> bool:
    return bool(_WORDS.search(words))


def _is_coded(words: str) -> bool:
    return bool(_ANSWER.search(words))


def tells_of_delay(parsed: Parsed) -> bool:
    """The mail still waits somewhere, and may arrive."""
    words, _ = _words(parsed)
    return bool(_LATE.search(parsed.subject[:LINE_READ])) or bool(_LATE.search(words) and not _FINAL.search(words))


def addresses_named(parsed: Parsed) -> list[str]:
    """Those that the notice's own words name, not those in the mail that it gives back."""
    return addresses_in(_words(parsed)[0])


def status_named(parsed: Parsed) -> str:
    """The first enhanced status code ("5.1.1") in the notice's own words."""
    found = _STATUS.search(_words(parsed)[0])
    return found[0] if found else ""


def _words(parsed: Parsed) -> tuple[str, bool]:
    return _own_words(
        (parsed.text.strip() or parsed.html_text)[: 2 * WORDS_READ],
        any(part["media_type"] in _GIVEN_BACK for part in parsed.attachments),
    )


@lru_cache(maxsize=4)
def _own_words(text: str, attached: bool) -> tuple[str, bool]:
    """What the server itself wrote, and whether it gives our mail back."""
    kept: list[str] = []
    for line in text[:WORDS_READ].split("\n"):
        if kept and _RETURNED.match(line[:LINE_READ]):
            return "\n".join(kept), True
        kept.append(line)
    return "\n".join(kept), attached
