"""Whom a piece of news concerns."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import Team, User
from accounts.rules import people_who
from cases.models import Case
from notices.states import CONCERNS, NewsKind
from takedowns.models import Letter, Reply, Revision, TakedownRequest

APPROVALS = {NewsKind.APPROVAL: "request", NewsKind.MESSAGE: "free_letter"}  # what their wordings belong to
WATCHED = (NewsKind.DEADLINE_PASSED, NewsKind.LETTER)  # supervisors are told of these as well


def people_for(kind: NewsKind, *, case: Case, object_id: UUID) -> set[User]:
    """The owner of the case and whoever drafted the request, as far as they may act; else everybody who may.

    An approval concerns those who may give it: supervisors who wrote none of the letter, or of the message.
    """
    able = set(people_who(CONCERNS[kind], case.team))
    if kind in APPROVALS:
        authors = set(Revision.objects.filter(**{APPROVALS[kind]: object_id}).values_list("author", flat=True))
        return {person for person in able if person.pk not in authors}
    near = {case.owner_id, *_drafters(kind, object_id)}
    close = {person for person in able if person.pk in near} or able
    return close | set(_supervisors(case.team)) if kind in WATCHED else close


def _supervisors(team: Team) -> Iterable[User]:
    return people_who(CONCERNS[NewsKind.APPROVAL], team)


def _drafters(kind: NewsKind, object_id: UUID) -> Iterable[UUID]:
    """Who drafted the request that the news is about."""
    if kind == NewsKind.CAME_BACK:
        return []
    of: Any = {
        NewsKind.REPLY: Reply.objects.filter(pk=object_id).values("request"),
        NewsKind.LETTER: Letter.objects.filter(pk=object_id).values("request"),
    }.get(kind, [object_id])
    return TakedownRequest.objects.filter(pk__in=of).values_list("drafted_by", flat=True)
