"""From a stored mail to where it belongs: kept always, filed by what it answers, never acted upon here."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from audit.models import Event
from keys.services import shred, unseal
from mailroom.models import Delivery, IncomingMail, OutgoingMail, RawMail
from mailroom.services import inbox, outbox, sending
from mailroom.states import IncomingState, Kind, MatchedBy, OutgoingState, Unreadable
from tests.at_once import at_once, failures
from tests.waiting import until

pytestmark = pytest.mark.django_db
for_real = pytest.mark.django_db(transaction=True)
Letter = Callable[..., OutgoingMail]
LIAISON = "dmca@telegram.test"


def reply(body: str = "1-2 removed", *, trace: str = "", **headers: str) -> bytes:
    given = {"From": f"Liaison <{LIAISON}>", "Subject": "Re: request", "Message-ID": f"<{uuid.uuid4()}@telegram.test>"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"{trace}{head}\r\n{body}\r\n".encode()


def to(mail: OutgoingMail) -> str:
    return f"takedown+r.{mail.token}@portal.test"


def take_in(data: bytes, *recipients: str, sender: str = LIAISON) -> IncomingMail:
    """Through the inbox's own functions, as the door and the reading process call them."""
    mail = inbox.receive(door="lmtp", envelope_from=sender, envelope_to=recipients, data=data)
    while inbox.parse_next():
        pass
    mail.refresh_from_db()
    return mail


def matches(mail: IncomingMail) -> dict[uuid.UUID, str]:
    return dict(mail.matches.values_list("outgoing_id", "how"))


def test_a_reply_finds_home_by_the_address_our_server_was_told(letter: Letter) -> None:
    sent = letter()
    mail = take_in(reply("1번부터 20번까지 삭제하였습니다."), to(sent).upper())
    assert (mail.state, mail.kind) == (IncomingState.PARSED, Kind.ORDINARY)
    assert (mail.answers, mail.matched_by) == (sent, MatchedBy.TOKEN)
    assert (mail.sender, mail.sender_defect, mail.from_trusted) == (LIAISON, "", True)
    text = inbox.read_text(mail)
    assert text.subject == "Re: request"
    assert text.text.strip() == "1번부터 20번까지 삭제하였습니다."
    assert list(IncomingMail.objects.unfiled()) == [mail]
    assert inbox.mark_filed(mail=mail)
    assert not inbox.mark_filed(mail=mail)
    assert not IncomingMail.objects.unfiled().exists()
    assert not IncomingMail.objects.unmatched().exists()


def test_what_the_mail_says_is_sealed(letter: Letter) -> None:
    mail = take_in(reply("secret words"), to(letter()))
    raw = RawMail.objects.get()
    for sealed in (bytes(raw.sealed), bytes(mail.sealed or b"")):
        assert b"secret" not in sealed
    assert b"secret words" in unseal(record=raw.pk, sealed=bytes(raw.sealed))
    with pytest.raises(Exception, match=r"."):
        unseal(record=mail.pk, sealed=bytes(raw.sealed))


