"""What the pages of the sandbox tell whoever looks at them: where the story stands, and what this person can do now."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import can
from accounts.states import Role
from sandbox.cast import CAST, Person
from sandbox.story import switch
from sandbox.story.acts import Act, Place, Who
from sandbox.story.now import places

DUTIES: dict[Role, Promise] = {
    Role.INTAKE: _("Records reports and sees what becomes of them."),
    Role.ANALYST: _("Groups reports into cases, writes the letters, reads the replies, confirms removals."),
    Role.SUPERVISOR: _("Approves letters, watches the deadlines and how platforms behave."),
    Role.AUDITOR: _("Reads who did what, and the chain that proves it."),
    Role.ADMINISTRATOR: _("Gives accounts and roles to people."),
    Role.PRIVACY_OFFICER: _("Sees who looked at protected words, and why."),
}


@dataclass(frozen=True)
class CastMember:
    """A person of the story as the log-in page and the story's panel show them."""

    person: Person

    @property
    def name(self) -> str:
        """On English pages in Latin letters too; the house's own pages have the name as the person writes it."""
        written = self.person.name
        return f"{self.person.romanised} {written}" if get_language() == "en" else written

    @property
    def role(self) -> str:
        return str(Role(self.person.role).label)

    @property
    def duty(self) -> Promise:
        return DUTIES[Role(self.person.role)]


def cast() -> list[CastMember]:
    return [CastMember(person) for person in CAST]


class Mode(StrEnum):
    """How the house's side goes on. NOBODY: no player runs, so people play."""

    PLAYING = "playing"
    TAKEN_OVER = "taken_over"
    NOBODY = "nobody"
    OVER = "over"


class Guide:
    """The story for one viewer (None: nobody is logged in). Two queries, made when first needed."""

    def __init__(self, viewer: User | None) -> None:
        self.viewer = viewer

    @cached_property
    def places(self) -> list[Place]:
        return places()

    @cached_property
    def at(self) -> Place:
        """The chapter that is told now: the first that is not over; the main one when all are."""
        return next((each for each in self.places if each.act), self.places[0])

    @property
    def act(self) -> Act | None:
        return self.at.act

    @cached_property
    def mode(self) -> Mode:
        if self.act is None:
            return Mode.OVER
        if not switch.is_running():
            return Mode.NOBODY
        return Mode.TAKEN_OVER if switch.is_taken_over() else Mode.PLAYING

    @property
    def plays(self) -> bool:
        """The player goes on by itself."""
        return self.mode == Mode.PLAYING

    @property
    def key(self) -> str:
        """Changes whenever something of this changes."""
        return f"{self.since}.{self.mode}"

    @property
    def whole_key(self) -> str:
        """The same for every chapter together."""
        return ".".join([*(each.act.code if each.act else "over" for each in self.places), self.mode])

    @property
    def since(self) -> str:
        """The act whose turn it is, by its code."""
        return f"{self.at.chapter.room}.{self.act.code if self.act else 'over'}"

    @property
    def turn(self) -> CastMember | None:
        """Whose turn it is, if it is one of the staff."""
        act = self.act
        if act is None or not act.who.is_staff:
            return None
        return next(member for member in cast() if member.person.role == act.who.value)

    @property
    def is_mine(self) -> bool:
        """Whether the viewer holds the role whose turn it is."""
        act, viewer = self.act, self.viewer
        return bool(act and viewer and any(held.role == act.who.value for held in viewer.held_roles))

    @property
    def waits_for_viewer(self) -> bool:
        """Nothing has happened yet, and nobody is there to see it: the player begins when somebody logs in."""
        return self.viewer is None and self.plays and self.at.before is None

    @property
    def left_open(self) -> str:
        """The case that the story leaves open, if the viewer may see it and nobody has closed it; else nothing."""
        last, viewer = self.places[-1], self.viewer
        case = last.facts.case
        may_see = viewer is not None and can(viewer, Permission.SEE_CASES)
        return last.page if may_see and case and not case.closed else ""

    @property
    def may_begin(self) -> bool:
        """Whether the viewer can record a report, and so begin a case of one's own."""
        return self.viewer is not None and can(self.viewer, Permission.RECORD_REPORT)

    @property
    def waits_for_platform(self) -> bool:
        return self.act is not None and self.act.who == Who.PLATFORM

    @property
    def watch(self) -> str:
        """The page where the viewer sees what is happening, as far as they may."""
        case, viewer = self.at.facts.case, self.viewer
        if viewer and case and can(viewer, Permission.SEE_CASES):
            return reverse("cases:case", args=[case.id])
        if viewer and not case and can(viewer, Permission.SEE_REPORTS):
            return reverse("cases:reports")
        return reverse("sandbox:story")
