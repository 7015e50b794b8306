"""The table that goes out with a letter: its items as a CSV file that can be filled in and sent back.

It is made of the very list that the letter prints (posting refuses a letter whose words do not list it), so that the
approval of the words covers it and no digest of its own is needed. `takedowns.reading` reads it when it comes back.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from mailroom.composing import Attachment
from takedowns.models import TakedownItem

HEAD = ("No. / 번호", "Link / 링크", "Status / 조치 결과", "Note / 비고")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


@dataclass(frozen=True)
class Printed:
    """A line of a letter's list, as it is printed."""

    label: str
    link: str
    line: TakedownItem

    def __str__(self) -> str:
        return f"{self.label}. {self.link}"


def printed(lines: Iterable[TakedownItem]) -> list[Printed]:
    """The lines as a letter prints them now; they come with their items and locators."""
    return [Printed(label=str(line.number), link=line.item.link, line=line) for line in lines]


def table_of(items: Iterable[Printed]) -> str:
    """The table as text: number, link, and two empty columns."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEAD)
    rows.writerows((item.label, item.link, "", "") for item in items)
    return out.getvalue()


def attached(items: Iterable[Printed], *, name: str) -> Attachment:
    """The table as a file: UTF-8 with a byte order mark."""
    return Attachment(name=f"{name}.csv", media_type="text/csv", data=(BYTE_ORDER_MARK + table_of(items)).encode())