@for_real
def test_the_app_role_cannot_change_what_came_in(letter: Letter) -> None:
    take_in(reply(), to(letter()))
    for change in (
        lambda: RawMail.objects.update(sealed=b""),
        lambda: Delivery.objects.update(envelope_to="x"),
        lambda: IncomingMail.objects.all()._raw_delete("default"),
        lambda: RawMail.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            change()


def test_without_a_token_by_the_message_it_answers(letter: Letter) -> None:
    sent = letter()
    mail = take_in(reply(In_Reply_To=sent.message_id), "takedown@portal.test")
    assert (mail.answers, mail.matched_by) == (sent, MatchedBy.IN_REPLY_TO)


def test_without_either_by_the_latest_of_its_thread(letter: Letter) -> None:
    first, second = letter(), letter()
    references = f"<a@b> {first.message_id} {second.message_id} <c@d>"
    mail = take_in(reply(References=references), "takedown@portal.test")
    assert (mail.answers, mail.matched_by) == (second, MatchedBy.REFERENCES)


def test_older_letters_of_the_thread_are_no_disagreement(letter: Letter) -> None:
    first, second = letter(), letter()
    mail = take_in(reply(In_Reply_To=second.message_id, References=first.message_id), to(second))
    assert matches(mail) == {second.pk: MatchedBy.TOKEN}


def test_signals_that_disagree_are_filed_under_all(letter: Letter) -> None:
    first, second = letter(), letter()
    mail = take_in(reply(In_Reply_To=second.message_id), to(first))
    assert matches(mail) == {first.pk: MatchedBy.TOKEN, second.pk: MatchedBy.IN_REPLY_TO}
    assert mail.answers is None
    assert mail.matched_by == MatchedBy.TOKEN


def test_an_unknown_token_and_a_stranger_wait_for_a_person(letter: Letter) -> None:
    letter()
    unknown = take_in(reply(), "takedown+r.abcdefghijkmnpqrst@portal.test")
    garbled = take_in(reply(), "takedown+r.nonsense@portal.test")
    stranger = take_in(reply("[2024-0001] all removed", From="x@stranger.test"), "takedown@portal.test")
    assert list(IncomingMail.objects.unmatched()) == [unknown, garbled, stranger]
    assert all(mail.answers is None and mail.matched_by == MatchedBy.NONE for mail in IncomingMail.objects.unmatched())


def test_addresses_in_headers_match_nothing(letter: Letter) -> None:
    sent = letter()
    forged = f"Delivered-To: {to(sent)}\r\nX-Original-To: {to(sent)}\r\n"
    mail = take_in(reply(trace=forged, To=to(sent), Cc=to(sent)), "takedown@portal.test")
    assert matches(mail) == {}


def test_the_same_bytes_three_times_are_one_mail(letter: Letter) -> None:
    sent, data = letter(), reply()
    first = take_in(data, to(sent))
    inbox.mark_filed(mail=first)
    for _ in range(2):
        take_in(data, to(sent))
    assert RawMail.objects.count() == IncomingMail.objects.count() == 1
    assert Delivery.objects.count() == 3
    assert not IncomingMail.objects.unfiled().exists()
    assert Event.objects.filter(action="mail.received").count() == 1


def test_the_same_content_by_another_way_has_no_second_effect(letter: Letter) -> None:
    sent, data = letter(), reply()
    first = take_in(data, to(sent))
    trace = (
        b"Return-Path: <dmca@telegram.test>\r\nReceived: from a by b;\r\n\tTue, 3 Sep 2024\r\n"
        b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\nAuthentication-Results: x; dmarc=pass\r\n"
    )
    second = take_in(trace + data, to(sent))
    assert RawMail.objects.count() == 2
    assert second.duplicate_of == first
    assert second.conflict_with is None
    assert list(IncomingMail.objects.unfiled()) == [first]
    assert not Event.objects.filter(action="mail.conflict").exists()


def test_the_same_message_id_with_another_content_is_a_conflict(letter: Letter) -> None:
    sent = letter()
    first = take_in(reply("1-2 removed", Message_ID="<same@telegram.test>"), to(sent))
    second = take_in(reply("1-25 removed", Message_ID="<same@telegram.test>"), to(sent))
    third = take_in(reply("nothing removed", Message_ID="<same@telegram.test>"), to(sent))
    assert second.conflict_with == third.conflict_with == first
    assert first.conflict_with is None
    assert set(IncomingMail.objects.unfiled()) == {first, second, third}
    assert Event.objects.filter(action="mail.conflict").count() == 2


def test_one_reply_to_three_letters_is_one_mail_with_three_links(letter: Letter) -> None:
    letters = [letter() for _ in range(3)]
    mail = take_in(reply(), *map(to, letters))
    assert set(matches(mail)) == {sent.pk for sent in letters}
    assert mail.answers is None
    assert RawMail.objects.count() == 1


@pytest.mark.parametrize("trace", ["", "Received: from a by b\r\n"])
def test_one_reply_brought_three_times_comes_back_to_be_filed(letter: Letter, trace: str) -> None:
    letters, data = [letter() for _ in range(3)], reply()
    first = take_in(data, to(letters[0]))
    inbox.mark_filed(mail=first)
    for n, sent in enumerate(letters[1:]):
        take_in((trace.encode() * (n + 1)) + data, to(sent))
    first.refresh_from_db()
    assert set(matches(first)) == {sent.pk for sent in letters}
    assert first.answers is None
    assert list(IncomingMail.objects.unfiled()) == [first]


def test_automatic_answers_and_reports_are_told_apart(letter: Letter) -> None:
    sent = letter()
    vacation = take_in(reply(Auto_Submitted="auto-replied", Subject="Out of office"), to(sent), sender="")
    korean = take_in(reply(Subject="[자동 회신] 부재중입니다", Message_ID=""), to(sent), sender="")
    ticket = take_in(reply(Precedence="bulk"), to(sent))
    person = take_in(reply(Auto_Submitted="no", Subject="Re: out of office hours, but removed"), to(sent))
    report = 'multipart/report; report-type=delivery-status; boundary="B"'
    part = "--B\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n--B--"
    bounce = take_in(
        reply(part, From="MAILER-DAEMON@relay.test", Content_Type=report, Auto_Submitted="auto-replied"),
        sent.envelope_from,
        sender="",
    )
    plain_bounce = take_in(reply("User unknown", From="postmaster@relay.test"), sent.envelope_from, sender="")
    assert [mail.kind for mail in (vacation, korean, ticket, person, bounce, plain_bounce)] == [
        Kind.AUTO_REPLY, Kind.AUTO_REPLY, Kind.ORDINARY, Kind.ORDINARY, Kind.BOUNCE, Kind.BOUNCE,
    ]  # fmt: skip
    assert (vacation.automatic, korean.automatic, ticket.automatic) == ("auto-submitted", "subject", "precedence")
    assert (bounce.answers, bounce.matched_by, bounce.null_sender) == (sent, MatchedBy.VERP, True)
    assert IncomingMail.objects.unfiled().count() == 6


def test_our_own_letter_coming_back_is_stopped(letter: Letter) -> None:
    sent = letter()
    looped = take_in(outbox.read_bytes(sent), to(sent))
    spoofed = take_in(reply(From="Commission <takedown@portal.test>"), to(sent))
    assert looped.kind == spoofed.kind == Kind.OWN_LOOP
    assert not IncomingMail.objects.unfiled().exists()
    assert Event.objects.filter(action="mail.looped").count() == 2


def make_uncertain(sent: OutgoingMail, settings: Any) -> None:
    lease = sending.claim()
    assert lease is not None
    settings.MAIL_LEASE = 0.0
    assert sending.begin_data(lease, recipient=sending.Answer(250), archive=sending.Answer(250))
    assert sending.end_lapsed() == 1
    sent.refresh_from_db()
    assert sent.state == OutgoingState.UNCERTAIN


TRACE = b"Return-Path: <b@c>\r\nReceived: from x\r\n\tby y\r\nX-Relay-Mark: 1\r\n"


def test_the_archive_copy_settles_an_uncertain_letter(letter: Letter, settings: Any) -> None:
    sent = letter()
    make_uncertain(sent, settings)
    copy = take_in(TRACE + outbox.read_bytes(sent), "archive@portal.test", sender=sent.envelope_from)
    sent.refresh_from_db()
    assert copy.kind == Kind.ARCHIVE_COPY
    assert (sent.state, sent.archived_at is not None) == (OutgoingState.ACCEPTED, True)
    assert not IncomingMail.objects.unfiled().exists()
    assert not IncomingMail.objects.unmatched().exists()


def test_a_copy_settles_it_even_when_the_same_bytes_looped_first(letter: Letter, settings: Any) -> None:
    sent = letter()
    make_uncertain(sent, settings)
    data = outbox.read_bytes(sent)
    take_in(data, to(sent))
    sent.refresh_from_db()
    assert sent.state == OutgoingState.UNCERTAIN
    take_in(data, "archive@portal.test")
    sent.refresh_from_db()
    assert sent.state == OutgoingState.ACCEPTED


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"Subject: ", b"Subject: X"),
        lambda data: data + b"footer\r\n",
        lambda data: b"From: someone@else.test\r\n" + data,
        lambda data: data[:-20],
    ],
    ids=["header", "footer", "second From", "cut"],
)
def test_anything_but_the_same_bytes_settles_nothing(
    letter: Letter, settings: Any, change: Callable[[bytes], bytes]
) -> None:
    sent = letter()
    make_uncertain(sent, settings)
    take_in(change(outbox.read_bytes(sent)), "archive@portal.test")
    sent.refresh_from_db()
    assert (sent.state, sent.archived_at) == (OutgoingState.UNCERTAIN, None)


