"""Which objects of the furnished house show which stage, and where they stand."""

from dataclasses import dataclass, field
from typing import Any

Stages = dict[str, Any]  # stage -> a row, or the tuple of keys that an address wants


@dataclass
class Objects:
    """Named as in the addresses: /cases/KEY/ shows one of `cases`."""

    cases: Stages = field(default_factory=dict)
    items: Stages = field(default_factory=dict)
    reports: Stages = field(default_factory=dict)
    requests: Stages = field(default_factory=dict)
    lines: Stages = field(default_factory=dict)
    replies: Stages = field(default_factory=dict)
    letters: Stages = field(default_factory=dict)
    messages: Stages = field(default_factory=dict)
    unmatched: Stages = field(default_factory=dict)
    uncertain: Stages = field(default_factory=dict)  # what is no letter
    organisations: Stages = field(default_factory=dict)
    contacts: Stages = field(default_factory=dict)
    answers: Stages = field(default_factory=dict)
    notifications: Stages = field(default_factory=dict)
    people: Stages = field(default_factory=dict)
    waiting: Stages = field(default_factory=dict)


@dataclass(frozen=True)
class Address:
    """`stage` is empty where the address needs no object."""

    name: str
    stage: str
    path: str
