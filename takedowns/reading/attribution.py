"""The lines that mail clients write around quoted words, in English and Korean, and signatures."""

import re

_QUOTE_MARKS = re.compile(r"^[ \t]{0,3}(?:[>＞»][ \t]?){1,50}")
_BAR_MARKS = re.compile(r"^[ \t]{0,3}(?:[|│][ \t]?)(?=[^|\t│]{1,2000}$)")

_DATE = re.compile(
    r"\d{4}\s?[-./년]\s?\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2}|\d{1,2}:\d{2}",
    re.I,
)
_ATTRIBUTION_END = re.compile(
    r"(?:\bwrote|\bwrites|\bsaid|작성|쓴\s?글|쓰셨습니다|썼습니다|님의\s?(?:말|메일|메시지)|보낸\s?(?:메일|글|메시지)|a\sécrit|schrieb)\s{0,3}[:：]?\s*$",
    re.I,
)
_ATTRIBUTION_LENGTH = 40  # more than the longest of them
_DIVIDER = re.compile(
    r"^\W{0,60}(?:original\s(?:message|mail|e-?mail)|forwarded\s(?:message|by\s.{0,100})|begin\sforwarded\smessage"
    r"|원본\s?(?:메일|메시지|이메일)|원문|전달된\s?(?:메일|메시지)|전달\s?메시지"
    r"|(?:please\s)?(?:type|write)?\s?(?:your\s)?reply\sabove\sthis\sline.{0,80}|이\s줄\s위에\s회신.{0,80})\W{0,60}$",
    re.I,
)
_RULE = re.compile(r"^[ \t]*[_\-=*─━]{5,200}[ \t]*$")
_HEADER = re.compile(
    r"^[ \t]{0,4}\W{0,3}(?:from|sent|to|cc|bcc|date|subject|reply-to|importance|보낸\s?사람|보낸\s?이|"
    r"발신자?|보낸\s?날짜|보낸\s?시간|날짜|일시"
    r"|받는\s?사람|받는\s?이|수신자?|참조|숨은\s?참조|제목)\W{0,3}\s{0,3}[:：]",
    re.I,
)
_SENDER_HEADER = re.compile(r"^[ \t]{0,4}\W{0,3}(?:from|보낸\s?사람|보낸\s?이|발신자?)\W{0,3}\s{0,3}[:：]", re.I)

_DASHES = re.compile(r"^--[ \t]*$")
_DEVICE = re.compile(
    r"^[ \t]*(?:sent\s(?:from|with|via)\s(?:my\s|the\s)?\S.{0,60}|get\soutlook\sfor\s.{0,120}|"
    r"sent\sfrom\soutlook.{0,80}"
    r"|나의\s.{1,30}에서\s보냄|.{1,30}에서\s(?:보냄|보냈습니다|전송됨|발송됨)\.?|"
    r"모바일에서\s.{0,20}보냈습니다\.?)[ \t]*$",
    re.I,
)
_SIGN_OFF = re.compile(
    r"^[ \t]*(?:(?:with\s)?(?:best|kind|warm(?:est)?|many)?\s?(?:regards|wishes|thanks)|"
    r"thanks(?:\sagain)?|thank\syou(?:\svery\smuch)?"
    r"|sincerely(?:\syours)?|yours\s(?:sincerely|faithfully|truly)|respectfully|cheers|best|br|rgds"
    r"|감사합니다|고맙습니다|감사드립니다|수고하세요|수고하십시오|이상입니다)[ \t]*[,.!~]{0,3}[ \t]*$",
    re.I,
)


def unquoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and what stands behind the marks."""
    marks = _QUOTE_MARKS.match(line) or _BAR_MARKS.match(line)
    if not marks:
        return 0, line
    return max(1, sum(mark in ">＞»" for mark in marks.group())), line[marks.end() :]


def attribution_start(lines: list[str], end: int) -> int | None:
    """The first line of the attribution that ends at `end` ("On …, X wrote:"), at most four lines up."""
    if len(lines[end]) > 500:
        return None
    last = lines[end].rstrip()
    if not _ATTRIBUTION_END.search(last, max(0, len(last) - _ATTRIBUTION_LENGTH)):
        return None
    told = ""
    for start in range(end, max(-1, end - 4), -1):
        line = lines[start]
        if not line.strip() or len(line) > 500:
            return None
        told = f"{line} {told}"
        begins = line.lstrip().lower()
        dated = _DATE.search(told)
        if dated and (begins.startswith(("on ", "le ", "am ")) or _DATE.match(line.lstrip())):
            return start
        if begins.startswith(("on ", "le ", "am ")) and "@" in told:
            return start
    return end if _DATE.search(last) and "@" in last else None


def starts_history(lines: list[str], at: int) -> bool:
    """Whether a divider or a block of copied headers begins here: below it stand older mails."""
    line = lines[at]
    if len(line) > 500:
        return False
    if _DIVIDER.match(line):
        return True
    below = [other for other in lines[at + 1 : at + 6] if other.strip()]
    if _RULE.match(line):
        return bool(below) and bool(_SENDER_HEADER.match(below[0])) and any(map(_HEADER.match, below[1:3]))
    if _SENDER_HEADER.match(line):
        return sum(bool(_HEADER.match(other)) for other in below[:4]) >= 2
    return False


def is_header(line: str) -> bool:
    """Whether a line is one of the headers that clients copy above an unquoted original."""
    return len(line) < 1000 and bool(_HEADER.match(line))


def signature_start(lines: list[str]) -> int:
    """Where the signature of one passage begins; its length when there is none."""
    for at in range(max(0, len(lines) - 40), len(lines)):
        line = lines[at]
        rest = [other for other in lines[at + 1 :] if other.strip()]
        if _DASHES.match(line) and len(rest) <= 15:
            return at
        if _SIGN_OFF.match(line) and len(rest) <= 8 and all(len(other) < 80 for other in rest):
            return at
    return len(lines)


def is_device_line(line: str) -> bool:
    """ "Sent from my phone" and its like."""
    return len(line) < 300 and bool(_DEVICE.match(line))