def test_a_copy_at_any_other_box_settles_nothing(letter: Letter, settings: Any) -> None:
    sent = letter()
    make_uncertain(sent, settings)
    take_in(outbox.read_bytes(sent), "takedown@portal.test", "bounce@portal.test")
    sent.refresh_from_db()
    assert sent.state == OutgoingState.UNCERTAIN


NESTED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"


def test_a_poison_mail_is_kept_shown_and_passed_by(letter: Letter) -> None:
    sent = letter()
    deep = b"".join(NESTED.replace(b"=b", b"=b%d" % n).replace(b"--b", b"--b%d" % n) for n in range(1500))
    poisoned = inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(sent)], data=deep)
    good = inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(sent)], data=reply())
    assert inbox.parse_next()
    assert inbox.parse_next()
    assert not inbox.parse_next()
    poisoned.refresh_from_db()
    good.refresh_from_db()
    assert (poisoned.state, poisoned.unreadable) == (IncomingState.POISON, Unreadable.TOO_DEEP)
    assert (poisoned.answers, good.state) == (sent, IncomingState.PARSED)
    assert list(IncomingMail.objects.poison()) == [poisoned]
    assert Event.objects.get(action="mail.unreadable").object_id == poisoned.pk


def test_five_failures_and_the_queue_moves_on(letter: Letter, settings: Any) -> None:
    settings.MAIL_PARSE_SECONDS = 0.0001
    mail = inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(letter())], data=reply())
    for n in range(1, 6):
        assert inbox.parse_next()
        mail.refresh_from_db()
        assert mail.tries == n
        assert mail.state == (IncomingState.POISON if n == 5 else IncomingState.WAITING)
    assert mail.unreadable == Unreadable.OUT_OF_TIME
    assert not inbox.parse_next()


