"""The relay's queue on disk: one file a message, one journal beside it for what became of each recipient.

`<key>.msg` is a line of JSON (the envelope) and then the message as it came. One file, not two, so that one rename
makes both visible at once. `<key>.done` gets one line for every recipient that needs no further attempt. A message
leaves the queue when every recipient has such a line; the journal goes last, so that a kill between the two removals
leaves a journal without a message, which the next start sweeps.
"""

import fcntl
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


class SpoolInUse(Exception):
    """Another relay works on this folder."""


@dataclass(frozen=True)
class Envelope:
    """What SMTP said beside the message. `sender` is '' for the null sender; `accepted_at` is Unix time."""

    sender: str
    recipients: tuple[str, ...]
    accepted_at: float


@dataclass(frozen=True)
class Queued:
    """One message in the queue; `finished` holds the indexes of the recipients that need no further attempt."""

    key: str
    envelope: Envelope
    finished: frozenset[int]


class Spool:
    """The queue in one folder. Several threads may call it, each for another message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder)
        self._sweep()

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    def add(self, *, envelope: Envelope, message: bytes, key: str = "") -> Queued:
        """Store a message for good; when this returns it survives a kill. A `key` given twice is stored once."""
        key = key or f"{time.time_ns():x}{secrets.token_hex(4)}"
        head = json.dumps(asdict(envelope)).encode() + b"\n"
        draft = self.folder / f"{key}.tmp"
        with draft.open("wb") as file:
            file.write(head)
            file.write(message)
            _sync(file)
        draft.rename(self._message(key))
        self._sync_folder()
        return Queued(key, envelope, frozenset())

    def waiting(self) -> list[Queued]:
        """Every message that still has work, oldest first."""
        return [self._read(path) for path in sorted(self.folder.glob("*.msg"))]

    def message(self, key: str) -> bytes:
        """The message's bytes, without its envelope."""
        with self._message(key).open("rb") as file:
            file.readline()
            return file.read()

    def finish(self, *, key: str, index: int, fate: str) -> None:
        """Note that this recipient needs no further attempt; `fate` is a word for whoever reads the journal."""
        with self._journal(key).open("ab") as file:
            file.write(json.dumps({"index": index, "fate": fate, "at": time.time()}).encode() + b"\n")
            _sync(file)

    def remove(self, key: str) -> None:
        """Take a message out whose recipients are all finished."""
        self._message(key).unlink(missing_ok=True)
        self._sync_folder()
        self._journal(key).unlink(missing_ok=True)

    def _read(self, path: Path) -> Queued:
        with path.open("rb") as file:
            head = json.loads(file.readline())
        envelope = Envelope(head["sender"], tuple(head["recipients"]), head["accepted_at"])
        return Queued(path.stem, envelope, self._finished(path.stem))

    def _finished(self, key: str) -> frozenset[int]:
        try:
            lines = self._journal(key).read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return frozenset()
        # A line without its end was torn by a kill: its recipient is tried once more.
        return frozenset(json.loads(line)["index"] for line in lines if line.endswith(b"\n"))

    def _sweep(self) -> None:
        """Drop what a kill left behind: drafts that were never answered with 250, journals without a message."""
        for draft in self.folder.glob("*.tmp"):
            draft.unlink()
        for journal in self.folder.glob("*.done"):
            if not self._message(journal.stem).exists():
                journal.unlink()
            else:
                _drop_torn_line(journal)

    def _message(self, key: str) -> Path:
        return self.folder / f"{key}.msg"

    def _journal(self, key: str) -> Path:
        return self.folder / f"{key}.done"

    def _sync_folder(self) -> None:
        """Without this a rename can be forgotten by a machine that loses power."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _lock(folder: Path) -> IO[bytes]:
    """Hold the folder for this process: two relays on one queue would deliver everything twice."""
    file = (folder / "lock").open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise SpoolInUse(f"another relay works on {folder}") from None
    return file


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _drop_torn_line(journal: Path) -> None:
    """Cut a half-written last line, so that the next line does not run into it."""
    content = journal.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        journal.write_bytes(whole)
