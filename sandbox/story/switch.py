"""Who plays the house's side: the player, or a person who took over. Kept as files in the sandbox's folder."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from django.conf import settings


def folder() -> Path:
    """Where the player keeps what it must remember; it is there once a player has run."""
    return Path(cast(Any, settings).SANDBOX_FOLDER) / "story"


def is_begun() -> bool:
    """Whether a player has ever run here: without one, pages tell nothing of the story."""
    return folder().is_dir()


def begin() -> None:
    """Note that this process is the player."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "player").write_text(str(os.getpid()))


def is_running() -> bool:
    """Whether a player runs at this moment."""
    try:
        os.kill(int((folder() / "player").read_text()), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def is_taken_over() -> bool:
    return (folder() / "taken-over").exists()


def take_over() -> None:
    """Let the player wait: a person plays. Safe to repeat."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "taken-over").touch()


def is_over() -> bool:
    return (folder() / "over").exists()


def end() -> None:
    """Note that the story was told to its end: what people do with its rows afterwards is a story of their own."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "over").touch()


def let_play() -> None:
    """Let the player go on. Safe to repeat."""
    with suppress(FileNotFoundError):
        (folder() / "taken-over").unlink()
