"""The people of the tests, each with a stated role."""

from dataclasses import dataclass

import pytest

from accounts.models import Team, User
from accounts.services import create_person, create_team
from accounts.states import Role

PASSWORD = "a quiet harbour at dawn 7"


@dataclass(frozen=True)
class Cast:
    """Everybody belongs to `team`, or to the whole house, but the outsider: an analyst of `other_team`."""

    team: Team
    other_team: Team
    intake: User
    analyst: User
    second_analyst: User
    supervisor: User
    second_supervisor: User
    auditor: User
    administrator: User
    privacy_officer: User
    partner: User
    outsider: User

    def __iter__(self):
        """All people."""
        return (value for value in vars(self).values() if isinstance(value, User))


@pytest.fixture
def cast(db: None) -> Cast:
    team = create_team(name="대응팀", name_en="Response Team", by=None)
    other = create_team(name="조사팀", name_en="Inquiry Team", by=None)

    def person(username: str, role: Role, of: Team | None) -> User:
        made, _ = create_person(
            username=username, name=username.title(), language="en", roles=[(role, of)], by=None, password=PASSWORD
        )
        return made

    return Cast(
        team=team,
        other_team=other,
        intake=person("intake", Role.INTAKE, team),
        analyst=person("analyst", Role.ANALYST, team),
        second_analyst=person("second-analyst", Role.ANALYST, team),
        supervisor=person("supervisor", Role.SUPERVISOR, team),
        second_supervisor=person("second-supervisor", Role.SUPERVISOR, team),
        auditor=person("auditor", Role.AUDITOR, None),
        administrator=person("administrator", Role.ADMINISTRATOR, None),
        privacy_officer=person("privacy-officer", Role.PRIVACY_OFFICER, None),
        partner=person("partner", Role.PARTNER, team),
        outsider=person("outsider", Role.ANALYST, other),
    )
