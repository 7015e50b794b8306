"""Who stands in the furnished house beside the story's own people, and the platform's contacts."""

import os
from dataclasses import dataclass

from accounts.models import Team, User
from accounts.services import create_person, create_team, deactivate_person, issue_token, reset_password
from accounts.states import Role
from platforms.models import Contact, Organisation
from platforms.services import activate_contact, propose_contact, record_contact_test
from sandbox.cast import CAST, TEAM_EN

NO_SUCH_BOX = "notices@telegram.test"  # the simulated platform has no such address: what goes there comes back


@dataclass(frozen=True)
class Everybody:
    """The story's cast, a colleague, and the only analyst of a second team, for whom nothing waits."""

    team: Team
    hana: User
    minseo: User
    soyeon: User
    colleague: User
    newcomer: User


def everybody() -> Everybody:
    """Make the people that the story's cast lacks. Called once a house."""
    team = Team.objects.get(name_en=TEAM_EN)
    second = create_team(name="조사2팀", name_en="Second Inquiry Team", by=None)
    colleague = _person("jiho", "한지호", Role.ANALYST, team)
    newcomer = _person("nari", "오나리", Role.ANALYST, second)
    deactivate_person(person=_person("former", "문가람", Role.INTAKE, team), by=None)
    reset_password(person=_person("fresh", "서새롬", Role.INTAKE, team), by=None)
    partner = _person("support-centre", "피해자지원센터", Role.PARTNER, team)
    issue_token(user=partner, name="Reports from the support centre", by=None)
    by_name = {person.username: User.objects.get(username=person.username) for person in CAST}
    return Everybody(team, by_name["hana"], by_name["minseo"], by_name["soyeon"], colleague, newcomer)


def again() -> Everybody:
    """The same people, read from the house."""
    found = {user.username: user for user in User.objects.all()}
    team = Team.objects.get(name_en=TEAM_EN)
    return Everybody(team, *(found[name] for name in ("hana", "minseo", "soyeon", "jiho", "nari")))


def contact_without_a_box(people: Everybody) -> Contact:
    """An active contact whose mailbox is gone."""
    telegram = Organisation.objects.get(code="telegram")
    contact = propose_contact(organisation=telegram, email=NO_SUCH_BOX, language="en", by=people.minseo)
    record_contact_test(contact=contact, by=people.minseo)
    return activate_contact(contact=Contact.objects.get(pk=contact.pk), by=people.soyeon)


def _person(username: str, name: str, role: Role, team: Team) -> User:
    password = None if role == Role.PARTNER else os.environ["SANDBOX_LOGIN_PASSWORD"]
    made, _ = create_person(
        username=username,
        name=name,
        email=f"{username}@portal.test",
        language="ko",
        roles=[(role, team)],
        by=None,
        password=password,
    )
    return made
