"""Plays the staff of the house: one act at a time, at a pace that one can watch.

Before each act it looks where the story stands, so whatever a person did meanwhile counts, and a player that is started
again goes on from there.
"""

import time
from collections.abc import Callable, Sequence

import httpx
from django.utils import translation

from sandbox.people import NotLoggedIn
from sandbox.story import desk, switch
from sandbox.story.acts import Act, Place
from sandbox.story.deeds import DEEDS, READY, Staff
from sandbox.story.facts import read
from sandbox.story.now import places

LOOK_SECONDS = 0.25  # how often the house's rows are looked at
REST_SECONDS = 5.0  # the same once the story is over
PATIENCE = 4  # an act that did not work is tried again after so many paces


class Player:
    """`pace`: seconds from whatever happened last in a chapter to the staff's next act there; two chapters go on side
    by side. `say` gets a line for each act that is done, by whomever. Nothing is played before `is_watched`, asked
    until it is.
    """

    def __init__(
        self, *, staff: Staff, pace: float, say: Callable[[str], None], is_watched: Callable[[], bool] = lambda: True
    ) -> None:
        self._staff, self._pace, self._say, self._is_watched = staff, pace, say, is_watched
        self._told: dict[str, str] = {}  # room -> the last act that was told
        self._seen: dict[str, Act | None] = {}
        self._not_before: dict[str, float] = {}
        self._breath = 0.0
        self._stumbled = ""
        self._waits = False
        self._begun: bool | None = None  # None: nothing was said of it yet

    def play(self, *, until_over: bool = False) -> None:
        """Go on for ever, or until every chapter is over."""
        while True:
            now = places()
            self._notice(now)
            if over := all(each.act is None for each in now):
                switch.end()
                if until_over:
                    return
            elif self._may_play() and self._may_begin() and time.monotonic() >= self._breath:
                self._act_one(now)
            time.sleep(REST_SECONDS if over else LOOK_SECONDS)

    def _may_play(self) -> bool:
        taken_over = switch.is_taken_over()
        if taken_over != self._waits:
            self._waits = taken_over
            self._say("a person has taken over: the staff wait" if taken_over else "the staff play again")
        return not taken_over

    def _may_begin(self) -> bool:
        """Whoever comes first is to see the story from its start, and has a pace to look around before it."""
        if self._begun:
            return True
        if self._is_watched():
            self._begun = True
            self._not_before = dict.fromkeys(self._not_before, time.monotonic() + self._pace)
        elif self._begun is None:
            self._begun = False
            self._say("the story begins as soon as somebody logs in")
        return self._begun

    def _notice(self, now: Sequence[Place]) -> None:
        """Tell what was done since the last look, and give people the time to see it."""
        for each in now:
            room = each.chapter.room
            if room not in self._seen or each.act != self._seen[room]:
                self._tell(each, quietly=room not in self._seen)
                self._seen[room] = each.act
                self._not_before[room] = time.monotonic() + self._pace

    def _act_one(self, now: Sequence[Place]) -> None:
        """The first chapter's act, if it is the staff's turn there and time; else that of the next chapter."""
        for each in now:
            if self._is_ready(each):
                self._act(each)
                self._breath = time.monotonic() + self._pace / 3
                return

    def _is_ready(self, at: Place) -> bool:
        if at.act is None or at.waits or at.act.code not in DEEDS:
            return False
        if time.monotonic() < self._not_before[at.chapter.room]:
            return False
        try:
            return at.act.code not in READY or READY[at.act.code](at.facts)
        except desk.PlatformDown:
            return False

    def _act(self, at: Place) -> None:
        assert at.act
        problem = ""
        try:
            page = DEEDS[at.act.code](self._staff.person(at.act.who), at.act, at.facts)
            if read(at.chapter.room)[at.chapter.room] == at.facts:
                problem = page.messages or f"HTTP {page.code} at {page.path}"
        except (LookupError, NotLoggedIn, httpx.HTTPError) as error:
            problem = str(error)
            self._staff.leave(at.act.who)
        pause = max(self._pace * PATIENCE, 1.0) if problem else self._pace
        self._not_before[at.chapter.room] = time.monotonic() + pause
        if problem and problem != self._stumbled:
            self._say(f"this did not work, and will be tried again: {at.act.words} ({problem[:200]})")
        self._stumbled = problem

    def _tell(self, at: Place, *, quietly: bool) -> None:
        """Say what was done since the last look, a line for each act."""
        done = []
        for number, act in at.chapter.acts():
            if at.act and act.code == at.act.code:
                break
            if act.done(at.facts):
                done.append((number, act))
        codes = [act.code for _number, act in done]
        last = self._told.get(at.chapter.room)
        new = done[codes.index(last) + 1 :] if last in codes else done if not last else []
        with translation.override("en"):
            for number, act in new if not quietly else new[-1:]:
                self._say(f"{at.chapter.code} {number}/{at.of} {act.told}".strip())
        self._told[at.chapter.room] = codes[-1] if codes else ""
