"""The story as `make run` plays it, on a whole house with the platform's robot; a person plays a part of it by hand."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from sandbox.parts import ROOT
from sandbox.stack import Stack
from sandbox.story import replay, script
from sandbox.story.chapters import CHAPTERS
from tests.house import QUICK, House
from tests.servers import without_servers
from tests.waiting import until

HOUR_SECONDS = 0.1


@pytest.fixture
def told() -> Iterator[House]:
    """A house whose platform answers by itself, and quickly; its player is not started yet."""
    with tempfile.TemporaryDirectory(prefix="portal-told-") as folder:
        Path(folder).chmod(0o755)  # the database's user is not always ours
        extra = QUICK | {"STORY_PACE": "0"}
        var = Path(folder) / "var"
        with Stack(var=var, durable=False, robot=True, extra=extra, given=without_servers()) as stack:
            house = House(stack)
            house.liaison("robot", hour_seconds=HOUR_SECONDS)
            yield house


def says(house: House, words: str) -> None:
    """Wait for a line of the player; a failure tells all that it has said instead."""
    try:
        until(lambda: words in house.stack.log("player"), timeout=90, what=f"the player says {words!r}")
    except AssertionError as late:
        raise AssertionError(f"{late}\n{house.stack.log('player')}") from None


def column(house: House, statement: str) -> list:
    with psycopg2.connect(house.stack.environment()["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def test_the_story_plays_itself_and_people_may_take_over(told: House) -> None:
    # Nobody is there to see it, and then it is taken over before it began: the player waits, whatever is done by hand.
    told.stack.start("player")
    says(told, "the story begins as soon as somebody logs in")
    (told.stack.var / "story" / "taken-over").touch()
    says(told, "a person has taken over")
    assert column(told, "SELECT count(*) FROM accounts_user WHERE last_login IS NOT NULL") == [0]
    intake = told.person("intake")
    form = intake.open("/reports/new/").form("/reports/new/", having="links")
    intake.send(form, links=script.pasted(script.SCHOOL, range(1, 16)), source="police")
    says(told, "Intake recorded the report of the police")
    assert column(told, "SELECT count(*) FROM cases_report") == [1]

    # Let it play: it goes on after what was done by hand, and once more after it was stopped in the middle.
    page = intake.open("/sandbox/")
    intake.send(page.form("/sandbox/play/"), do="let_play")
    says(told, "\n4/")
    told.stack.stop("player")
    told.stack.start("player")
    says(told, "11/11 The supervisor activated the address")
    says(told, "library 4/4 The portal checked")
    assert "this did not work" not in told.stack.log("player")
    assert list(replay.missing(told.stack)) == []

    assert column(told, "SELECT count(*) FROM cases_report") == [3]
    assert sorted(column(told, "SELECT status FROM cases_case")) == ["closed", "open"]
    bases = column(told, "SELECT basis FROM takedowns_removalconfirmation")
    assert (bases.count("claim_and_check"), bases.count("check_alone"), len(bases)) == (24, 1, 25)
    assert sorted(column(told, "SELECT kind FROM takedowns_letter")) == ["follow_up", "request", "request", "request"]
    assert column(told, "SELECT count(*) FROM takedowns_letter WHERE resends_id IS NOT NULL") == [1]
    assert column(told, f"SELECT status FROM platforms_contact WHERE email = '{script.OFFERED}'") == ["active"]

    # It is over: started once more, the player finds nothing to do.
    told.stack.stop("player")
    command = ("play_story", "--at", told.stack.url, "--pace", "0", "--until-over")
    by_people = "SELECT count(*) FROM audit_event WHERE actor IS NOT NULL"  # the house itself goes on working
    before = column(told, by_people)
    assert len(told.manage(*command).splitlines()) == len(CHAPTERS)  # where it stands
    assert column(told, by_people) == before


def test_what_is_missing_is_named(house: House) -> None:
    assert list(replay.missing(house.stack)) == ["25 removals should be confirmed, 0 are"]


def test_a_replay_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.story.replay"]
    env = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        until(lambda: "postgres is up" in process.stdout.readline(), what="the first server")
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == 1
    assert "nothing is left behind" in rest
    assert not list(tmp_path.iterdir())
