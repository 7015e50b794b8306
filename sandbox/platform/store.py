"""What the platform keeps: rooms and their messages, letters that came, answers that left. One SQLite file.

A letter that arrives twice is kept twice: this mailbox is where one sees whether a letter was sent once.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS room (name TEXT PRIMARY KEY COLLATE NOCASE, title TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS post (
    room TEXT NOT NULL COLLATE NOCASE REFERENCES room, id INTEGER NOT NULL, posted_at TEXT NOT NULL,
    caption TEXT NOT NULL, seconds INTEGER NOT NULL, removed_at TEXT, PRIMARY KEY (room, id)
);
CREATE TABLE IF NOT EXISTS letter (
    id INTEGER PRIMARY KEY, received_at TEXT NOT NULL, envelope_from TEXT NOT NULL, envelope_to TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY, letter INTEGER NOT NULL REFERENCES letter, once TEXT NOT NULL UNIQUE,
    sent_at TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
    left_house INTEGER NOT NULL, is_automatic INTEGER NOT NULL DEFAULT 0
);
"""


class NotHere(LookupError):
    """No such room, message or letter; the text is a sentence."""


class AlreadySent(Exception):
    """This very form was sent before."""


@dataclass(frozen=True)
class Room:
    name: str
    title: str
    about: str


@dataclass(frozen=True)
class Post:
    """One video message; `removed_at` says since when strangers are told that it is not there."""

    room: str
    id: int
    posted_at: datetime
    caption: str
    seconds: int
    removed_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.removed_at is None


@dataclass(frozen=True)
class Kept:
    """A letter as it came."""

    id: int
    received_at: datetime
    envelope_from: str
    envelope_to: str
    raw: bytes


@dataclass(frozen=True)
class Answer:
    """A letter's answer; `left_house` is false while (or if ever since) its handing over is unclear.

    `is_automatic`: an out-of-office note.
    """

    id: int
    letter: int
    sent_at: datetime
    recipient: str
    subject: str
    text: str
    left_house: bool
    is_automatic: bool


