"""Replies as whole mails: tables, answers between quoted lines, filled-in lists, old charsets.

Each with what a person understands of the letter's twelve items, as "1-8=removed;9=refused". `LETTER` is what they
answer.
"""

from email.message import EmailMessage
from urllib.parse import quote

from tests.takedowns.test_reading_replies import SENT as LETTER

ROOM = "https://t.me/portal_demo_room"
QUOTED = "".join(f"> {line}".rstrip() + "\n" for line in LETTER.splitlines())
AS_HTML = "<br>".join(LETTER.splitlines())
ABOVE = "On Tue, 3 Nov 2026 at 10:02, Commission <request+abc@portal.test> wrote:"


def mail(text: str = "", *, html: str = "", table: str = "", name: str = "items.csv", table_as: str = "utf-8") -> bytes:
    """A mail with the parts given."""
    message = EmailMessage()
    message["From"] = "Legal <legal@platform.test>"
    message["To"] = "request+abc@portal.test"
    message["Subject"] = "Re: 2026-000123"
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    elif not text:
        message.set_content("")
    if table:
        message.add_attachment(table.encode(table_as), maintype="text", subtype="csv", filename=name)
    return message.as_bytes()


def in_charset(text: str, charset: str, encoding: str = "8bit") -> bytes:
    """A plain mail in an old Korean charset."""
    head = (
        "From: legal@platform.test\r\nTo: request+abc@portal.test\r\nSubject: Re\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + text.replace("\n", "\r\n").encode(charset)


def flowed(text: str) -> bytes:
    """A plain mail whose lines are soft-wrapped with a blank at their end."""
    head = (
        "From: legal@platform.test\r\nTo: request+abc@portal.test\r\nSubject: Re\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + text.replace("\n", "\r\n").encode()


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def safelink(url: str) -> str:
    return f"https://eur01.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=05%7C02&reserved=0"


MAILS: list[tuple[str, bytes, str]] = [
    (
        "html table",
        mail(
            html="<p>Hello,</p><p>please find the outcome below.</p><table>"
            + row("No", "Link", "Outcome")
            + "".join(row(str(n), f"{ROOM}/{100 + n}", "Removed" if n < 11 else "Not found") for n in range(1, 13))
            + "</table><p>Best regards,<br>Legal Ops</p>"
        ),
        "1-10=removed;11-12=not_found",
    ),
    (
        "html table without links",
        mail(
            html="<table>"
            + row("<b>Item</b>", "<b>Decision</b>", "<b>Remark</b>")
            + row("1-5", "Deleted", "")
            + row("6", "Rejected", "news report")
            + row("7-12", "Pending", "with Legal")
            + "</table>"
        ),
        "1-5=removed;6=refused;7-12=in_progress",
    ),
    (
        "html list",
        mail(
            html="<div>Hi there,</div><ul><li>Item 1: taken down</li><li>Item 2: taken down</li>"
            "<li>Item 3: does not violate our rules</li></ul><div>The others are still being looked at.</div>"
        ),
        "1,2=removed;3=refused;4-12=in_progress",
    ),
    (
        "html over an outlook original",
        mail(
            html="<div>1-12 have all been deleted.</div><hr><div>"
            "<b>From:</b> Commission &lt;request@portal.test&gt;<br>"
            "<b>Sent:</b> Tuesday, November 3, 2026 10:02 AM<br><b>To:</b> Legal<br><b>Subject:</b> 2026-000123</div>"
            f"<div>{AS_HTML}</div>"
        ),
        "1-12=removed",
    ),
    (
        "safelinks",
        mail(
            f"Removed:\n{safelink(ROOM + '/101')}\n{safelink(ROOM + '/102')}\n\n"
            f"Not available any longer:\n{safelink(ROOM + '/103')}\n"
        ),
        "1,2=removed;3=not_found",
    ),
    (
        "defanged links",
        mail(
            "Deleted today: hxxps[:]//t[.]me/portal_demo_room/101, hxxps[:]//t[.]me/portal_demo_room/104\n"
            "Under review: hxxps[:]//t[.]me/portal_demo_room/105\n"
        ),
        "1,4=removed;5=in_progress",
    ),
    (
        "csv, columns moved and named anew, semicolons",
        mail(
            "Please see the attached list.",
            table="Ticket;URL;Our decision;Nr\n"
            + "".join(
                f"T-{9000 + n};{ROOM}/{100 + n};{'deleted' if n < 9 else 'no violation'};{n}\n" for n in range(1, 13)
            ),
        ),
        "1-8=removed;9-12=refused",
    ),
    (
        "csv, korean headings in cp949",
        mail(
            "첨부 파일로 회신드립니다.",
            table="연번,게시물 주소,처리 결과,비고\n"
            + "".join(
                f"{n},{ROOM}/{100 + n},{'삭제완료' if n < 7 else '확인불가' if n < 10 else '검토중'},\n"
                for n in range(1, 13)
            ),
            table_as="cp949",
            name="회신.csv",
        ),
        "1-6=removed;7-9=not_found;10-12=in_progress",
    ),
    (
        "csv, half filled in",
        mail(
            "We will send the rest next week.",
            table="item,link,result\n"
            + "".join(f"{n},{ROOM}/{100 + n},{'removed' if n < 4 else ''}\n" for n in range(1, 13)),
        ),
        "1-3=removed",
    ),
    (
        "csv, tabs and dates",
        mail(
            "Result attached.",
            table="No\tLink\tStatus\tDate\n"
            + "".join(f"{n}\t{ROOM}/{100 + n}\tRemoved\t2026-11-0{n % 9 + 1}\n" for n in range(1, 13)),
        ),
        "1-12=removed",
    ),
    (
        "csv, remarks in another column",
        mail(
            "결과 첨부합니다",
            table="번호;상태;사유;URL\n"
            + "".join(
                f"{n};{'삭제' if n < 12 else '반려'};{'' if n < 12 else '공익 목적의 보도'};{ROOM}/{100 + n}\n"
                for n in range(1, 13)
            ),
        ),
        "1-11=removed;12=refused",
    ),
    (
        "csv with words nobody knows",
        mail(
            "See file.",
            table="item,link,result\n" + "".join(f"{n},{ROOM}/{100 + n},code 7\n" for n in range(1, 13)),
        ),
        "",
    ),
    (
        "csv against the text",
        mail(
            "All 12 items have been removed.",
            table="item,link,result\n"
            + "".join(f"{n},{ROOM}/{100 + n},{'removed' if n < 12 else 'refused'}\n" for n in range(1, 13)),
        ),
        "",
    ),
    (
        "euc-kr",
        in_charset(
            "요청하신 1~10번은 삭제 완료하였습니다.\n11, 12번은 존재하지 않는 게시물입니다.\n",
            "euc-kr",
        ),
        "1-10=removed;11-12=not_found",
    ),
    (
        "iso-2022-kr",
        in_charset("1번부터 12번까지 전부 삭제 처리하였습니다.\n감사합니다.\n", "iso-2022-kr", "7bit"),
        "1-12=removed",
    ),
    (
        "flowed",
        flowed(
            "Hello all, \nwe went through your list. Items 1, 2, 3, 4, 5, 6, 7, 8 and \n9 were removed, items 10, 11 \n"
            "and 12 could not be found on our side.\n\n" + f"{ABOVE}\n{QUOTED}"
        ),
        "1-9=removed;10-12=not_found",
    ),
    (
        "answers between quoted lines",
        mail(
            f"{ABOVE}\n> Items\n> 1. {ROOM}/101\n\nRemoved.\n\n> 2. {ROOM}/102\n\nRemoved as well.\n\n"
            f"> 3. {ROOM}/103\n\nWe did not find this message.\n\n> 4. {ROOM}/104\n> 5. {ROOM}/105\n"
        ),
        "1,2=removed;3=not_found",
    ),
    (
        "answers written into the quoted list",
        mail(
            f"see my remarks in the list\n\n{ABOVE}\n"
            + QUOTED.replace("room/101", "room/101  -- deleted").replace("room/102", "room/102  -- deleted")
        ),
        "1,2=removed",
    ),
    (
        "korean outlook",
        mail(
            "담당자님 안녕하세요.\n1~11번 삭제했습니다. 12번은 원본을 못 찾았습니다.\n\n-----Original Message-----\n"
            f"From: 위원회 <request@portal.test>\nSent: 2026-11-03 (화) 10:02\nTo: legal@platform.test\n"
            f"Subject: 2026-000123\n\n{LETTER}"
        ),
        "1-11=removed;12=not_found",
    ),
    (
        "naver",
        mail(
            html="<div>요청하신 건 모두 삭제하였습니다.</div><blockquote>"
            "<div>-----Original Message-----</div>"
            '<div><b>From:</b> "위원회"&lt;request@portal.test&gt;</div>'
            "<div><b>To:</b> &lt;legal@platform.test&gt;</div>"
            f"<div><b>Sent:</b> 2026-11-03 (화) 10:02:11</div><div><b>Subject:</b> 2026-000123</div>"
            f"<div>{AS_HTML}</div></blockquote>"
        ),
        "1-12=removed",
    ),
    (
        "text says look at the html",
        mail(
            "This message needs a mail program that shows HTML.",
            html="<p>Items 1-12 have been removed.</p>",
        ),
        "",
    ),
    (
        "parts that disagree",
        mail("Items 1-12 have been removed.", html="<p>Items 1-12 have <b>not</b> been removed.</p>"),
        "",
    ),
    ("struck out", mail(html="<p>Items 1-12 have been <s>removed</s> escalated.</p>"), ""),
    (
        "an older answer quoted",
        mail(
            "We stand by what we wrote last week.\n\nOn Mon, 26 Oct 2026 at 09:00, Abuse <abuse@other.test> wrote:\n"
            "> Items 1-12 have been removed.\n"
        ),
        "",
    ),
    (
        "a receipt over the whole letter",
        mail(f"Thank you, your removal request was received (ticket 55120).\n\n{ABOVE}\n{QUOTED}"),
        "",
    ),
    (
        "our table sent back empty",
        mail(
            "Received with thanks.",
            table="item,link,result\n" + "".join(f"{n},{ROOM}/{100 + n},\n" for n in range(1, 13)),
        ),
        "",
    ),
]