def test_a_failing_mail_waits_behind_those_that_came_later(letter: Letter, settings: Any) -> None:
    settings.MAIL_PARSE_RETRY_SECONDS = 60.0
    inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(letter())], data=reply())
    settings.MAIL_PARSE_SECONDS = 0.0001
    assert inbox.parse_next()
    settings.MAIL_PARSE_SECONDS = 10.0
    later = inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(letter())], data=reply())
    assert inbox.parse_next()
    later.refresh_from_db()
    assert later.state == IncomingState.PARSED


def test_a_reader_that_dies_five_times_over_a_mail_gives_it_up(letter: Letter) -> None:
    mail = inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(letter())], data=reply())
    IncomingMail.objects.filter(pk=mail.pk).update(tries=5)
    assert inbox.parse_next()
    mail.refresh_from_db()
    assert (mail.state, mail.unreadable) == (IncomingState.POISON, Unreadable.INTERRUPTED)


def test_a_mail_whose_key_is_gone_is_given_up_at_once(letter: Letter) -> None:
    mail = inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(letter())], data=reply())
    shred(record=mail.raw_id, by=None)
    assert inbox.parse_next()
    mail.refresh_from_db()
    assert (mail.state, mail.unreadable) == (IncomingState.POISON, Unreadable.KEY_DESTROYED)


@for_real
def test_many_copies_and_conflicts_at_once_neither_lock_nor_double(letter: Letter) -> None:
    letters = [letter() for _ in range(2)]
    same_id = {"Message_ID": "<same@telegram.test>"}
    datas = [
        b"Received: %d\r\n" % n + reply(f"{content} removed", **same_id) for n in range(4) for content in (1, 2, 3)
    ]

    def bring(n: int) -> Callable[[], Any]:
        return lambda: inbox.receive(
            door="lmtp", envelope_from=LIAISON, envelope_to=[to(letters[n % 2])], data=datas[n]
        )

    def read() -> None:
        while inbox.parse_next():
            pass

    assert failures(at_once([bring(n) for n in range(len(datas))])) == []
    assert failures(at_once([read] * len(datas))) == []
    originals = IncomingMail.objects.filter(duplicate_of=None)
    assert IncomingMail.objects.filter(state=IncomingState.PARSED).count() == 12
    assert originals.count() == 3
    assert originals.filter(conflict_with=None).count() == 1
    assert all(len(matches(mail)) == 2 for mail in originals)


@for_real
def test_two_mails_of_one_message_id_read_at_the_same_moment(letter: Letter) -> None:
    sent, same_id = letter(), {"Message_ID": "<same@telegram.test>"}
    for body in ("1-2 removed", "1-25 removed"):
        inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to(sent)], data=reply(body, **same_id))
    first_is_written = threading.Event()

    def slow() -> None:
        with transaction.atomic():
            assert inbox.parse_next()
            first_is_written.set()
            until(someone_waits, what="the second reader waits for the first")

    def quick() -> None:
        assert first_is_written.wait(20)
        assert inbox.parse_next()

    assert failures(at_once([slow, quick])) == []
    assert IncomingMail.objects.filter(state=IncomingState.PARSED, conflict_with=None).count() == 1
    assert IncomingMail.objects.filter(state=IncomingState.PARSED).exclude(conflict_with=None).count() == 1


def someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return cursor.fetchone()[0] > 0
