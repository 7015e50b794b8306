"""The story's time: hours that pass in seconds, only while the robot works."""

from dataclasses import dataclass
from enum import StrEnum

SPEEDS = {"slow": 10.0, "normal": 3.0, "fast": 0.5}  # seconds of real time for one hour of the story
SHORTEST, LONGEST = 0.001, 3600.0


class Mode(StrEnum):
    ROBOT = "robot"
    HAND = "hand"


@dataclass(frozen=True)
class Clock:
    """`hours` of the story had passed at `since` (seconds of the epoch, as `now` always is)."""

    mode: Mode = Mode.HAND
    hour_seconds: float = SPEEDS["normal"]
    hours: float = 0.0
    since: float = 0.0

    @property
    def runs(self) -> bool:
        return self.mode is Mode.ROBOT

    def at(self, now: float) -> float:
        """The story's hour at this moment. A wall clock that is put back makes it wait, never go back."""
        return self.hours + max(0.0, now - self.since) / self.hour_seconds if self.runs else self.hours

    def seconds_until(self, due: float, now: float) -> float | None:
        """Real seconds until the story's hour `due`, 0 when it is past; None while the clock stands still."""
        return max(0.0, due - self.at(now)) * self.hour_seconds if self.runs else None
