"""Who opened what is sealed, when, and for which reason; never a word of what was opened."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AccessLog
from cases.models import Case
from dashboards.queries.pages import narrowed, page_of
from dashboards.queries.trail import Name, names_of, of_cases, sees_everything
from dashboards.words import OBJECTS

PER_PAGE = 100
WORDS, MAIL, ALL = "report.words", "mail", "all"

# What is opened in the course of the work gives its reason by itself, in these words of the code.
ROUTINE = {
    "answer to a test mail": _("the answer to a test mail"),
    "mail without a request": _("mail that belongs to no request"),
    "work on the case": _("work on the case"),
}
PARTS = {
    "mail.page": _("the mail as its sender laid it out"),
    "mail.text": _("the mail’s words"),
    "reply.page": _("the reply as its sender laid it out"),
    "reply.text": _("the reply’s words"),
    "report.words": _("the reporter’s words"),
    "thread.words": _("letters and replies of the case"),
}


@dataclass(frozen=True)
class Look:
    """One look, for a reader; `url`: the page of what was looked at, empty where it has none."""

    row: Any
    part: str
    object: str
    name: str
    url: str
    reason: str


@dataclass(frozen=True)
class Looks:
    """A page of looks, newest first, and the mark from which the older ones go on (empty at the end)."""

    rows: list[Look]
    older: str


def looks_for(user: User, wanted: dict[str, Any]) -> QuerySet[AccessLog]:
    """`given`: WORDS, MAIL (everything but these) or ALL."""
    found = AccessLog.objects.all()
    if not sees_everything(user):
        found = found.filter(of_cases(Case.objects.visible_to(user)))
    if wanted.get("given") == WORDS:
        found = found.filter(given=WORDS)
    if wanted.get("given") == MAIL:
        found = found.exclude(given=WORDS)
    return narrowed(found, wanted)


def read_looks(found: QuerySet[AccessLog], *, before: str = "") -> Looks:
    """The page that begins after the mark `before`. Two queries, however many looks there are."""
    shown, older = page_of(found, before=before, size=PER_PAGE)
    names = names_of(shown)
    return Looks([_told(row, names) for row in shown], older)


def _told(row: AccessLog, names: dict[UUID, Name]) -> Look:
    name, url = names.get(row.object_id, ("", ""))
    return Look(
        row=row,
        part=str(PARTS.get(row.given, _("an attachment"))),
        object=str(OBJECTS.get(row.object_type, row.object_type)),
        name=name,
        url=url,
        reason=str(ROUTINE.get(row.reason, row.reason)),
    )
