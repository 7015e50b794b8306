"""What the robot means to do, kept for good: the story's clock, whose hands a letter is in, and the steps to come.

A step is planned, then begun, then (for an answer) handing over from the moment when the mail's text goes to the
relay, then done. What a crash finds begun is done afresh; what it finds handing over counts as done: whether that
answer left is not known, and nobody is answered twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..database import Database
from .clock import Clock, Mode

SCHEMA = """
BEGIN;
CREATE TABLE robot_clock (
    one INTEGER PRIMARY KEY CHECK (one = 1), mode TEXT NOT NULL, hour_seconds REAL NOT NULL, hours REAL NOT NULL,
    since REAL NOT NULL
);
CREATE TABLE hand (
    letter INTEGER PRIMARY KEY REFERENCES letter, whose TEXT NOT NULL, first INTEGER REFERENCES letter
);
CREATE TABLE plan (
    id INTEGER PRIMARY KEY, letter INTEGER NOT NULL REFERENCES letter, step TEXT NOT NULL, due REAL NOT NULL,
    stage TEXT NOT NULL, UNIQUE (letter, step)
);
INSERT INTO hand SELECT id, 'person', NULL FROM letter;
COMMIT;
"""


class Hand(StrEnum):
    """Whose a letter is; nobody's when there is nothing to do about it."""

    ROBOT = "robot"
    PERSON = "person"
    NOBODY = "nobody"


class Stage(StrEnum):
    PLANNED = "planned"
    BEGUN = "begun"
    HANDING_OVER = "handing_over"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Plan:
    """One step to come; `due` in story hours."""

    id: int
    letter: int
    step: str
    due: float

    @property
    def once(self) -> str:
        """The answer's key in the store: there can be one for each plan."""
        return f"robot:{self.id}"


