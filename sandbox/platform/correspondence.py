"""What page and script interface both do with letters: find them with their links' states, and answer them."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass

from . import answers
from .letters import Letter, Link, read
from .store import Answer, Kept, Post, Store


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
    return _opened(store.letter(number), store.board(), _answered(store.answers(number)))


def open_all(store: Store) -> list[Opened]:
    """Newest first."""
    answered = _answered(store.answers())
    board = store.board()
    return [_opened(kept, board, answered) for kept in store.letters()]


def _answered(sent: Iterable[Answer]) -> set[int]:
    """Letters that somebody answered; an out-of-office note is no answer."""
    return {answer.letter for answer in sent if not answer.is_automatic}


def _opened(kept: Kept, board: Mapping[tuple[str, int], Post], answered: Container[int]) -> Opened:
    letter = read_kept(kept)
    entries = tuple(Entry(link, board.get(((link.room or "").lower(), link.id or 0))) for link in letter.links)
    return Opened(letter, entries, kept.id in answered)


def read_kept(kept: Kept) -> Letter:
    boxes = [address for address in kept.envelope_to.split(", ") if not address.startswith("postmaster@")]
    box = next(iter(boxes), "")
    return read(number=kept.id, raw=kept.raw, received_at=kept.received_at, sender=kept.envelope_from, box=box)


def answer(
    *,
    store: Store,
    relay: answers.Relay,
    outgoing: answers.Outgoing,
    once: str,
    before_text: Callable[[], None] = lambda: None,
) -> None:
    """Send an answer and keep a copy; `before_text` is called when there is no way back.

    Raises answers.NotSent (nothing left), answers.Unclear (nobody knows) or store.AlreadySent (it left before).
    """
    kept = store.begin_answer(
        letter=outgoing.letter,
        once=once,
        recipient=outgoing.recipient,
        subject=outgoing.subject,
        text=outgoing.text,
        is_automatic=outgoing.is_automatic,
    )
    try:
        answers.send(outgoing=outgoing, relay=relay, before_text=before_text)
    except answers.NotSent:
        store.forget_answer(kept)
        raise
    store.answer_left(kept)
