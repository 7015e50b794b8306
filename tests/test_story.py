"""September 2024 in one page: reports come in, 25 videos are asked for, the platform answers by e-mail, each removal
is confirmed. Every step goes through the real servers: web, database, sender, mail relay, door, reader, worker.
"""

import re
from typing import Any

import psycopg2
import pytest

from sandbox.people import Page
from tests.house import House
from tests.waiting import until

ROOM = "portal_demo_room"
NUMBERS = range(101, 126)


def pasted(number: int) -> str:
    """The same place in the forms in which people paste it."""
    forms = (
        f"https://t.me/{ROOM}/{number}",
        f"hxxps://t[.]me/{ROOM}/{number}",
        f"<https://telegram.me/{ROOM}/{number}?single>",
        f"HTTPS://T.ME/{ROOM.upper()}/{number}",
        f"ｈｔｔｐｓ：／／ｔ．ｍｅ／{ROOM}/{number}",
    )
    return forms[number % len(forms)]


def test_the_25_videos(house: House) -> None:
    # Two reports name them, with some twice; a line that is no link is told and the others are kept.
    intake = house.person("intake")
    first = report(intake, [pasted(n) for n in NUMBERS[:15]] + ["javascript:alert(1)"])
    assert "15" in first.text
    second = report(intake, [pasted(n) for n in NUMBERS[10:]])

    # An analyst sees what is known, and groups both reports into one case: 25 items, not 30.
    analyst = house.person("analyst")
    empty = analyst.open("/reports/new/").form("/reports/new/", having="links")
    known = analyst.send(empty, to="/reports/known/", links=pasted(101))
    assert "known" in known.text.lower()
    triage = analyst.open("/reports/")
    chosen = [uuid_of(first.path), uuid_of(second.path)]
    case = analyst.send(triage.form("/reports/group/"), reports=chosen, title="Demo room, September 2024")
    case_path = case.path
    assert count(case, "Open") == 25

    # The request: the 25 are preselected, the letter is seen as it will leave, then submitted.
    ask = analyst.open(f"{case_path}ask/")
    form = ask.form("/ask/", having="contact")
    assert sum(name == "items" for name, _ in form.fields) == 25
    drafted = analyst.send(form, language="en")
    assert f"25. https://t.me/{ROOM}/125" in drafted.text
    submitted = analyst.send(drafted.form("/submit/"))
    request_path = submitted.path
    assert "Waiting for approval" in submitted.text

    # The drafter cannot approve; a supervisor approves the letter that is shown.
    supervisor = house.person("supervisor")
    waiting = supervisor.open("/approvals/")
    approved = supervisor.send(supervisor.open(waiting.link(to=request_path)).form("/approve/"))
    assert "Approved" in approved.text

    # It leaves by SMTP within seconds and stands in the liaison's real mailbox.
    letter = until(lambda: arrived(house, "https://t.me/portal_demo_room/125"), what="the letter at the platform")
    assert len(letter["links"]) == 25
    until(lambda: "Sent" in analyst.open(request_path).text, what="the letter marked as sent")

    # The liaison removes the 25 and answers; the answer comes in by SMTP, is filed and read item by item.
    house.liaison("remove", room=ROOM, ids=list(NUMBERS))
    house.liaison("answer", letter=letter["id"], text="All 25 videos have been removed. We apologise.", quote=True)
    reply = until(lambda: answer_of(analyst.open(request_path)), what="the answer under its request")
    page = analyst.open(reply)
    assert "Listed sender, verified" in page.text
    assert "All 25 videos have been removed" in page.text
    assert count(analyst.open(case_path), "Removed") == 0  # read, but nothing recorded by itself

    # The analyst accepts; each item is checked at the platform and found gone.
    analyst.send(page.form(reply_path(reply), having="do"), do="accept_all")
    until(lambda: count(analyst.open(case_path), "Removed") == 25, timeout=60, what="25 checks that found them gone")

    # The case cannot be closed before the 25 removals are confirmed, each with its basis.
    assert not can_close(analyst.open(case_path))
    confirm = analyst.open(request_path).form("/confirm/")
    assert sum(name == "items" for name, _ in confirm.fields) == 25
    confirmed = analyst.send(confirm)
    assert confirmed.text.count("reply + check") == 25
    closed = analyst.send(analyst.open(case_path).form("/close/"))
    assert "Closed" in closed.text
    outcome = analyst.open(f"{case_path}outcome/")
    assert outcome.text.count(f"t.me/{ROOM}/") >= 25

    # The supervisor's figures agree with the rows.
    overview = supervisor.open("/overview/")
    assert count(overview, "Removed") >= 25
    assert "Telegram" in overview.text

    # Everything stands in the history, and the audit chain is whole and closed to the app role.
    history = analyst.open(case_path).text
    for words in ("Case opened", "Submitted for approval", "Request approved", "Reply filed", "Removals confirmed"):
        assert words in history
    assert "whole" in house.manage("verify_audit")
    assert "agree" in house.manage("check_standing")
    for statement in (
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "INSERT INTO audit_chainlink SELECT * FROM audit_chainlink",
    ):
        with psycopg2.connect(house.stack.postgres.url("portal", "portal_app")) as app, app.cursor() as cursor:
            with pytest.raises(psycopg2.Error):
                cursor.execute(statement)
            app.rollback()


def report(person, lines: list[str]) -> Page:
    form = person.open("/reports/new/").form("/reports/new/", having="links")
    page = person.send(form, links="\n".join(lines), source="police", words="A pupil told us.")
    assert re.fullmatch(r"/reports/[0-9a-f-]{36}/", page.path), page.text[:500]
    return page


def uuid_of(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]


def reply_path(url: str) -> str:
    return url[url.index("/replies/") :]


def arrived(house: House, link: str) -> dict[str, Any] | None:
    return next((each for each in house.liaison("inbox") if link in each["text"]), None)


def answer_of(page: Page) -> str | None:
    try:
        return page.link(to=r"^/replies/")
    except LookupError:
        return None


def count(page: Page, standing: str) -> int:
    """The number that the standing bar tells beside these words."""
    found = re.search(rf"{standing}\s+(\d+)", page.text)
    return int(found.group(1)) if found else 0


def can_close(page: Page) -> bool:
    try:
        return bool(page.form("/close/"))
    except LookupError:
        return False
