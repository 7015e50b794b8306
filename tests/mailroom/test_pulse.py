"""Signs of life: who works, since when nothing kept it from its work, and what is noticed when a clock is set."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from mailroom.models import Pulse as Row
from mailroom.pulse import Pulse
from mailroom.services import inbox, pulses
from mailroom.states import Part
from tests.mailroom.clock import set_clock
from tests.mailroom.processes import free_port, manage
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
HERE: Any = {"part": Part.DOOR, "place": "here:2424"}


@pytest.fixture(autouse=True)
def _brisk(settings: Any) -> None:
    settings.MAIL_BEAT_SECONDS = 10.0


def row(**which: Any) -> Row:
    return Row.objects.get(**(which or HERE))


def test_steady_as_long_as_nothing_is_missed() -> None:
    pulses.begin(**HERE)
    begun = row()
    set_clock(9)
    pulses.beat(**HERE, steady=True)
    later = row()
    assert later.steady_since < begun.steady_since  # the clock was set ahead: the same moment lies further back
    assert later.beat_at > later.steady_since
    assert round((later.beat_at - later.steady_since).total_seconds()) == 9


@pytest.mark.parametrize("ahead", [3 * 3600, -3600, 31])
def test_a_gap_or_a_clock_that_was_set_begins_anew(ahead: int) -> None:
    pulses.begin(**HERE)
    set_clock(ahead)
    pulses.beat(**HERE, steady=True)
    assert row().steady_since == row().beat_at


def test_what_could_not_be_taken_in_begins_anew() -> None:
    pulses.begin(**HERE)
    pulses.beat(**HERE, steady=False)
    assert row().steady_since == row().beat_at


def test_a_new_start_begins_anew_and_old_places_go() -> None:
    pulses.begin(**HERE)
    pulses.begin(part=Part.SENDER, place="gone:1")
    set_clock(8 * 24 * 3600)
    pulses.begin(**HERE)
    assert [(one.part, one.started_at) for one in Row.objects.all()] == [("door", row().steady_since)]


@pytest.fixture
def beating(settings: Any) -> Iterator[Pulse]:
    settings.MAIL_BEAT_SECONDS = 0.05
    with Pulse(**HERE) as pulse:
        yield pulse
    connections.close_all()


def steady_after(pulse: Pulse, before: Any) -> bool:
    """Whether a beat that came after `before` found it steady."""
    pulse.turn()
    return row().beat_at > before and row().steady_since < row().beat_at


def test_a_loop_that_turns_is_steady_and_one_that_hangs_is_not(beating: Pulse) -> None:
    start = until(lambda: Row.objects.filter(**HERE).first(), what="the first sign of life").beat_at
    until(lambda: steady_after(beating, start), what="a steady beat")
    until(lambda: row().steady_since == row().beat_at, what="a loop that hangs falters")


def test_what_fails_is_told_with_the_next_beat(beating: Pulse) -> None:
    start = until(lambda: Row.objects.filter(**HERE).first(), what="the first sign of life").beat_at
    until(lambda: steady_after(beating, start), what="a steady beat")
    before = row().steady_since

    def noticed() -> bool:
        beating.turn()
        return row().steady_since > before

    beating.falter()
    until(noticed, what="it falters")


def test_the_real_processes_show_that_they_live() -> None:
    with manage("receive_mail", MAIL_DOOR_PORT=free_port()), manage("send_letters"), manage("read_mail"):
        until(lambda: Row.objects.filter(part=Part.DOOR).exists(), what="the door")
        until(lambda: Row.objects.filter(part=Part.SENDER).exists(), what="the sender")
        until(lambda: Row.objects.filter(part=Part.READER).exists(), what="the reader")
        door = row(part=Part.DOOR)
        until(lambda: row(part=Part.DOOR).beat_at > door.beat_at, what="the next beat")
        assert not inbox.parse_next()
