"""The robot at work: a thread that takes up new letters and does each planned step when its hour has come."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..answers import NotSent, Relay, Unclear
from ..correspondence import Opened, answer, open_letter, read_kept
from ..store import AlreadySent, Store
from . import acts, schedule
from .clock import Clock, Mode
from .manner import of_request
from .plans import Hand, Plan, Plans, Stage
from .schedule import Step
from .understanding import Wish, understand

log = logging.getLogger("sandbox.platform")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds before an answer that the relay did not take is tried again


class Resting(Exception):
    """The platform is played by hand: the robot does nothing now."""


@dataclass(frozen=True)
class Coming:
    """A step to come with its letter; `in_seconds` is None while the clock stands still."""

    plan: Plan
    step: Step
    opened: Opened
    in_seconds: float | None


class Robot:
    """Reads and writes what the desk does, at the same time: every claim on a step is one write of the database."""

    def __init__(self, *, store: Store, plans: Plans, relay: Relay, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._plans = plans
        self._relay = relay
        self._now = now
        self._working = threading.Lock()  # one step at a time, whoever asks for it
        self._woken = threading.Event()
        self._stopping = False
        self._pause = 0.0
        self._thread = threading.Thread(target=self._run, name="robot", daemon=True)

    # Its life.

    def start(self, *, mode: Mode | None = None) -> None:
        """Go on where it stopped; `mode` counts only while nobody has chosen one."""
        self._plans.recover(now=self._now())
        if mode and not self._plans.is_chosen():
            self._plans.choose(mode=mode, now=self._now())
        self._thread.start()

    def stop(self) -> None:
        """Let the step in hand end, for a few seconds; what is cut off is settled at the next start."""
        self._stopping = True
        self.wake()
        self._thread.join(timeout=5)

    def wake(self) -> None:
        """Something has changed: a letter came, or the clock."""
        self._woken.set()

    # For the desk.

    def clock(self) -> Clock:
        return self._plans.clock()

    def hands(self) -> dict[int, Hand]:
        return self._plans.hands()

    def coming(self) -> list[Coming]:
        """The steps to come, the next one first; those about a letter that came this moment, too."""
        self._take_up_new()
        clock, now = self._plans.clock(), self._now()
        plans = self._plans.to_come()
        opened = {number: open_letter(self._store, number) for number in {plan.letter for plan in plans}}
        return [
            Coming(plan, Step(plan.step), opened[plan.letter], clock.seconds_until(plan.due, now)) for plan in plans
        ]

    def choose(self, *, mode: Mode | None = None, hour_seconds: float | None = None) -> None:
        self._take_up_new()  # what came while the robot was at work is its, even if it stops this moment
        self._plans.choose(mode=mode, hour_seconds=hour_seconds, now=self._now())
        self.wake()

    def hurry(self) -> Plan | None:
        """Do the next step now and put the clock forward to its hour; None when there is none.

        Raises Resting; NotSent when the relay did not take the answer (the step stays to come).
        """
        try:
            with self._working:
                if not self._plans.clock().runs:
                    raise Resting("the platform is played by hand")
                self._take_up_new()
                plan = self._plans.next()
                if plan:
                    self._plans.jump(plan.due, now=self._now())
                    self._do(plan)
                return plan
        finally:
            self.wake()

    def let_go(self, letter: int) -> None:
        """A person has this letter from now on, and what follows up on it."""
        self._plans.let_go([letter])
        self.wake()

    def let_go_of(self, posts: Collection[tuple[str, int]]) -> None:
        """A person acted on these messages (room, number): the letters that list them, and are not done with, go."""
        wanted = {(room.lower(), number) for room, number in posts}
        open_ones = {*self._plans.unseen(), *(plan.letter for plan in self._plans.to_come())}
        for number in open_ones:
            listed = {((link.room or "").lower(), link.id) for link in open_letter(self._store, number).letter.links}
            if wanted & listed:
                self._plans.let_go([number])
        self.wake()

    # At work.

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                pause = self._work()
            except (OSError, sqlite3.Error, NotSent) as error:
                log.warning("a step has to wait: %s", error)
                self._pause = pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            else:
                self._pause = 0.0
            self._woken.wait(pause)

    def _work(self) -> float | None:
        """Take up what came, do what is due; seconds until there is more to do, None for not before something comes."""
        while not self._stopping:
            with self._working:
                clock, now = self._plans.clock(), self._now()
                if not clock.runs:
                    return None
                self._take_up_new()
                plan = self._plans.next()
                if plan is None:
                    return None
                if wait := clock.seconds_until(plan.due, now):
                    return wait
                self._do(plan)
        return None

    def _take_up_new(self) -> None:
        """Nothing while it rests. Several threads may do so at once: a letter is taken up by the first."""
        for number in self._plans.unseen() if self._plans.clock().runs else ():
            self._take_up(number)

    def _take_up(self, number: int) -> None:
        opened = open_letter(self._store, number)
        earlier = [read_kept(kept) for kept in self._store.letters() if kept.id < number]
        found = understand(opened.letter, earlier)
        steps: dict[Step, float] = {}
        if found.wish is Wish.REQUEST:
            steps = schedule.for_request(of_request(opened.entries))
        elif found.wish is Wish.FOLLOW_UP:
            steps = dict(schedule.FOLLOW_UP)
        elif found.wish is Wish.TEST:
            steps = dict(schedule.TEST)
        whose = Hand.ROBOT if steps else Hand.NOBODY
        if found.first and self._plans.hands().get(found.first) is Hand.PERSON:
            whose, steps = Hand.PERSON, {}
        hour = self._plans.clock().at(self._now())
        due = {str(step): hour + after for step, after in steps.items()}
        self._plans.take_up(number, whose=whose, steps=due.items(), first=found.first)
        if found.first and steps:
            self._look_sooner(found.first, hour)

    def _look_sooner(self, letter: int, hour: float) -> None:
        """Asked again about a letter whose first answer is out: its rest comes next."""
        to_come = {plan.step for plan in self._plans.to_come() if plan.letter == letter}
        if Step.ANSWER_FIRST not in to_come:
            for step, after in schedule.REST_AFTER_FOLLOW_UP.items():
                self._plans.move(letter, step=step, due=hour + after)

    def _do(self, plan: Plan) -> None:
        """Raises NotSent, OSError or sqlite3.Error when it has to be tried again."""
        if not self._plans.begin(plan):
            return
        try:
            step, opened = Step(plan.step), open_letter(self._store, plan.letter)
            if step in acts.REMOVALS:
                acts.remove(self._store, step, opened)
            else:
                self._answer(plan, step, opened)
        except (OSError, sqlite3.Error):
            self._plans.put_back(plan)
            raise
        self._plans.finish(plan)

    def _answer(self, plan: Plan, step: Step, opened: Opened) -> None:
        try:
            answer(
                store=self._store,
                relay=self._relay,
                outgoing=acts.answer(step, opened),
                once=plan.once,
                before_text=lambda: self._plans.hand_over(plan),
            )
        except (Unclear, AlreadySent) as error:
            log.warning("it is not known whether an answer left: %s", error)
        except NotSent as error:
            if not error.is_final:
                self._plans.put_back(plan, of=(Stage.BEGUN, Stage.HANDING_OVER))
                raise
            log.warning("an answer cannot leave: %s", error)
            self._plans.finish(plan, Stage.DROPPED)
