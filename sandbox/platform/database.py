"""The one SQLite file in which the platform keeps everything."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Database:
    """Safe from several threads: a connection for each use."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "platform.sqlite3"
        with self.open() as db:
            db.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose writes are committed together, or not at all when the block raises."""
        with closing(sqlite3.connect(self._path, timeout=20)) as db, db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA foreign_keys = ON")
            yield db
