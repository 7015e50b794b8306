"""The simulated platform's liaison, as the sandbox's pages and the player see it: through its desk's interface."""

from dataclasses import dataclass
from typing import Any, cast

import httpx
from django.conf import settings
from django.utils.translation import get_language

SECONDS = 3.0


class PlatformDown(Exception):
    """The simulated platform does not answer."""


@dataclass(frozen=True)
class Plan:
    """What the robot liaison will do next; `seconds` is None when it waits for something else."""

    letter: int
    subject: str
    words: str
    seconds: float | None


@dataclass(frozen=True)
class Robot:
    """Who plays the liaison, how long an hour of the story takes, and what is planned."""

    plays: bool
    hour_seconds: float
    plans: list[Plan]


def address() -> str:
    """The liaison's desk, for a browser on this machine."""
    return f"{cast(Any, settings).SANDBOX_PLATFORM}/liaison/"


def robot() -> Robot:
    """Raises PlatformDown."""
    told = _call("GET", "robot")
    words = "words_ko" if get_language() == "ko" else "words"
    plans = [Plan(each["letter"], each["subject"], each[words], each["in_seconds"]) for each in told["plans"]]
    return Robot(told["mode"] == "robot", told["hour_seconds"], plans)


def set_robot(**wanted: str | float) -> None:
    """`mode` ("robot" or "hand") and/or `hour_seconds`. Raises PlatformDown."""
    _call("POST", "robot", wanted)


def hurry() -> None:
    """The next planned step happens now. Raises PlatformDown."""
    _call("POST", "hurry", {})


def is_removed(room: str, number: int) -> bool:
    """Whether the platform took this message off, as the latest letter that names it shows. Raises PlatformDown."""
    links = (link for letter in _call("GET", "inbox") for link in letter["links"])
    states = [link["state"] for link in links if (link["room"], link["id"]) == (room, number)]
    return bool(states) and states[0] == "removed"


def _call(method: str, name: str, body: Any = None) -> Any:
    try:
        answer = httpx.request(method, f"{address()}api/{name}", json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise PlatformDown(str(error)) from error