class Store:
    """Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._open = database.open
        with self._open() as db:
            db.executescript(SCHEMA)
            if "is_automatic" not in {row["name"] for row in db.execute("PRAGMA table_info(answer)")}:
                db.execute("ALTER TABLE answer ADD COLUMN is_automatic INTEGER NOT NULL DEFAULT 0")  # an older folder

    # Rooms and messages.

    def rooms(self) -> list[Room]:
        with self._open() as db:
            return [Room(**row) for row in db.execute("SELECT name, title, about FROM room ORDER BY name")]

    def room(self, name: str) -> Room | None:
        with self._open() as db:
            row = db.execute("SELECT name, title, about FROM room WHERE name = ?", (name,)).fetchone()
        return Room(**row) if row else None

    def posts(self, room: str) -> list[Post]:
        with self._open() as db:
            return [_post(row) for row in db.execute("SELECT * FROM post WHERE room = ? ORDER BY id", (room,))]

    def post(self, room: str, number: int) -> Post | None:
        """A message, removed or not; None when there never was one."""
        with self._open() as db:
            row = db.execute("SELECT * FROM post WHERE room = ? AND id = ?", (room, number)).fetchone()
        return _post(row) if row else None

    def board(self) -> dict[tuple[str, int], Post]:
        """Every message there ever was, by its room's name in small letters and its number."""
        with self._open() as db:
            return {(row["room"].lower(), row["id"]): _post(row) for row in db.execute("SELECT * FROM post")}

    def publish(self, *, room: Room, ids: Sequence[int], captions: Sequence[str]) -> list[int]:
        """Add the messages that are not there yet (their captions taken in turn), and the room; the ids added."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO room VALUES (?, ?, ?)", (room.name, room.title, room.about))
            row = db.execute("SELECT name FROM room WHERE name = ?", (room.name,)).fetchone()
            return [
                number
                for number in ids
                if db.execute(
                    "INSERT OR IGNORE INTO post VALUES (?, ?, ?, ?, ?, NULL)",
                    (row["name"], number, _now(), captions[number % len(captions)], 12 + number * 7 % 90),
                ).rowcount
            ]

    def remove(self, *, room: str, ids: Sequence[int]) -> list[int]:
        """Take messages off the public pages; the ids that were live. Raises NotHere, and then changes none."""
        return self._mark(room, ids, "removed_at = ?", "removed_at IS NULL", (_now(),))

    def restore(self, *, room: str, ids: Sequence[int]) -> list[int]:
        """Put messages back; the ids that were removed. Raises NotHere, and then changes none."""
        return self._mark(room, ids, "removed_at = NULL", "removed_at IS NOT NULL", ())

    def _mark(self, room: str, ids: Sequence[int], change: str, when: str, values: tuple[str, ...]) -> list[int]:
        with self._open() as db:
            known = {row["id"] for row in db.execute("SELECT id FROM post WHERE room = ?", (room,))}
            if not known:
                raise NotHere(f"there is no room {room}")
            if missing := sorted(set(ids) - known):
                raise NotHere(f"no such messages in {room}: {', '.join(map(str, missing))}")
            statement = f"UPDATE post SET {change} WHERE room = ? AND id = ? AND {when}"  # noqa: S608 (our own words)
            return [number for number in dict.fromkeys(ids) if db.execute(statement, (*values, room, number)).rowcount]

    # Letters and answers.

    def keep_letter(self, *, envelope_from: str, envelope_to: str, raw: bytes) -> int:
        """Store a letter for good before SMTP's 250; its id."""
        with self._open() as db:
            values = (_now(), envelope_from, envelope_to, raw)
            row = db.execute(
                "INSERT INTO letter (received_at, envelope_from, envelope_to, raw) VALUES (?, ?, ?, ?)", values
            )
            return int(row.lastrowid or 0)

    def letters(self) -> list[Kept]:
        """Newest first."""
        with self._open() as db:
            return [_kept(row) for row in db.execute("SELECT * FROM letter ORDER BY id DESC")]

    def letter(self, number: int) -> Kept:
        with self._open() as db:
            row = db.execute("SELECT * FROM letter WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise NotHere(f"there is no letter {number}")
        return _kept(row)

    def answers(self, letter: int | None = None) -> list[Answer]:
        """Newest first; of one letter, or of all."""
        with self._open() as db:
            where = "" if letter is None else "WHERE letter = :letter"
            rows = db.execute(f"SELECT * FROM answer {where} ORDER BY id DESC", {"letter": letter})  # noqa: S608
            return [_answer(row) for row in rows]

    def begin_answer(
        self, *, letter: int, once: str, recipient: str, subject: str, text: str, is_automatic: bool
    ) -> int:
        """Note an answer before it is handed over. Raises AlreadySent when the form's `once` was used before."""
        values = (letter, once, _now(), recipient, subject, text, is_automatic)
        try:
            with self._open() as db:
                row = db.execute(
                    "INSERT INTO answer (letter, once, sent_at, recipient, subject, text, is_automatic, left_house)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                    values,
                )
        except sqlite3.IntegrityError:
            raise AlreadySent from None
        return int(row.lastrowid or 0)

    def answer_left(self, number: int) -> None:
        with self._open() as db:
            db.execute("UPDATE answer SET left_house = 1 WHERE id = ?", (number,))

    def forget_answer(self, number: int) -> None:
        """The relay would not have it: it never left, and the same form may be sent again."""
        with self._open() as db:
            db.execute("DELETE FROM answer WHERE id = ?", (number,))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _post(row: Any) -> Post:
    removed = datetime.fromisoformat(row["removed_at"]) if row["removed_at"] else None
    posted = datetime.fromisoformat(row["posted_at"])
    return Post(row["room"], row["id"], posted, row["caption"], row["seconds"], removed)


def _kept(row: Any) -> Kept:
    at = datetime.fromisoformat(row["received_at"])
    return Kept(row["id"], at, row["envelope_from"], row["envelope_to"], bytes(row["raw"]))


def _answer(row: Any) -> Answer:
    at = datetime.fromisoformat(row["sent_at"])
    told = (row["recipient"], row["subject"], row["text"])
    return Answer(row["id"], row["letter"], at, *told, bool(row["left_house"]), bool(row["is_automatic"]))
