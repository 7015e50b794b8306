"""A mail that cannot be filed holds nobody up and is not lost: real mails, and a database that refuses one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from audit.models import Event
from audit.states import Action
from keys.services import unseal
from mailroom.models import Alarm, IncomingMail
from mailroom.services import inbox
from mailroom.states import AlarmKind, IncomingState, Unreadable
from takedowns import services
from takedowns.models import Reply, TakedownRequest
from tests.servers import connect, owner_url
from tests.takedowns import stages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> None:
    settings.MAIL_PARSE_RETRY_SECONDS = 0.0


@contextmanager
def refusing(table: str, mail: IncomingMail) -> Iterator[None]:
    """The database takes no row of this mail in that table."""
    with connect(owner_url("default")) as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK (incoming_id <> '{mail.pk}') NOT VALID")
    try:
        yield
    finally:
        with connect(owner_url("default")) as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT refused")


def come_in(request: TakedownRequest, words: str) -> IncomingMail:
    """An answer to the request's letter, stored at the door and not read yet."""
    to = f"takedown+r.{request.letters.get().mail.token}@portal.test"
    data = f"From: <{stages.LIAISON}>\r\nTo: <{to}>\r\nMessage-ID: <{words}@telegram.test>\r\n\r\n{words} removed\r\n"
    return inbox.receive(door="lmtp", envelope_from=stages.LIAISON, envelope_to=[to], data=data.encode())


def work() -> int:
    """As read_mail does, until nothing is due; how many steps it took."""
    steps = 0
    while any([inbox.parse_next(), services.file_next()]):
        steps += 1
        assert steps < 50, "the queue does not come to rest"
    return steps


def test_the_next_mail_is_filed_and_the_first_is_given_up_in_sight(cast: Any, client: Any) -> None:
    request = stages.approved(cast)
    first, second = come_in(request, "1"), come_in(request, "2")
    with refusing("takedowns_reply", first):
        work()
        assert [reply.incoming for reply in Reply.objects.all()] == [second]
        first.refresh_from_db()
        assert (first.state, first.unreadable, first.tries) == (IncomingState.POISON, Unreadable.NOT_FILED, inbox.TRIES)
        assert first.filed_at is None
        assert b"1 removed" in bytes(unseal(record=first.raw_id, sealed=bytes(first.raw.sealed)))
        assert Alarm.objects.open().get().kind == AlarmKind.MAIL_NOT_FILED
        assert Event.objects.for_object(first).filter(action=Action.MAIL_UNREADABLE).get().detail["why"] == "not_filed"
        # In sight of whoever runs the mail, and of those who work on cases, with its words.
        client.force_login(cast.supervisor)
        again = reverse("takedowns:try_again", args=[first.pk])
        for page in ("/mail/", reverse("takedowns:unmatched_mail", args=[first.pk])):
            shown = client.get(page).content.decode()
            assert "could not be filed" in shown
            assert again in shown
        assert "1 removed" in shown
        # Tried again while the cause is still there: given up again, and the alarm is back.
        client.post(again)
        assert not Alarm.objects.open().exists()
        work()
        assert Alarm.objects.open().get().kind == AlarmKind.MAIL_NOT_FILED
    client.post(again)
    work()
    assert Reply.objects.filter(incoming=first).count() == 1
    first.refresh_from_db()
    assert (first.state, first.unreadable) == (IncomingState.PARSED, "")
    assert not Alarm.objects.open().exists()
    tried = Event.objects.for_object(first).filter(action=Action.MAIL_TRIED_AGAIN)
    assert [(event.actor, event.detail) for event in tried] == [(cast.supervisor.pk, {"why": "not_filed"})] * 2


def test_so_is_a_mail_that_cannot_be_tied_to_its_letter(cast: Any) -> None:
    request = stages.approved(cast)
    first, second = come_in(request, "1"), come_in(request, "2")
    with refusing("mailroom_incomingmatch", first):
        work()
        assert [reply.incoming for reply in Reply.objects.all()] == [second]
        first.refresh_from_db()
        assert (first.state, first.unreadable, first.tries) == (IncomingState.POISON, Unreadable.NOT_FILED, inbox.TRIES)
        assert Alarm.objects.open().get().kind == AlarmKind.MAIL_NOT_FILED
    inbox.try_again(mail=first, by=cast.administrator)
    work()
    assert Reply.objects.filter(incoming=first).count() == 1


def test_it_waits_while_the_others_go_first(cast: Any, settings: Any) -> None:
    settings.MAIL_PARSE_RETRY_SECONDS = 3600.0
    request = stages.approved(cast)
    first, second = come_in(request, "1"), come_in(request, "2")
    with refusing("takedowns_reply", first):
        work()
    first.refresh_from_db()
    assert (first.state, first.tries) == (IncomingState.PARSED, 1)
    assert [reply.incoming for reply in Reply.objects.all()] == [second]
    assert not Alarm.objects.exists()


def test_a_database_that_does_not_answer_is_no_mails_fault(cast: Any) -> None:
    mail = come_in(stages.approved(cast), "1")
    assert inbox.parse_next()
    with connect(owner_url("default")) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE takedowns_reply IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as ours:
            ours.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError):
            services.file_next()
        cursor.execute("ROLLBACK")
    with connection.cursor() as ours:
        ours.execute("RESET lock_timeout")
    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (IncomingState.PARSED, 0)
    assert services.file_next()
    assert Reply.objects.filter(incoming=mail).exists()


def test_no_word_of_the_mail_goes_into_the_log(cast: Any, caplog: Any) -> None:
    mail = come_in(stages.approved(cast), "1")
    with refusing("takedowns_reply", mail):
        work()
    told = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records if "Filing" in record.msg)
    assert str(mail.pk) in told
    assert "IntegrityError" in told
    assert stages.LIAISON not in told
    assert "Failing row" not in told
