"""Where the story stands at this moment."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.story import switch
from sandbox.story.acts import Chapter, Place, place
from sandbox.story.chapters import CHAPTERS
from sandbox.story.facts import read


def places(chapters: Sequence[Chapter] = CHAPTERS) -> list[Place]:
    """Where each chapter of the story stands; a story that was told to its end stays there. At most two queries."""
    facts = read(*(chapter.room for chapter in chapters))
    found = [place(chapter, facts[chapter.room]) for chapter in chapters]
    if switch.is_over():
        return [replace(each, act=None, number=each.of) for each in found]
    main = found[0]
    return [replace(each, waits=_waits(each, main)) for each in found]


def _waits(each: Place, main: Place) -> bool:
    """Whether nobody has begun it, and the first chapter has not come far enough."""
    return not each.facts.items and main.act is not None and main.number <= each.chapter.after
