from collections.abc import Callable

import pytest

from accounts.models import Team, User
from accounts.services import Grant, create_person, create_team
from accounts.states import Role

PASSWORD = "a good long secret"


@pytest.fixture
def seoul(db: None) -> Team:
    return create_team(name="서울팀", name_en="Seoul team", by=None)


@pytest.fixture
def busan(db: None) -> Team:
    return create_team(name="부산팀", name_en="Busan team", by=None)


@pytest.fixture
def make(db: None) -> Callable[..., User]:
    """A person with these roles; a bare role is held in every team."""

    def one(username: str, *roles: Role | Grant, **fields: str) -> User:
        grants = [role if isinstance(role, tuple) else (role, None) for role in roles]
        user, _password = create_person(
            username=username, name=username.title(), roles=grants, by=None, password=PASSWORD, **fields
        )
        return User.objects.get(pk=user.pk)

    return one


@pytest.fixture
def admin(make: Callable[..., User]) -> User:
    return make("dana", Role.ADMINISTRATOR)
