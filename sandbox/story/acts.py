"""What the story is made of: chapters of steps of acts, and the place at which a chapter stands. Pure.

An act is done when the house's rows say so, whoever did it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from sandbox.story import pages, questions
from sandbox.story.facts import Facts
from sandbox.story.pages import Address
from sandbox.story.questions import Question


class Who(StrEnum):
    """Whose turn it is. The first three are roles of the cast."""

    INTAKE = "intake"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    PLATFORM = "platform"
    HOUSE = "house"

    @property
    def is_staff(self) -> bool:
        return self not in (Who.PLATFORM, Who.HOUSE)


@dataclass(frozen=True)
class Act:
    """`words`: what is to happen; `told`: what has happened; `page`: where it is done, or can be watched.

    `skip`: it need not happen any more, as when somebody played the story otherwise. A closed case is not worked on:
    only an act with `after_closing` is still to be done then.
    """

    code: str
    who: Who
    words: str | Promise
    told: str | Promise
    done: Question
    page: Address
    skip: Question = questions.never
    after_closing: bool = False


@dataclass(frozen=True)
class Step:
    words: str | Promise
    acts: Sequence[Act]


@dataclass(frozen=True)
class Chapter:
    """A room of the story with its steps. It begins when the first chapter has passed its step `after`.

    `code` stands before its lines in the terminal; the first chapter needs none.
    """

    room: str
    title: str | Promise
    steps: Sequence[Step]
    after: int = 0
    code: str = ""

    def acts(self) -> Iterator[tuple[int, Act]]:
        """Each act with its step's number, from 1."""
        for number, step in enumerate(self.steps, start=1):
            for act in step.acts:
                yield number, act


@dataclass(frozen=True)
class SeenAct:
    """`state`: done, now or next."""

    words: str | Promise
    told: str | Promise
    state: str


@dataclass(frozen=True)
class SeenStep:
    """`state`: done, now or next."""

    words: str | Promise
    state: str
    acts: Sequence[SeenAct]


@dataclass(frozen=True)
class Place:
    """Where a chapter stands: the act whose turn it is (None: it is over), and the one before it.

    `waits`: its turn has not come yet.
    """

    chapter: Chapter
    facts: Facts
    act: Act | None
    number: int
    before: Act | None
    waits: bool = False

    @property
    def of(self) -> int:
        return len(self.chapter.steps)

    @property
    def step(self) -> Step:
        return self.chapter.steps[self.number - 1]

    @property
    def steps(self) -> list["SeenStep"]:
        """Every step with its acts, each done, now or next, as a page lists them."""
        before = True
        steps = []
        for number, step in enumerate(self.chapter.steps, start=1):
            acts = []
            for act in step.acts:
                before = before and act is not self.act
                is_now = act is self.act and not self.waits
                if is_now or not before or act.done(self.facts):  # what was skipped is not told
                    acts.append(SeenAct(act.words, act.told, "now" if is_now else "done" if before else "next"))
            now = self.act is not None and number == self.number and not self.waits
            steps.append(SeenStep(step.words, "now" if now else "done" if before else "next", acts))
        return steps

    @property
    def page(self) -> str:
        """The page of the act whose turn it is; at the end, the case's."""
        return self.act.page(self.facts) if self.act else pages.case(self.facts)


def place(chapter: Chapter, facts: Facts) -> Place:
    """The first act that is not done."""
    before = None
    over = bool(facts.case and facts.case.closed)
    for number, act in chapter.acts():
        if not (act.done(facts) or act.skip(facts) or (over and not act.after_closing)):
            return Place(chapter, facts, act, number, before)
        before = act
    return Place(chapter, facts, None, len(chapter.steps), before)
