"""Our own words in a reply, in every way that mail clients copy them, are never read as the platform's."""

import pytest

from mailroom.parse_child.markup import text_of
from takedowns.reading import read
from tests.takedowns.test_reading import ITEMS, LETTER, answer, by_claim, numbers

QUOTED = "".join(f"> {line}\n" for line in LETTER.splitlines())
LINES = LETTER.splitlines()

STYLES = {
    "gmail": "On Tue, Nov 3, 2026 at 3:21 PM Commission <\ntakedown+r.abc@portal.test> wrote:\n\n" + QUOTED,
    "gmail-ko": "2026년 11월 3일 (화) 오후 3:21, 위원회 <takedown+r.abc@portal.test>님이 작성:\n\n" + QUOTED,
    "apple-ko": "2026. 11. 3. 오후 3:21, 위원회 <takedown+r.abc@portal.test> 작성:\n\n" + QUOTED,
    "thunderbird-ko": "2026-11-03 오후 3:21에 위원회 이(가) 쓴 글:\n" + QUOTED,
    "outlook": "From: Commission <takedown@portal.test>\nSent: Tuesday, November 3, 2026 3:21 PM\nTo: Legal\n"
    "Subject: Removal request\n\n" + LETTER,
    "outlook-ko": (
        "보낸 사람: 위원회 <takedown@portal.test>\n보낸 날짜: 2026년 11월 3일 화요일\n받는 사람: 담당자\n제목: 요청\n\n"
    )
    + LETTER,
    "outlook-rule": "________________________________\nFrom: Commission\nSent: Tuesday\nTo: Legal\nSubject: x\n\n"
    + LETTER,
    "original": (
        '-----Original Message-----\nFrom: "Commission"<takedown@portal.test>\nTo: Legal\nCc: \n'
        "Sent: 2026-11-03\nSubject: Removal\n\n"
    )
    + LETTER,
    "original-ko": "-----원본 메일-----\n보낸사람 : 위원회\n받는사람 : 담당자\n날짜 : 2026-11-03\n제목 : 요청\n\n"
    + LETTER,
    "daum": (
        "--------- 원본 메일 ---------\n보낸사람 : 위원회 <a@portal.test>\n받는사람 : 담당자\n"
        "날짜 : 2026-11-03\n제목 : 요청\n\n"
    )
    + LETTER,
    "unmarked": LETTER,
    "one-line": " ".join(LINES),
    "deep": "".join(f">> > {line}\n" for line in LINES),
    "rewrapped": "".join(f"> {word}\n" for word in LETTER.replace("\n", " ").split("  ")),
    "narrow": "".join(
        f"> {part}\n" for line in LINES for part in ([line[:38], line[38:]] if len(line) > 60 else [line])
    ),
    "no-blank-lines": "\n".join(line for line in LINES if line),
    "fence": "##- Please type your reply above this line -##\n\nYour request (44123) has been updated.\n\n" + LETTER,
}


@pytest.mark.parametrize("style", STYLES)
def test_thanks_over_our_letter_says_nothing(style: str) -> None:
    assert answer("Received, thanks.\n\n" + STYLES[style]).outcomes == {}


@pytest.mark.parametrize("style", STYLES)
def test_an_answer_over_our_letter_is_read(style: str) -> None:
    reading = answer("1-20 removed; 21 not found; 22-25 refused.\n\n" + STYLES[style])
    assert by_claim(reading) == {"removed": numbers("1-20"), "not_found": {"21"}, "refused": numbers("22-25")}


@pytest.mark.parametrize("style", [name for name in STYLES if name not in ("fence",)])
def test_an_answer_below_our_letter_is_read(style: str) -> None:
    reading = answer(STYLES[style] + "\n1-20 removed; 21 not found; 22-25 refused.\n")
    assert by_claim(reading) in ({"removed": numbers("1-20"), "not_found": {"21"}, "refused": numbers("22-25")}, {})


def inline(mark: str, *, drop_prose: bool = False) -> str:
    lines = []
    for line in LINES:
        if drop_prose and not line[:1].isdigit():
            continue
        lines.append(mark + line)
        if line.startswith("7. "):
            lines += ["", "삭제 불가", ""]
        if line.startswith("9. "):
            lines += ["Removed.", ""]
    return "\n".join(lines)


@pytest.mark.parametrize("text", [inline("> "), inline("> > "), inline("> ", drop_prose=True)])
def test_answers_between_quoted_items_are_about_the_item_above(text: str) -> None:
    assert by_claim(answer(text)) == {"refused": {"7"}, "removed": {"9"}}


def test_answers_between_unmarked_items_are_about_the_item_above() -> None:
    header = "From: Commission <takedown@portal.test>\nSent: Tuesday\nTo: Legal\nSubject: Removal\n\n"
    assert by_claim(answer("Please see below.\n\n" + header + inline(""))) == {"refused": {"7"}, "removed": {"9"}}


