"""What page and script interface both do with letters: find them with their links' states, and answer them."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from . import answers
from .letters import Letter, Link, read
from .store import Kept, Post, Store


@dataclass(frozen=True)
class Entry:
    """One numbered link of a letter and the message that it leads to, if that exists here."""

    link: Link
    post: Post | None

    @property
    def state(self) -> str:
        """live, removed or elsewhere."""
        if self.post is None:
            return "elsewhere"
        return "live" if self.post.is_live else "removed"


@dataclass(frozen=True)
class Opened:
    """A letter with the state of its links at this moment."""

    letter: Letter
    entries: tuple[Entry, ...]
    answered: bool

    def numbers(self, state: str) -> list[int]:
        return [entry.link.number for entry in self.entries if entry.state == state]


def open_letter(store: Store, number: int) -> Opened:
    """Raises NotHere."""
    return _opened(store.letter(number), store.board(), {answer.letter for answer in store.answers(number)})


def open_all(store: Store) -> list[Opened]:
    """Newest first."""
    answered = {answer.letter for answer in store.answers()}
    board = store.board()
    return [_opened(kept, board, answered) for kept in store.letters()]


def _opened(kept: Kept, board: Mapping[tuple[str, int], Post], answered: Container[int]) -> Opened:
    letter = read(number=kept.id, raw=kept.raw, received_at=kept.received_at)
    entries = tuple(Entry(link, board.get(((link.room or "").lower(), link.id or 0))) for link in letter.links)
    return Opened(letter, entries, kept.id in answered)


def answer(*, store: Store, relay: tuple[str, int], letter: Letter, text: str, once: str) -> answers.Outgoing:
    """Send an answer and keep a copy. Raises answers.NotSent (nothing left) or store.AlreadySent (it left before)."""
    outgoing = answers.compose(letter=letter, text=text)
    kept = store.begin_answer(
        letter=letter.id, once=once, recipient=outgoing.recipient, subject=outgoing.subject, text=outgoing.text
    )
    try:
        answers.send(outgoing=outgoing, relay=relay)
    except answers.NotSent:
        store.forget_answer(kept)
        raise
    store.answer_left(kept)
    return outgoing
