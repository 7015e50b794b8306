import uuid
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import User
from audit.models import Event
from audit.services import record
from audit.states import Action


@pytest.fixture
def person(transactional_db: None) -> User:
    return User.objects.create_user("minji", "Minji")


@pytest.fixture
def write(person: User) -> Callable[..., Event]:
    """Record one event in a transaction of its own."""

    def one(n: int = 0) -> Event:
        with transaction.atomic():
            return record(
                action=Action.LANGUAGE_SET, by=person, obj=person, case_id=uuid.UUID(int=7), detail={"n": n, "x": "a"}
            )

    return one
