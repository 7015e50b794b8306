"""The door that fetches, against a real Dovecot: nothing lost, nothing twice, whatever happens to the mailbox."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailroom import fetching
from mailroom.fetching import MARK, envelope_of, mailbox_of, opened
from mailroom.models import Delivery, Fetched, IncomingMail, OutgoingMail, RawMail
from mailroom.services import inbox
from mailroom.states import MatchedBy
from tests.mailroom import dovecot
from tests.mailroom.dovecot import Dovecot
from tests.mailroom.processes import manage
from tests.waiting import until

with_dovecot = pytest.mark.skipif(dovecot.PROGRAM is None, reason="Dovecot is not here (Debian's dovecot-imapd)")
for_real = pytest.mark.django_db(transaction=True)
LIAISON = "dmca@telegram.test"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as found:
        yield found


@pytest.fixture
def box(server: Dovecot, request: pytest.FixtureRequest) -> str:
    """A folder of its own for each test, in the mailbox that our addresses lead to."""
    name = f"Box{abs(hash(request.node.name)) % 10**9}"
    with server.mailbox("takedown") as client:
        client.create_folder(name)
    return name


def reply(body: str = "1-2 removed", number: int = 1) -> bytes:
    return f"From: {LIAISON}\r\nSubject: Re: request\r\nMessage-ID: <{number}@telegram.test>\r\n\r\n{body}\r\n".encode()


def sweep(server: Dovecot, folder: str = "INBOX") -> int:
    with opened(mailbox_of(server.url("takedown", folder))) as fetcher:
        return fetcher.sweep()


def put(server: Dovecot, folder: str, *mails: bytes) -> None:
    with server.mailbox("takedown", folder) as client:
        for mail in mails:
            client.append(folder, mail)


def flags(server: Dovecot, folder: str) -> dict[int, set[bytes]]:
    with server.mailbox("takedown", folder) as client:
        return {uid: set(found) - {b"\\Recent"} for uid, found in client.get_flags(client.search(["ALL"])).items()}


@with_dovecot
@for_real
def test_a_reply_that_lies_in_a_mailbox_finds_its_letter(server: Dovecot, letter: Callable[..., OutgoingMail]) -> None:
    sent = letter()
    forged = f"Delivered-To: takedown+r.{letter().token}@portal.test\r\n".encode()
    server.deliver(forged + reply(), to=f"takedown+r.{sent.token}@portal.test", sender=LIAISON)
    assert sweep(server) == 1
    assert inbox.parse_next()
    mail = IncomingMail.objects.get()
    assert (mail.answers, mail.matched_by) == (sent, MatchedBy.TOKEN)
    delivery = Delivery.objects.get()
    assert (delivery.door, delivery.envelope_from) == ("imap", LIAISON)
    assert flags(server, "INBOX") == {1: {MARK.encode()}}  # and not \Seen: people may look into it, too
    assert sweep(server) == 0


@with_dovecot
@for_real
def test_1_killed_after_storing_and_before_the_mark(server: Dovecot, box: str) -> None:
    put(server, box, reply())
    assert sweep(server, box) == 1
    for number_was_noted in (True, False):
        with server.mailbox("takedown", box) as client:
            client.remove_flags([1], [MARK])
        if not number_was_noted:
            Fetched.objects.all().delete()
        sweep(server, box)
        assert flags(server, box) == {1: {MARK.encode()}}
        assert RawMail.objects.count() == IncomingMail.objects.count() == 1
    assert inbox.parse_next()
    assert not inbox.parse_next()


@with_dovecot
@for_real
def test_2_uidvalidity_changes(server: Dovecot, box: str) -> None:
    put(server, box, reply(number=1), reply(number=2))
    assert sweep(server, box) == 2
    with server.mailbox("takedown") as client:
        client.delete_folder(box)
        client.create_folder(box)
    put(server, box, reply(number=3), reply(number=2), reply(number=1))
    assert sweep(server, box) == 1  # the whole folder was looked at, and one mail in it was new
    assert IncomingMail.objects.count() == RawMail.objects.count() == Delivery.objects.count() == 3
    assert Fetched.objects.values("uidvalidity").distinct().count() == 2


@with_dovecot
@for_real
def test_3_a_number_is_used_twice(server: Dovecot, box: str) -> None:
    put(server, box, reply("the first"))
    assert sweep(server, box) == 1
    with server.mailbox("takedown") as client:
        client.delete_folder(box)
        client.create_folder(box)
    put(server, box, reply("the second"))
    with server.mailbox("takedown", box) as client:
        validity = client.folder_status(box, ["UIDVALIDITY"])[b"UIDVALIDITY"]
    Fetched.objects.update(uidvalidity=validity)  # as a server has it that begins anew with the same mark
    assert sweep(server, box) == 1
    assert Fetched.objects.filter(uidvalidity=validity, uid=1).count() == IncomingMail.objects.count() == 2


@with_dovecot
@for_real
def test_one_that_cannot_be_taken_in_holds_up_nobody(server: Dovecot, box: str, settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 2_000
    put(server, box, reply("x" * 3_000, 1), reply("short", 2))
    assert sweep(server, box) == 1
    assert flags(server, box) == {1: set(), 2: {MARK.encode()}}
    settings.MAIL_MAX_BYTES = 10_000
    assert sweep(server, box) == 1


@with_dovecot
@for_real
def test_what_somebody_deleted_before_we_saw_it_is_taken_in(server: Dovecot, box: str) -> None:
    put(server, box, reply())
    with server.mailbox("takedown", box) as client:
        client.delete_messages([1])
    assert sweep(server, box) == 1


@with_dovecot
@for_real
def test_the_process_hears_of_new_mail_at_once(server: Dovecot, box: str) -> None:
    with manage("fetch_mail", MAIL_IMAP_URL=server.url("takedown", box), MAIL_IMAP_SWEEP_SECONDS=600):
        put(server, box, reply(number=1))
        until(lambda: IncomingMail.objects.count() == 1, what="the mail that lay there")
        put(server, box, reply(number=2))
        until(lambda: IncomingMail.objects.count() == 2, what="the mail that came while it waited")


@with_dovecot
@for_real
def test_a_mail_that_comes_while_another_is_fetched_does_not_wait(
    server: Dovecot, box: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The server tells of it between two of our commands, and does not tell again when we wait for news."""
    settings.MAIL_POLL_SECONDS = 0.02
    put(server, box, reply(number=1))

    def receive(**mail: Any) -> IncomingMail:
        if not RawMail.objects.exists():
            put(server, box, reply(number=2))
        return inbox.receive(**mail)

    monkeypatch.setattr(fetching, "receive", receive)
    asked = itertools.count()
    fetching.run(mailbox_of(server.url("takedown", box)), until=lambda: next(asked) > 9, troubled=pytest.fail)
    assert IncomingMail.objects.count() == 2


@pytest.mark.parametrize(
    "url", ["", "imap://inbox:x@mail.example/INBOX", "https://mail.example", "imaps://mail.example"]
)
def test_an_address_that_would_not_do_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_IMAP_URL"):
        mailbox_of(url)


def test_the_password_is_in_no_record() -> None:
    mailbox = mailbox_of("imaps://inbox%40house:s%2Fcret@mail.example/Case%20mail")
    assert (mailbox.user, mailbox.password, mailbox.folder) == ("inbox@house", "s/cret", "Case mail")
    assert "cret" not in mailbox.account


def test_only_lines_above_our_own_received_name_the_recipient() -> None:
    mail = (
        b"Return-Path: <a@b.test>\r\nDelivered-To: nobody@elsewhere.test\r\nReceived: from x\r\n\tby y\r\n"
        b"Delivered-To: takedown+r.abc@portal.test\r\nReturn-Path: <forged@b.test>\r\nFrom: a@b.test\r\n\r\n"
    )
    assert envelope_of(mail) == ("a@b.test", "takedown@portal.test")
