"""Which of a letter's items the robot removes, when, and what it says of each: not always the same.

So that the portal has something to find out: one item is said to be removed while it stays, one goes without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..correspondence import Entry

BROKEN_PROMISE = 7  # the item (counted from 1) that stays although it is said to be removed
ENOUGH = 10  # shorter letters are too small for false and silent removals
SMALL_STORY = "lakeside_library_room"


@dataclass(frozen=True)
class Manner:
    """Item numbers, as the letter prints them."""

    removed: tuple[int, ...] = ()
    """Go at first, and are said to be gone in the first answer."""
    held: tuple[int, ...] = ()
    """Said to be gone with those, but stay until somebody asks again."""
    silent: tuple[int, ...] = ()
    """Go at first, too, and are said to be under review ever after."""
    absent: tuple[int, ...] = ()
    """Go at first; said not to be there."""
    later: tuple[int, ...] = ()
    """Under review at first; go and are said to be gone in the last answer."""
    unknown: tuple[int, ...] = ()
    """Lead to nothing of this platform; said not to be there."""

    @property
    def first_to_go(self) -> tuple[int, ...]:
        return tuple(sorted((*self.removed, *self.silent, *self.absent)))

    @property
    def said_removed(self) -> tuple[int, ...]:
        return tuple(sorted((*self.removed, *self.held)))

    @property
    def under_review(self) -> tuple[int, ...]:
        return tuple(sorted((*self.silent, *self.later)))

    @property
    def not_found(self) -> tuple[int, ...]:
        return tuple(sorted((*self.absent, *self.unknown)))


def of_request(entries: Sequence[Entry]) -> Manner:
    """A first request. Four fifths go at first: of 25 items 1 to 20; the rest later."""
    here = [entry.link.number for entry in entries if entry.post]
    unknown = tuple(entry.link.number for entry in entries if not entry.post)
    if len(here) == 3 and all(entry.post and entry.post.room == SMALL_STORY for entry in entries):
        return Manner(removed=(here[0],), absent=(here[1],), later=(here[2],))
    many = max(1, len(here) * 4 // 5)
    at_first, rest = here[:many], here[many:]
    held = set(here[BROKEN_PROMISE - 1 : BROKEN_PROMISE]) if len(here) >= ENOUGH else set()
    silent = set(rest[-2:-1]) if len(here) >= ENOUGH else set()
    return Manner(
        removed=tuple(number for number in at_first if number not in held),
        held=tuple(held),
        silent=tuple(silent),
        later=tuple(number for number in rest if number not in silent),
        unknown=unknown,
    )


def of_follow_up(entries: Sequence[Entry]) -> Manner:
    """Somebody asks again: all of it goes."""
    here = tuple(entry.link.number for entry in entries if entry.post)
    return Manner(removed=here, unknown=tuple(entry.link.number for entry in entries if not entry.post))
