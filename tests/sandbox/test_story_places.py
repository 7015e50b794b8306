"""Where the story stands, read from rows that the product's own services wrote, also when it is played otherwise."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import CheckOrder
from cases.services import close_case, group_reports
from platforms.models import Contact
from platforms.services import activate_contact, record_contact_test
from sandbox.story import script
from sandbox.story.acts import Act, Chapter, Who, place
from sandbox.story.aside import ASIDE
from sandbox.story.chapters import CHAPTERS, MAIN
from sandbox.story.deeds import DEEDS
from sandbox.story.facts import read
from takedowns import services
from takedowns.models import Reply
from tests.takedowns import stages

AUTOMATIC = "Auto-Submitted: auto-replied\r\n"


OFFER = f"For further matters please use this dedicated address: {script.OFFERED}"


def turn(chapter: Chapter = MAIN) -> str:
    """The code of the act whose turn it is."""
    act = place(chapter, read(chapter.room)[chapter.room]).act
    return act.code if act else "over"


def checks_are_done() -> None:
    """As if the worker had looked: what `stages.found` recorded answers the orders that wait."""
    CheckOrder.objects.filter(done_at=None).delete()


@pytest.mark.django_db
def test_each_act_is_seen_when_it_is_done(cast):
    assert turn() == "police"
    first = stages.reported(cast, items=15, first=1, room=script.SCHOOL)
    assert turn() == "centre"
    second = stages.reported(cast, items=15, first=11, room=script.SCHOOL)
    assert turn() == "group"
    case = group_reports(by=cast.analyst, reports=[first], title="One of them only")
    assert turn() == "group"
    group_reports(by=cast.analyst, reports=[second], case=case)
    assert turn() == "draft"
    request = stages.drafted(cast, case=case)
    assert turn() == "submit"
    services.submit(request=request, by=cast.analyst)
    assert turn() == "approve"
    services.approve(request=request, digest=request.revisions.get().body_sha256, by=cast.supervisor)
    assert turn() == "leave"
    stages.mark_left(request)
    assert turn() == "heard"

    stages.answer(request, "I am out of office.", head=AUTOMATIC)
    assert services.file_next()
    assert turn() == "put_away"
    services.finish_reply(reply=Reply.objects.get(), by=cast.analyst)
    assert turn() == "look"
    gone = [number for number in range(1, 21) if number != script.CONTRADICTED] + [script.SILENT]
    stages.found(request, "gone", gone)
    assert turn() == "answer_1"
    accept(cast, request, "1-20 have been removed, 21-25 are under review.", sees="read_1")
    assert turn() == "check_1"
    stages.found(request, "gone", gone)
    stages.found(request, "live", [script.CONTRADICTED])
    checks_are_done()
    assert turn() == "follow_up"

    services.follow_up(request=request, items=stages.lines(request, script.CONTRADICTED), by=cast.analyst)
    assert turn() == "answer_2"
    accept(cast, request, "7 has been removed.", sees="read_2")
    assert turn() == "answer_3"
    accept(cast, request, f"21-23 and 25 have been removed.\n\n{OFFER}", sees="read_3")
    assert turn() == "check_2"
    checks_are_done()
    stages.found(request, "gone")
    assert turn() == "confirm"
    services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    assert turn() == "close"
    close_case(case=case, by=cast.analyst, reason="")

    assert turn() == "offer_test"
    offered = Contact.objects.get(email=script.OFFERED)
    services.send_contact_test(contact=offered, by=cast.analyst)
    assert turn() == "offer_answer"
    record_contact_test(contact=offered, by=cast.analyst)
    assert turn() == "offer_activate"
    activate_contact(contact=offered, by=cast.supervisor)
    assert turn() == "over"


@pytest.mark.django_db
def test_the_little_case_goes_on_after_its_letter_came_back(cast):
    assert turn(ASIDE) == "aside_report"
    report = stages.reported(cast, items=3, first=1, room=script.LIBRARY)
    assert turn(ASIDE) == "aside_group"
    case = group_reports(by=cast.analyst, reports=[report], title="Library")
    assert turn(ASIDE) == "aside_draft"
    request = stages.bounced(cast, case=case, language="ko")
    assert turn(ASIDE) == "aside_resend"
    services.resend(request=request, contact=stages.another_contact(cast), by=cast.analyst)
    assert turn(ASIDE) == "aside_heard"
    again = request.letters.get(resends__isnull=False)
    stages.answer(request, "부재중 자동 회신입니다.", head=AUTOMATIC, letter=again)
    assert services.file_next()
    assert turn(ASIDE) == "aside_put_away"
    services.finish_reply(reply=Reply.objects.latest("received_at"), by=cast.analyst)
    assert turn(ASIDE) == "aside_answer"
    stages.answer(request, "1번은 삭제 완료하였습니다. 2번은 찾을 수 없습니다. 3번은 검토 중입니다.", letter=again)
    assert services.file_next()
    assert turn(ASIDE) == "aside_read"
    reply = Reply.objects.latest("received_at")
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    assert turn(ASIDE) == "aside_check"
    checks_are_done()
    stages.found(request, "gone", [1, 2])
    assert turn(ASIDE) == "over"
    assert turn() == "police"  # the two go their own ways


@pytest.mark.django_db
def test_the_little_case_needs_no_second_letter_when_the_first_arrives(cast):
    request = stages.approved(cast, case=stages.case_of(cast, items=3, first=1, room=script.LIBRARY))
    assert turn(ASIDE) == "aside_leave"
    stages.mark_left(request)
    assert turn(ASIDE) == "aside_bounce"
    stages.answer(request, "Items 1-3 have been removed.")
    assert services.file_next()
    assert turn(ASIDE) == "aside_read"


def accept(cast, request, text: str, *, sees: str) -> None:
    stages.answer(request, text)
    assert services.file_next()
    assert turn() == sees
    reply = Reply.objects.latest("received_at")
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)


@pytest.mark.django_db
def test_one_answer_for_everything_needs_no_follow_up(cast):
    request = stages.approved(cast, case=stages.case_of(cast, items=25, first=1, room=script.SCHOOL))
    stages.mark_left(request)
    stages.answer(request, "All 25 items (1-25) have been removed.")
    assert services.file_next()
    assert turn() == "look"
    stages.found(request, "gone")
    assert turn() == "read_1"
    reply = Reply.objects.get()
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    checks_are_done()
    stages.found(request, "gone")
    assert turn() == "confirm"


@pytest.mark.django_db
def test_a_case_that_was_closed_otherwise_ends_the_chapter(cast):
    case = stages.case_of(cast, items=3, first=1, room=script.SCHOOL)
    assert turn() == "centre"  # three of the 25 are known
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=case.opened_at, closed_by=cast.analyst)
    assert turn() == "over"


@pytest.mark.django_db
def test_other_rooms_are_no_part_of_the_story(cast):
    stages.approved(cast, items=25)
    assert turn() == "police"


@pytest.mark.django_db
def test_reading_takes_two_queries(cast):
    stages.replied(cast, case=stages.case_of(cast, items=25, first=1, room=script.SCHOOL))
    with CaptureQueriesContext(connection) as queries:
        read(*(chapter.room for chapter in CHAPTERS))
    assert len(queries) == 2


def every_act() -> list[Act]:
    return [act for chapter in CHAPTERS for _number, act in chapter.acts()]


def test_the_staff_can_do_each_of_their_acts():
    assert {act.code for act in every_act() if act.who.is_staff} == set(DEEDS)
    assert {act.who for act in every_act()} == set(Who)
