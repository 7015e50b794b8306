"""A thread that gives signs of life for its process, as long as the process's own loop turns."""

import logging
import threading
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from mailroom.services import pulses
from mailroom.states import Part

logger = logging.getLogger(__name__)


class Pulse:
    """`with Pulse(Part.DOOR, "mail1:2424") as pulse:`, and `pulse.turn()` in the loop.

    `pulse.falter()` says that something could not be taken in: whoever brought it still has it, and what is known
    about mail that did not come counts from then on only. A silent loop falters as well. Losing the database does no
    harm: the next sign of life begins anew.
    """

    def __init__(self, part: Part, place: str) -> None:
        self._part, self._place = part, place
        self._turned = threading.Event()
        self._faltered = threading.Event()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._leaving.set()
        self._thread.join(timeout=settings.MAIL_BEAT_SECONDS)

    def turn(self) -> None:
        self._turned.set()

    def falter(self) -> None:
        self._faltered.set()

    def _run(self) -> None:
        begun = False
        while True:
            # Each flag is taken down only when it was seen up: one that goes up meanwhile counts next time.
            turned, faltered = _taken_down(self._turned), _taken_down(self._faltered)
            try:
                if begun:
                    pulses.beat(part=self._part, place=self._place, steady=turned and not faltered)
                else:
                    pulses.begin(part=self._part, place=self._place)
                    begun = True
            except (DatabaseError, InterfaceError) as problem:
                self._faltered.set()
                logger.warning("no sign of life: %s", type(problem).__name__)
                connections.close_all()
            if self._leaving.wait(settings.MAIL_BEAT_SECONDS):
                connections.close_all()
                return


def _taken_down(flag: threading.Event) -> bool:
    if not flag.is_set():
        return False
    flag.clear()
    return True
