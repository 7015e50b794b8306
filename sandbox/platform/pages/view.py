"""What every page of the desk is shown with: the language, what was just done, and what the robot is about to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..robot.clock import Clock
from ..robot.plans import Hand
from ..robot.runner import Coming

DONE = frozenset(
    {
        *("remove", "restore", "send", "send_before", "nothing"),
        *("robot", "hand", "speed", "take", "hurry", "hurry_nothing", "hurry_not_sent"),
    }
)


@dataclass(frozen=True)
class Notice:
    """A line above the page: what was done, or what is wrong."""

    key: str
    part: str = ""
    count: int = 0
    is_error: bool = False

    @classmethod
    def of(cls, key: str, part: str = "") -> "Notice":
        return cls(key, part=part, is_error=True)

    @classmethod
    def after(cls, did: str, count: int) -> "Notice | None":
        return cls(f"did_{did}", count=count) if did in DONE else None


@dataclass(frozen=True)
class View:
    """One look at the desk; `coming` are the robot's steps, the next one first."""

    language: str
    clock: Clock = field(default_factory=Clock)
    coming: Sequence[Coming] = ()
    hands: Mapping[int, Hand] = field(default_factory=dict)
    notice: Notice | None = None
    portal: str = ""

    def coming_for(self, letter: int) -> list[Coming]:
        return [one for one in self.coming if one.plan.letter == letter]
