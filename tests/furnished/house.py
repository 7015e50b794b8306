"""A house whose data show every page at its interesting stages, for the browser and the pictures."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.stack import Stack
from tests.furnished.objects import Address
from tests.house import QUICK, House
from tests.servers import without_servers


@dataclass
class FurnishedHouse:
    """Portal and database run on; what would change the data by itself has stopped."""

    house: House
    pages: list[Address]
    unfurnished: list[str]  # names of addresses for which nobody made an object

    @property
    def url(self) -> str:
        return self.house.stack.url

    def page(self, name: str, stage: str = "") -> str:
        """The path of one page."""
        return next(each.path for each in self.pages if (each.name, each.stage) == (name, stage))

    @property
    def password(self) -> str:
        """Everybody's, the partner's program excepted."""
        return self.house.stack.secrets.login_password


@contextmanager
def furnished_house() -> Iterator[FurnishedHouse]:
    """A house of its own, filled, and gone at the end."""
    with tempfile.TemporaryDirectory(prefix="portal-house-") as folder:
        Path(folder).chmod(0o755)  # the database's user is not always ours
        with Stack(var=Path(folder) / "var", durable=False, extra=QUICK, given=without_servers()) as stack:
            yield furnish(House(stack))


def furnish(house: House) -> FurnishedHouse:
    """Fill a house that has only its seed: first with everything running, then with the restless parts stopped."""
    _run(house, "lively")
    for part in ("beat", "worker", "sender", "reader", "door"):
        house.stack.stop(part)
    told = _run(house, "still")
    found = [Address(**each) for each in json.loads(told.splitlines()[-1])]
    return FurnishedHouse(
        house, [each for each in found if each.path], sorted({each.name for each in found if not each.path})
    )


def _run(house: House, part: str) -> str:
    return house.manage("shell", "--no-imports", "--command", f"from tests.furnished import {part}; {part}.furnish()")
