"""The follow-up: covered by the approval, the same items and numbers, in the thread, once."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from audit.models import Event
from cases.models import Case, CheckOrder
from cases.next_step import Step, next_step
from cases.queries.cases import requests_of
from cases.queries.tally import tally
from cases.states import Standing
from mailroom.models import OutgoingMail
from mailroom.services import outbox
from takedowns import services
from takedowns.models import Letter, LetterItem, Reply, TakedownRequest
from takedowns.reading import letter_items, read
from takedowns.services.filing import sent_text
from takedowns.states import Concern, LetterKind, RequestStatus
from takedowns.unsettled import unsettled_lines
from tests.at_once import at_once
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def sent(letter: Letter) -> str:
    return outbox.read_bytes(letter.mail).decode()


def due(asked: Letter | TakedownRequest) -> datetime:
    assert asked.due_at
    return asked.due_at


def test_a_follow_up_leaves_in_the_thread_with_the_same_number(cast) -> None:
    request = stages.contradicted(cast, [2])
    first = request.letters.get()
    letter = services.follow_up(request=request, items=stages.lines(request, 2), by=cast.second_analyst)
    assert [line.printed_label for line in letter.items.all()] == ["2"]
    assert (letter.kind, letter.revision.n) == (LetterKind.FOLLOW_UP, 2)
    assert letter.revision.frozen_at
    assert letter.number != first.number
    assert letter.mail.token != first.mail.token
    raw = sent(letter)
    assert f"In-Reply-To: {first.mail.message_id}" in raw
    assert f"References: {first.mail.message_id}" in raw
    assert f"Subject: [Follow-up] [{request.number}]" in raw
    assert "[[" not in raw
    body = sent_text(letter)
    assert "\n2. https://t.me/portal_demo_room/102\n" in body
    assert "portal_demo_room/101" not in body
    assert f"our letter {first.number} of" in body
    assert '"item 2 removed"' in body
    found = request.items.get(number=2).item.checks.get(outcome="live").checked_at
    assert f"still there on {timezone.localtime(found):%Y-%m-%d %H:%M}" in body


def test_a_korean_follow_up(cast) -> None:
    request = stages.contradicted(cast, [1], language="ko")
    letter = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    assert letter.revision.subject.startswith("[재요청] [")
    assert "조치하였다고 회신하였으나 점검 결과 그대로 게시되어 있는 항목" in letter.revision.body


def test_it_moves_the_deadline_on_and_what_was_answered_is_awaited_again(cast) -> None:
    request = stages.contradicted(cast)
    assert request.status == RequestStatus.ANSWERED
    before = due(request)
    letter = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    request.refresh_from_db()
    assert request.status == RequestStatus.PARTLY_ANSWERED
    assert due(request) == due(letter) == letter.written_at + timedelta(hours=24)
    assert due(request) > before
    assert due(request.letters.get(kind=LetterKind.REQUEST)) == before
    assert [(row.answered, row.lines) for row in requests_of(request.case)] == [(2, 3)]
    stages.answer(request, "Item 1 has been removed now.", letter=letter)
    assert services.file_next()
    reply = Reply.objects.get(letter=letter)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    request.refresh_from_db()
    assert request.status == RequestStatus.ANSWERED
    assert [(row.answered, row.lines) for row in requests_of(request.case)] == [(3, 3)]


def test_pressed_twice_it_is_sent_once(cast) -> None:
    request = stages.contradicted(cast)
    first = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    again = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.second_analyst)
    assert first == again
    assert OutgoingMail.objects.count() == 2
    assert Event.objects.filter(action="request.followed_up").count() == 1


@pytest.mark.django_db(transaction=True)
def test_pressed_by_twenty_at_once_it_is_sent_once(cast) -> None:
    request = stages.contradicted(cast)
    lines = stages.lines(request, 1)

    def press() -> Letter:
        return services.follow_up(request=TakedownRequest.objects.get(pk=request.pk), items=lines, by=cast.analyst)

    assert len(set(at_once([press] * 20))) == 1
    assert OutgoingMail.objects.count() == 2


def test_a_second_one_waits_for_an_answer_or_the_deadline(cast) -> None:
    request = stages.contradicted(cast, [1, 2])
    letter = services.follow_up(request=request, items=stages.lines(request, 1, 2), by=cast.analyst)
    with pytest.raises(Refused, match=f"1: Follow-up {letter.number} names it; its deadline runs until"):
        services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    after = due(letter) + timedelta(minutes=1)
    assert [line.why_not for line in unsettled_lines(request, at=after)] == [None, None]
    # Answered as removed once more, and once more it is still there: no deadline has to be waited for.
    stages.answer(request, "Item 1 has been removed now.", letter=letter)
    assert services.file_next()
    reply = Reply.objects.get(letter=letter)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(request, "live", [1])
    second = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    assert sent(second).count("References:") == 1
    assert first_reference(second) == request.letters.get(kind=LetterKind.REQUEST).mail.message_id
    assert f"In-Reply-To: {letter.mail.message_id}" in sent(second)


def first_reference(letter: Letter) -> str:
    return sent(letter).split("References: ", 1)[1].split()[0]


def test_what_was_never_answered_has_until_the_deadline(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    with pytest.raises(Refused, match="1: The deadline of letter"):
        services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    late = due(request) + timedelta(hours=1)
    letter = services.follow_up(request=request, items=stages.lines(request, 1, 3), by=cast.analyst, at=late)
    assert "No final answer, and the deadline has passed:\n- 1, 3\n" in letter.revision.body
    assert {line.concern for line in unsettled_lines(request, at=late)} == {Concern.UNANSWERED}


def test_what_came_back_is_followed_up_at_once(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request, "gone", [1])
    stages.found(request, "live", [1])
    letter = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    assert "Gone, then found again:\n- 1: found again on" in letter.revision.body


def test_only_what_is_not_settled_can_be_named(cast) -> None:
    request = stages.contradicted(cast, [1])
    other = stages.approved(cast, case=stages.case_of(cast, first=201))
    for lines in (stages.lines(request, 1, 2), stages.lines(other, 1)):
        with pytest.raises(Refused, match="settled, or are not in this request"):
            services.follow_up(request=request, items=lines, by=cast.analyst)
    with pytest.raises(Refused, match="at least one"):
        services.follow_up(request=request, items=[], by=cast.analyst)


def test_no_follow_up_before_a_letter_left_or_after_the_end(cast) -> None:
    request = stages.approved(cast)
    with pytest.raises(Refused, match="has reached the platform yet"):
        services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    stages.mark_left(request)
    with pytest.raises(Refused):
        services.follow_up(request=request, items=stages.lines(request, 1), by=cast.outsider)
    services.close_request(request=request, by=cast.analyst)
    with pytest.raises(Refused, match="open request"):
        services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)


def test_the_supervisor_who_approved_may_press_it(cast) -> None:
    """It has fixed words: whoever sends it has written nothing that somebody else would have to approve."""
    request = stages.contradicted(cast)
    letter = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.supervisor)
    assert letter.revision.author == cast.supervisor


@pytest.mark.parametrize("kind", ["request", "follow_up"])
def test_the_database_refuses_a_letter_that_no_approval_covers(cast, kind) -> None:
    covered, bare = stages.contradicted(cast), stages.submitted(cast, case=stages.case_of(cast, first=201))
    letter = covered.letters.get()
    with pytest.raises(IntegrityError, match="no approval covers"), transaction.atomic():
        Letter.objects.create(
            number="L2024-999999",
            kind=kind,
            request=bare,
            revision=bare.revisions.get(),
            mail=letter.mail,
            written_at=timezone.now(),
            due_at=timezone.now(),
        )


def test_the_database_refuses_an_item_of_another_request(cast) -> None:
    request = stages.contradicted(cast)
    other = stages.approved(cast, case=stages.case_of(cast, first=201))
    with pytest.raises(IntegrityError, match="its own request"), transaction.atomic():
        LetterItem.objects.create(
            letter=request.letters.get(),
            printed_label="9",
            printed_link="https://t.me/x/1",
            takedown_item=other.items.get(number=1),
        )


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("mark", ["> ", ""])
def test_thanks_over_our_follow_up_says_nothing(cast, language: str, mark: str) -> None:
    request = stages.contradicted(cast, [1, 3], language=language)
    letter = services.follow_up(request=request, items=stages.lines(request, 1, 3), by=cast.analyst)
    text = sent_text(letter)
    quoted = "".join(f"{mark}{line}\n" for line in text.splitlines())
    header = "On Tue, Nov 3, 2026 at 3:21 PM Commission <a@portal.test> wrote:\n\n"
    items = letter_items(text)
    assert [item.label for item in items] == ["1", "3"]
    assert read(text=f"Received, thanks.\n\n{header}{quoted}", items=items, sent_text=text).outcomes == {}
    answered = read(text=f"3 has been removed now.\n\n{header}{quoted}", items=items, sent_text=text)
    assert {label: outcome.claim for label, outcome in answered.outcomes.items()} == {"3": "removed"}


def step_of(case: Case) -> tuple[Step, object]:
    step = next_step(status="open", tally=tally(case), requests=[row.facts for row in requests_of(case)])
    return step.step, step.target


def test_the_case_says_follow_up_then_waits(cast) -> None:
    request = stages.contradicted(cast)
    CheckOrder.objects.all().delete()  # as if they had been done: the stage records what they find
    services.confirm_removals(request=request, items=stages.lines(request, 2, 3), by=cast.analyst)
    assert {line.item.standing for line in request.items.all()} == {Standing.REMOVED, Standing.CONTRADICTED}
    assert step_of(request.case) == (Step.FOLLOW, request.pk)
    letter = services.follow_up(request=request, items=stages.lines(request, 1), by=cast.analyst)
    assert step_of(request.case)[0] == Step.WAIT
    Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now())
    assert step_of(request.case) == (Step.FOLLOW, request.pk)


def test_the_case_says_remind_after_the_deadline(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    assert step_of(request.case)[0] == Step.WAIT
    request.letters.update(due_at=timezone.now())
    assert step_of(request.case) == (Step.REMIND, request.pk)


def test_the_page_shows_the_letter_and_sends_it(cast, client, django_assert_max_num_queries) -> None:
    request = stages.contradicted(cast, range(1, 101), items=200)
    client.force_login(cast.analyst)
    address = reverse("takedowns:follow_up", args=[request.pk])
    with django_assert_max_num_queries(12):
        page = client.get(address)
    assert page.content.count(b'name="items"') == 100
    assert b"Follow-up to our request: 100 items" in page.content
    two = [line.pk for line in stages.lines(request, 1, 2)]
    shown = client.post(address, {"items": two, "do": "show"})
    assert b"Follow-up to our request: 2 items" in shown.content
    assert request.letters.count() == 1
    assert client.post(address, {"items": []}).status_code == 422
    sent_one = client.post(address, {"items": two})
    assert sent_one.status_code == 302
    assert request.letters.get(kind="follow_up").items.count() == 2
    again = client.get(address).content
    assert again.count(b'name="items"') == 98
    assert b"names it; its deadline runs until" in again