def test_answers_on_the_line_of_a_quoted_item() -> None:
    text = QUOTED.replace("room/107", "room/107 - not removed, no violation").replace("room/109", "room/109 => removed")
    assert by_claim(answer(text)) == {"refused": {"7"}, "removed": {"9"}}


def test_all_over_inline_exceptions_is_left_to_a_person() -> None:
    reading = answer("All removed.\n\n" + inline("> "))
    assert reading.outcomes == {}
    assert reading.abstained


def test_a_plural_below_a_part_of_our_list_is_not_the_whole_list() -> None:
    reading = answer(
        "> 1. https://t.me/portal_demo_room/101\n> 2. https://t.me/portal_demo_room/102\n\nAll of these removed.\n"
    )
    assert reading.outcomes == {}


def test_a_copied_list_below_a_heading_is_theirs() -> None:
    text = "The following have been removed:\n" + "\n".join(line for line in LINES if line[:2] in ("1.", "2.", "3."))
    assert by_claim(answer(text + "\n\nRegards\n\n" + STYLES["gmail"])) == {"removed": numbers("1-3")}


def test_a_colleague_quoted_before_our_letter_is_for_a_person() -> None:
    text = "FYI\n\nFrom: Ops\nSent: Monday\nTo: Legal\nSubject: RE: list\n\nAll 25 items have been removed.\n\n"
    reading = answer(text + STYLES["outlook"])
    assert reading.outcomes == {}
    assert "foreign_quote" in reading.reasons


def test_html_is_read_like_text() -> None:
    rows = (
        "".join(f"<tr><td>{n}</td><td>Removed</td></tr>" for n in range(1, 25))
        + "<tr><td>25</td><td>Not found</td></tr>"
    )
    quoted = "<blockquote>" + "".join(f"<p>{line}</p>" for line in LINES) + "</blockquote>"
    page = f"<html><head><style>p {{}}</style></head><body><table>{rows}</table>{quoted}<script>7 refused</script>"
    assert by_claim(answer("", html_text=text_of(page))) == {"removed": numbers("1-24"), "not_found": {"25"}}


def test_html_rows_of_links() -> None:
    page = "<table>" + "".join(
        f'<tr><td><a href="https://apc01.safelinks.protection.outlook.com/?url=https%3A%2F%2Ft.me%2Fportal_demo_room%2F{n}'
        f'&amp;data=05">link</a></td><td>삭제 완료</td></tr>'
        for n in range(101, 104)
    )
    assert by_claim(answer("", html_text=text_of(page + "</table>"))) == {"removed": numbers("1-3")}


def test_struck_out_words_are_for_a_person() -> None:
    assert (
        answer("", html_text=text_of("<p>1-7 <s>removed</s> not found</p><p>8-9 removed <del>not</del></p>")).outcomes
        == {}
    )


def test_parts_that_disagree_are_for_a_person() -> None:
    reading = answer("1-7 removed", html_text=text_of("<p>1-8 removed</p>"))
    assert reading.outcomes == {}
    assert reading.reasons == ["parts_disagree"]
    assert by_claim(answer("1-7 removed", html_text=text_of("<div>1-7 removed</div>"))) == {"removed": numbers("1-7")}


CSV = "number,link,result\n" + "".join(f"{n},https://t.me/portal_demo_room/{100 + n},{{}}\n" for n in range(1, 26))


def test_a_filled_in_table_is_read() -> None:
    filled = CSV.format(*["removed"] * 20, "not found", "삭제 완료", "거부 (정책)", "", "under review")
    reading = read(text="Please find attached.", items=ITEMS, sent_text=LETTER, csv_texts=[filled])
    assert by_claim(reading) == {
        "removed": numbers("1-20, 22"),
        "not_found": {"21"},
        "refused": {"23"},
        "in_progress": {"25"},
    }
    assert all(reading.text[o.start : o.end] == o.quote for o in reading.outcomes.values())


@pytest.mark.parametrize("answer_cell", ["removed?", "will be removed", "not yet", "removed in part", "삭제 요청"])
def test_a_table_with_other_words_is_for_a_person(answer_cell: str) -> None:
    reading = read(text="", items=ITEMS, sent_text=LETTER, csv_texts=[CSV.format(*["removed"] * 24, answer_cell)])
    assert reading.outcomes == {}
    assert reading.reasons == ["csv_unclear"]


def test_a_table_against_the_mail_is_for_a_person() -> None:
    filled = CSV.format(*["removed"] * 25)
    reading = read(text="Item 7 was refused.", items=ITEMS, sent_text=LETTER, csv_texts=[filled])
    assert reading.outcomes == {}
    assert reading.reasons == ["conflicting"]


def test_an_empty_table_says_nothing() -> None:
    assert read(text="", items=ITEMS, sent_text=LETTER, csv_texts=[CSV.format(*[""] * 25)]).outcomes == {}
