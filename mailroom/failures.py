"""Telling what goes wrong with one mail from a database that is away, and saying so without the mail's words."""

import traceback

from django.db import InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError)  # no mail's fault: it is tried again, and not counted
FRAMES = 4


def told(error: Exception) -> str:
    """What failed and where. The error's own words stay out: they may be a mail's."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " < ".join([type(error).__name__, *(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))])
