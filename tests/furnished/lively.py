"""What needs a running house: letters that leave by SMTP, answers that come in, checks that a worker makes."""

from typing import Any

from cases import services as case_services
from cases.models import Case, ContentItem
from cases.states import OutcomeKind, Severity, SightingKind, Source
from mailroom.addresses import from_address, reply_address
from mailroom.models import IncomingMail
from mailroom.states import Kind
from platforms.models import Contact
from platforms.states import CheckOutcome
from takedowns import services
from takedowns.models import ContactTest, ContactTestAnswer, TakedownRequest
from takedowns.states import ClaimKind
from tests.furnished import people as who
from tests.furnished import steps, world
from tests.furnished.people import Everybody
from tests.waiting import until

TITLES = {
    "closed": "Portal Demo School, chatroom",
    "mixed": "Hillside Library, chatroom",
    "overdue": "강변공원 대화방",
    "unread": "조용한 정원 대화방",
    "bounced": "Old market, chatroom",
}
SCHOOL, LIBRARY, PARK = "portal_demo_school_room", "hillside_library_room", "riverside_park_room"
GARDEN, MARKET = "quiet_garden_room", "old_market_room"
OFFERED = "korea@telegram.test"
COUNTS = {SCHOOL: 25, LIBRARY: 10, PARK: 6, GARDEN: 3, MARKET: 3}


def furnish() -> None:
    """All letters leave first, then all answers come, so that nobody waits twice."""
    people = who.everybody()
    for room, count in COUNTS.items():
        world.publish(room, count)
    school, ended = _school(people)
    library, mixed = _library(people)
    park = steps.room_case(people, TITLES["overdue"], PARK, 6, hours=50)
    overdue = steps.approve(people, park, hours=49)
    garden = steps.room_case(people, TITLES["unread"], GARDEN, 3, hours=9)
    unread = steps.approve(people, garden, hours=5, language="ko")
    market = steps.room_case(people, TITLES["bounced"], MARKET, 3, hours=7)
    bounced = steps.approve(people, market, hours=4, contact=who.contact_without_a_box(people))
    steps.left(ended, mixed, overdue, unread, bounced)

    question = "Hello, which of our rooms do you mean? We found none."
    world.stranger(from_address(), "Your request of last week", question, laid_out=True)
    world.unreadable(from_address())
    world.out_of_office(overdue.letters.get())
    _answer_the_school()
    _answer_the_library()
    _answer_the_garden()
    _end_the_school(people, school, ended)
    _read_the_library(people, library, mixed)
    _test_the_address_that_was_offered(people)
    steps.replied(overdue)
    steps.replied(unread)
    until(lambda: IncomingMail.objects.filter(kind=Kind.BOUNCE).exists(), what="the letter that came back")
    until(lambda: IncomingMail.objects.for_a_person().count() >= 2, what="mail for a person")


def _school(people: Everybody) -> tuple[Case, TakedownRequest]:
    """Two reports that share five links, one case, a letter for 25."""
    police = steps.report(people, steps.links(SCHOOL, range(1, 16)), institution="Portal Demo School", hours=52)
    centre = steps.report(
        people,
        steps.links(SCHOOL, range(11, 26)),
        source=Source.SUPPORT_CENTRE,
        source_reference="VSC-2024-118",
        words="피해자가 학교 대화방에서 처음 보았다고 합니다.",
        hours=51,
    )
    case = steps.case(people, TITLES["closed"], police, centre, hours=50)
    return case, steps.approve(people, case, hours=49)


def _answer_the_school() -> None:
    world.remove(SCHOOL, range(1, 26))
    words = (
        "Dear colleagues,\n\nitems 1-23 and 25 have been removed. This is an unfortunate situation, and we apologise"
        " for the misunderstandings.\n\nFor further requests please write to our dedicated address"
        f" {OFFERED}.\n\nTrust & Safety"
    )
    world.answer(f"{SCHOOL}/25", words)


def _end_the_school(people: Everybody, case: Case, request: TakedownRequest) -> None:
    """24 claimed and checked, one gone without a word; all confirmed, the case closed."""
    reply = steps.replied(request)
    steps.accept(people, reply)
    silent = case.items.filter(takedown_items__number=24)
    case_services.order_case_checks(case=case, items=silent, by=people.minseo)
    steps.stands(case, removed=25)
    services.confirm_removals(request=request, items=list(request.items.all()), by=people.minseo)
    case_services.close_case(case=Case.objects.get(pk=case.pk), by=people.minseo, reason="All 25 are gone.")


def _test_the_address_that_was_offered(people: Everybody) -> None:
    """The answer to the test mail comes from another address, so that a person has to say whether it counts."""
    test = services.send_contact_test(contact=Contact.objects.get(email=OFFERED), by=people.minseo)
    until(lambda: ContactTest.objects.get().mail.accepted_at, what="the test mail with the mail server")
    words = "This address works; I share it with two colleagues."
    world.stranger(reply_address(test.mail.token), "Re: Test", words)
    until(ContactTestAnswer.objects.exists, what="the answer to the test mail")


def _library(people: Everybody) -> tuple[Case, TakedownRequest]:
    """The case that has an item at nearly every standing; one of its links leads into a private room."""
    text = steps.links(LIBRARY, range(1, 11)) + "\nhttps://t.me/joinchat/AbCdEfGhIjKlMnOp"
    report = steps.report(
        people, text, source=Source.VICTIM, severity=Severity.URGENT, words="제 사진으로 만든 영상입니다.", hours=8
    )
    case = steps.case(people, TITLES["mixed"], report, hours=7)
    return case, steps.approve(people, case, hours=6)


def _answer_the_library() -> None:
    world.remove(LIBRARY, [1, 2, 4])
    words = "Items 1, 2, 4 and 5 have been removed. Item 9 is under review."
    world.answer(f"{LIBRARY}/10", words)


def _read_the_library(people: Everybody, case: Case, request: TakedownRequest) -> None:
    """Line 1 is the private room; each line after it is the video before its number."""
    steps.accept(people, steps.replied(request), n7=ClaimKind.REFUSED, n8=ClaimKind.NEED_INFO)
    case_services.order_case_checks(case=case, items=[_item(request, 3)], by=people.minseo)
    steps.stands(case, removed=3, contradicted=1, unverifiable=1)
    of: dict[str, Any] = {"case": case, "by": people.minseo}
    blocked: dict[str, Any] = {"outcome": CheckOutcome.BLOCKED_HERE, "note": "한국에서만 보이지 않습니다."}
    case_services.record_check_by_hand(item=_item(request, 6), at=steps.ago(), **of, **blocked)
    seen: dict[str, Any] = {"kind": SightingKind.SAME_PLACE, "note": "다시 보입니다."}
    case_services.record_sighting(item=_item(request, 5), at=steps.ago(), **of, **seen)
    ended: dict[str, Any] = {"kind": OutcomeKind.REFUSED_ACCEPTED, "reason": "The video does not show a real person."}
    case_services.record_outcome(item=_item(request, 7), **of, **ended)
    services.confirm_removals(request=request, items=list(request.items.filter(number__in=[2, 3])), by=people.minseo)
    world.answer(f"{LIBRARY}/10", "Item 4 is gone now as well. We had looked at another message.")
    steps.replied(request, 2)


def _item(request: TakedownRequest, number: int) -> ContentItem:
    return request.items.get(number=number).item


def _answer_the_garden() -> None:
    world.remove(GARDEN, [1])
    world.answer(f"{GARDEN}/3", "1번 삭제하였습니다. 2번은 찾을 수 없습니다. 3번은 검토 중입니다.", language="ko")
