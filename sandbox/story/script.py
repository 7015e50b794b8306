"""What is typed in the story: rooms, links, reports, titles. Data, nothing else; all of it is invented."""

from collections.abc import Iterable
from dataclasses import dataclass

SCHOOL = "portal_demo_school_room"
LIBRARY = "lakeside_library_room"
SCHOOL_NUMBERS = range(1, 26)
LIBRARY_NUMBERS = range(1, 4)

# Left standing by the robot's first answer although it says that it is gone; gone without a word.
CONTRADICTED = 7
SILENT = 24

# The little case begins when the first one's letter has left: the first chapter has passed this step.
ASIDE_AFTER = 4

OUTDATED = "takedown@telegram.test"
OFFERED = "korea@telegram.test"


@dataclass(frozen=True)
class Report:
    """A report as it is typed into the form; `numbers` are the messages of `room` that it names."""

    room: str
    numbers: range
    source: str  # a value of cases.states.Source
    reference: str
    institution: str
    words: str


POLICE = Report(
    room=SCHOOL,
    numbers=range(1, 16),
    source="police",
    reference="2024-사이버-0917",
    institution="포털데모학교 (Portal Demo School)",
    words="관할 경찰서에서 확인한 대화방의 영상 링크입니다. 신속한 조치를 요청드립니다.",
)
CENTRE = Report(
    room=SCHOOL,
    numbers=range(11, 26),
    source="support_centre",
    reference="지원-24-3381",
    institution="포털데모학교 (Portal Demo School)",
    words="상담 과정에서 확인한 같은 대화방의 링크입니다. 일부는 경찰에도 신고되었다고 합니다.",
)
LIBRARY_REPORT = Report(
    room=LIBRARY,
    numbers=LIBRARY_NUMBERS,
    source="institution",
    reference="",
    institution="호숫가도서관 (Lakeside Library)",
    words="도서관 이용자가 알려 준 대화방의 링크 세 건입니다.",
)

SCHOOL_TITLE = "포털데모학교 대화방 (Portal Demo School)"
LIBRARY_TITLE = "호숫가도서관 대화방 (Lakeside Library)"


def keys(room: str, numbers: Iterable[int]) -> list[str]:
    """The keys under which the portal keeps these messages."""
    return [f"{room}/{number}" for number in numbers]


def pasted(room: str, numbers: Iterable[int]) -> str:
    """The links, one a line, in the forms in which people paste them."""
    return "\n".join(_forms(room, number)[number % 5] for number in numbers)


def _forms(room: str, number: int) -> tuple[str, ...]:
    return (
        f"https://t.me/{room}/{number}",
        f"hxxps://t[.]me/{room}/{number}",
        f"<https://telegram.me/{room}/{number}>",
        f"t.me/{room}/{number}?single",
        f"tg://resolve?domain={room}&post={number}",
    )