class Plans:
    """Safe from several threads. Letters that were there before there was a robot stay with the people."""

    def __init__(self, database: Database) -> None:
        self._open = database.open
        with self._open() as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'plan'").fetchone():
                db.executescript(SCHEMA)

    # The clock.

    def clock(self) -> Clock:
        """As it was chosen last; by hand when nobody ever chose."""
        with self._open() as db:
            return _clock(db)

    def is_chosen(self) -> bool:
        with self._open() as db:
            return db.execute("SELECT 1 FROM robot_clock").fetchone() is not None

    def choose(self, *, mode: Mode | None = None, hour_seconds: float | None = None, now: float) -> None:
        """Change the mode or the pace, or both; the story's hour stays what it is."""
        with self._open() as db:
            clock = _clock(db)
            _set(db, Clock(mode or clock.mode, hour_seconds or clock.hour_seconds, clock.at(now), now))

    def jump(self, hours: float, *, now: float) -> None:
        """Put the story's clock forward to an hour; it never goes back."""
        with self._open() as db:
            clock = _clock(db)
            _set(db, Clock(clock.mode, clock.hour_seconds, max(clock.at(now), hours), now))

    # Letters and their steps.

    def unseen(self) -> list[int]:
        """Letters that are in nobody's hands yet, oldest first."""
        with self._open() as db:
            rows = db.execute("SELECT id FROM letter WHERE id NOT IN (SELECT letter FROM hand) ORDER BY id")
            return [row["id"] for row in rows]

    def take_up(self, letter: int, *, whose: Hand, steps: Iterable[tuple[str, float]], first: int | None) -> None:
        """Put a letter into hands and plan its steps (with their hours). Nothing happens to one that is taken."""
        with self._open() as db:
            new = db.execute("INSERT OR IGNORE INTO hand VALUES (?, ?, ?)", (letter, whose, first)).rowcount
            for step, due in steps if new else ():
                db.execute(
                    "INSERT INTO plan (letter, step, due, stage) VALUES (?, ?, ?, ?)",
                    (letter, step, due, Stage.PLANNED),
                )

    def move(self, letter: int, *, step: str, due: float) -> None:
        """Another hour for a step that is still to come."""
        with self._open() as db:
            db.execute(
                "UPDATE plan SET due = ? WHERE letter = ? AND step = ? AND stage = ?",
                (due, letter, step, Stage.PLANNED),
            )

    def let_go(self, letters: Iterable[int]) -> None:
        """A person has them: drop what is planned for these letters and for what follows up on them."""
        with self._open() as db:
            for letter in letters:
                rows = db.execute("SELECT letter FROM hand WHERE first = ?", (letter,)).fetchall()
                for number in (letter, *(row["letter"] for row in rows)):
                    db.execute("INSERT OR REPLACE INTO hand VALUES (?, ?, ?)", _taken(db, number))
                    db.execute(
                        "UPDATE plan SET stage = ? WHERE letter = ? AND stage = ?",
                        (Stage.DROPPED, number, Stage.PLANNED),
                    )

    def hands(self) -> dict[int, Hand]:
        """Whose each letter is; one that nobody has seen yet is left out."""
        with self._open() as db:
            return {row["letter"]: Hand(row["whose"]) for row in db.execute("SELECT * FROM hand")}

    def to_come(self) -> list[Plan]:
        """In the order in which they will happen; the one that is happening now is in it."""
        return self._plans(Stage.PLANNED, Stage.BEGUN, Stage.HANDING_OVER)

    def next(self) -> Plan | None:
        """The step that is to be begun next."""
        return next(iter(self._plans(Stage.PLANNED)), None)

    def _plans(self, *stages: Stage) -> list[Plan]:
        marks = ", ".join("?" * len(stages))
        with self._open() as db:
            statement = f"SELECT * FROM plan WHERE stage IN ({marks}) ORDER BY due, id"  # noqa: S608 (only marks)
            return [_plan(row) for row in db.execute(statement, stages)]

    # A step's own way.

    def begin(self, plan: Plan) -> bool:
        """False when it was dropped, or is no longer to come, in the meantime."""
        return self._step(plan, Stage.BEGUN, of=(Stage.PLANNED,))

    def hand_over(self, plan: Plan) -> None:
        self._step(plan, Stage.HANDING_OVER, of=(Stage.BEGUN,))

    def put_back(self, plan: Plan, *, of: Sequence[Stage] = (Stage.BEGUN,)) -> None:
        """It did not happen: to be tried again, unless a person has the letter by now."""
        with self._open() as db:
            row = db.execute("SELECT whose FROM hand WHERE letter = ?", (plan.letter,)).fetchone()
        self._step(plan, Stage.PLANNED if row["whose"] == Hand.ROBOT else Stage.DROPPED, of=of)

    def finish(self, plan: Plan, stage: Stage = Stage.DONE) -> None:
        self._step(plan, stage, of=(Stage.BEGUN, Stage.HANDING_OVER))

    def recover(self, *, now: float) -> None:
        """After a restart: settle what was cut off, and go on from the hour of the next step.

        The hours in which the platform was down don't count: its steps keep their distance, instead of coming all
        at once.
        """
        with self._open() as db:
            db.execute(
                "DELETE FROM answer WHERE left_house = 0 AND once IN (SELECT 'robot:' || id FROM plan WHERE stage = ?)",
                (Stage.BEGUN,),
            )
            db.execute("UPDATE plan SET stage = ? WHERE stage = ?", (Stage.PLANNED, Stage.BEGUN))
            db.execute("UPDATE plan SET stage = ? WHERE stage = ?", (Stage.DONE, Stage.HANDING_OVER))
            due = db.execute("SELECT min(due) AS due FROM plan WHERE stage = ?", (Stage.PLANNED,)).fetchone()["due"]
            clock = _clock(db)
            hours = clock.at(now) if due is None else max(clock.hours, min(clock.at(now), due))
            if clock.since:
                _set(db, Clock(clock.mode, clock.hour_seconds, hours, now))

    def _step(self, plan: Plan, to: Stage, *, of: Sequence[Stage]) -> bool:
        marks = ", ".join("?" * len(of))
        with self._open() as db:
            statement = f"UPDATE plan SET stage = ? WHERE id = ? AND stage IN ({marks})"  # noqa: S608 (only marks)
            return db.execute(statement, (to, plan.id, *of)).rowcount > 0


def _clock(db: Any) -> Clock:
    row = db.execute("SELECT * FROM robot_clock").fetchone()
    return Clock(Mode(row["mode"]), row["hour_seconds"], row["hours"], row["since"]) if row else Clock()


def _set(db: Any, clock: Clock) -> None:
    values = (1, clock.mode, clock.hour_seconds, clock.hours, clock.since)
    db.execute("INSERT OR REPLACE INTO robot_clock VALUES (?, ?, ?, ?, ?)", values)


def _taken(db: Any, letter: int) -> tuple[int, Hand, int | None]:
    row = db.execute("SELECT first FROM hand WHERE letter = ?", (letter,)).fetchone()
    return letter, Hand.PERSON, row["first"] if row else None


def _plan(row: Any) -> Plan:
    return Plan(row["id"], row["letter"], row["step"], row["due"])
