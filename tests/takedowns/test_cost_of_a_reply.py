"""How often one reply asks the databases, from the door to the filed reply: their journeys are most of its time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connections

from mailroom.addresses import reply_address
from mailroom.services import inbox
from takedowns import services
from tests.takedowns import stages

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements of the block on both databases; begin and commit are not among them."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with ExitStack() as watched:
        for alias in connections:
            watched.enter_context(connections[alias].execute_wrapper(note))
        yield statements


def test_a_reply_asks_the_databases_this_often(cast) -> None:
    letter = stages.approved(cast).letters.get()
    head = f"From: <{stages.LIAISON}>\r\nTo: {reply_address(letter.mail.token)}\r\nMessage-ID: <one@telegram.test>\r\n"
    data = f"{head}\r\n1-3 have been removed.\r\n".encode()
    to = [reply_address(letter.mail.token)]
    with asked() as at_the_door:
        inbox.receive(door="lmtp", envelope_from=stages.LIAISON, envelope_to=to, data=data)
    with asked() as to_read:
        assert inbox.parse_next()
    with asked() as to_file:
        assert services.file_next()
    assert (len(at_the_door), len(to_read), len(to_file)) == (5, 11, 20)
