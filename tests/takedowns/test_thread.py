"""The thread: letters, replies and delivery reports in order, each with its facts; words only for who may read them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases.models import Case
from keys.services import shred
from mailroom.models import OutgoingMail
from mailroom.services import inbox
from takedowns import services
from takedowns.models import Letter, TakedownRequest
from takedowns.queries.thread import Thread, letters_of, replies_of, thread_of, told_once
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def thread(request: TakedownRequest, *, may_read: bool = True) -> Thread:
    return thread_of(letters_of([request]), replies_of([request]), may_read=may_read)


def told(request: TakedownRequest) -> list[tuple[str, str]]:
    return [(entry.way, entry.title) for entry in thread(request).entries]


def out_of_office(letter: Letter) -> None:
    _in(letter, f"From: <{stages.LIAISON}>\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <o@x.test>\r\n\r\nAway.\r\n")


def _in(letter: Letter, raw: str, *, box: str = "takedown+r.") -> None:
    inbox.receive(
        door="lmtp", envelope_from="", envelope_to=[f"{box}{letter.mail.token}@portal.test"], data=raw.encode()
    )
    while inbox.parse_next() or services.file_next():
        pass


def test_everything_in_order_with_its_facts(cast) -> None:
    request = stages.approved(cast)
    first = request.letters.get()
    stages.mark_left(request)
    OutgoingMail.objects.filter(pk=first.mail_id).update(archived_at=timezone.now())
    out_of_office(first)
    stages.answer(request, "Hello,\n\n1-2 have been removed.\n3 is under review.\nRegards")
    assert services.file_next()
    reply = request.replies.get(incoming__kind="ordinary")
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(request, "live", [1])
    services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    assert told(request) == [("out", "First letter"), ("in", "Automatic reply"), ("in", "Reply"), ("out", "Follow-up")]
    letter, away, answer, again = thread(request).entries
    assert [fact.words for fact in letter.happened] == ["Sent", "Archive copy came in"]
    assert (letter.items, again.items) == ("items 1-3", "item 1")
    assert [fact.words for fact in again.happened] == ["Waiting to leave"]
    assert answer.words == "Hello,\n1-2 have been removed."
    assert answer.read == "Removed 2 · In progress 1"
    assert (answer.waits, away.waits, away.read) == (False, True, "")


def test_what_the_mail_server_said_is_told(cast) -> None:
    request = stages.approved(cast)
    OutgoingMail.objects.filter(letter__request=request).update(
        state="rejected", rejected_at=timezone.now(), last_ending="rejected", smtp_code=550, smtp_text="No such user"
    )
    entry = thread(request).entries[0]
    assert (entry.tone, entry.happened[0].more) == ("bad", "Refused for good 550 No such user")


def test_words_only_for_who_may_read_them_and_the_look_is_logged_once(cast, client) -> None:
    reply = stages.replied(cast, "1-3 have been removed, with regrets.")
    stages.answer(reply.request, "And thank you.")
    assert services.file_next()
    pages = {
        reverse("takedowns:request", args=[reply.request_id]): reply.request_id,
        reverse("takedowns:thread", args=[reply.request.case_id]): reply.request.case_id,
    }
    for n, (address, opened) in enumerate(pages.items()):
        client.force_login(cast.auditor)
        assert b"with regrets" not in client.get(address).content
        assert AccessLog.objects.count() == n
        client.force_login(cast.analyst)
        assert b"with regrets" in client.get(address).content
        look = AccessLog.objects.get(object_id=opened)
        assert (look.actor, look.given) == (cast.analyst.pk, "thread.words")


def test_a_mail_whose_key_is_gone_hides_no_other(cast) -> None:
    reply = stages.replied(cast, "1-3 have been removed.")
    stages.answer(reply.request, "And thank you.")
    assert services.file_next()
    shred(record=reply.incoming_id, by=None)
    assert [entry.words for entry in thread(reply.request).entries] == ["", "", "And thank you."]


@pytest.mark.parametrize("mails", [2, 80])
def test_the_thread_takes_few_queries_however_long(cast, client, mails, django_assert_max_num_queries) -> None:
    request = stages.approved(cast)
    for n in range(mails):
        stages.answer(request, f"Still looking into it, note {n}.")
    while services.file_next():
        pass
    client.force_login(cast.analyst)
    for address in (
        reverse("takedowns:thread", args=[request.case_id]),
        reverse("takedowns:request", args=[request.pk]),
    ):
        with django_assert_max_num_queries(12):
            page = client.get(address)
        assert page.content.count(b"mail mail-in") == min(mails, 60)
        whole = client.get(address + "?whole=1")
        assert whole.content.count(b"mail mail-in") == mails


def test_the_case_leads_to_its_thread(cast, client) -> None:
    reply = stages.replied(cast)
    case = Case.objects.get(pk=reply.request.case_id)
    client.force_login(cast.analyst)
    page = client.get(reverse("cases:case", args=[case.pk]))
    assert reverse("takedowns:thread", args=[case.pk]).encode() in page.content
    client.force_login(cast.outsider)
    assert client.get(reverse("takedowns:thread", args=[case.pk])).status_code == 404


def test_one_letter_has_its_page(cast, client, django_assert_max_num_queries) -> None:
    request = stages.contradicted(cast)
    letter = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    client.force_login(cast.auditor)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("takedowns:letter", args=[letter.pk]))
    assert letter.mail.message_id.strip("<>").encode() in page.content
    assert b"[[" not in page.content


@pytest.mark.parametrize(
    ("status", "diagnostic", "told"),
    [
        ("5.1.1", "smtp; 550 5.1.1 the address does not exist", "550 5.1.1 the address does not exist"),
        ("5.0.0", "smtp; 550 no such user", "5.0.0 550 no such user"),
        ("4.4.1", "", "4.4.1"),
        ("", "X-Postfix; timed out", "timed out"),
    ],
)
def test_what_the_other_server_said_is_told_once(status, diagnostic, told) -> None:
    assert told_once(status, diagnostic) == told
