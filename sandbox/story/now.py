"""Where the story stands at this moment."""

from collections.abc import Sequence

from sandbox.story.acts import Chapter, Place, place
from sandbox.story.chapters import CHAPTERS
from sandbox.story.facts import read


def places(chapters: Sequence[Chapter] = CHAPTERS) -> list[Place]:
    """Where each chapter of the story stands. At most two queries."""
    facts = read(*(chapter.room for chapter in chapters))
    return [place(chapter, facts[chapter.room]) for chapter in chapters]
