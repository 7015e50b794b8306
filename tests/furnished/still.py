"""What must stay as it is: made while no process of the house touches it any more."""

import json
from dataclasses import asdict
from typing import Any

from django.db import transaction

from accounts.models import User
from cases import services as case_services
from cases.models import Case, Report
from cases.states import ReportStatus, Severity, Source, Standing
from dashboards.queries.waiting import Kind as Waiting
from mailroom.models import IncomingMail
from mailroom.services import outbox, sending
from mailroom.services.sending import Answer, Result
from mailroom.states import Ending, IncomingState
from notices.models import Notice
from notices.services import tell_news
from platforms.models import Organisation
from platforms.services import activate_contact, propose_contact
from takedowns import services
from takedowns.models import ContactTestAnswer, Reply
from takedowns.states import ClaimKind
from tests.furnished import people as who
from tests.furnished import steps
from tests.furnished.addresses import pages
from tests.furnished.lively import TITLES
from tests.furnished.objects import Objects
from tests.furnished.people import Everybody

TAKEN = Answer(250, "2.1.5 ok")


def furnish() -> None:
    """Reports in triage, requests that have not left, letters that are stuck. Prints the addresses of all of it."""
    people = who.again()
    made = Objects()
    for stage, title in TITLES.items():
        made.cases[stage] = Case.objects.get(title=title)
        made.requests[stage] = made.cases[stage].requests.get()
    _reports(people, made)
    _requests(people, made)
    _letters(people, made)
    _mixed(people, made)
    _found(made)
    _messages(people, made)
    _forms(people, made)
    print(json.dumps([asdict(address) for address in pages(made, people.soyeon)]))  # noqa: T201  # to the process that asked


def _reports(people: Everybody, made: Objects) -> None:
    bad = (
        steps.links("fountain_square_room", [1, 2])
        + "\njavascript:alert(1)\nsee the photo below\nhttps://t.me/+abc DEF"
    )
    long = steps.links("station_road_room", range(1, 41))
    words = "학생이 선생님께 알렸고, 선생님이 저희에게 알려 주셨습니다.\n대화방 이름은 두 번 바뀌었다고 합니다."
    made.reports["bad-lines"] = steps.report(people, bad, source=Source.PUBLIC, hours=3)
    made.reports["urgent"] = steps.report(
        people,
        long,
        source=Source.INSTITUTION,
        institution="역전고등학교",
        severity=Severity.URGENT,
        words=words,
        hours=2,
    )
    again = steps.report(people, steps.links("hillside_library_room", [1, 2, 3]), source=Source.MONITORING, hours=1)
    made.reports["known-links"] = again
    twice = steps.report(people, steps.links("fountain_square_room", [1]), source=Source.PUBLIC, hours=2.5)
    aside: dict[str, Any] = {
        "by": people.hana,
        "status": ReportStatus.DUPLICATE,
        "duplicate_of": made.reports["bad-lines"],
    }
    made.reports["duplicate"] = case_services.set_aside(report=twice, **aside)
    other = steps.report(people, "https://shop.example.net/offers", source=Source.PUBLIC, hours=26)
    why = "An advertisement; nobody is shown."
    made.reports["out-of-scope"] = case_services.set_aside(
        report=other, by=people.hana, status=ReportStatus.OUT_OF_SCOPE, reason=why
    )


def _requests(people: Everybody, made: Objects) -> None:
    made.cases["fresh"] = steps.room_case(people, "Lakeside Library, chatroom", "lakeside_room", 8, hours=4)
    site = steps.report(
        people, "https://files.example.com/v/1\nhttps://files.example.com/v/2", source=Source.MONITORING, hours=5
    )
    made.cases["no-contact"] = steps.case(people, "files.example.com", site, hours=4.5)

    def of(room: str, count: int) -> Case:
        return steps.room_case(people, f"{room} chatroom", f"{room.lower().replace(' ', '_')}_room", count, hours=6)

    made.requests["draft"] = steps.draft(people, of("Clock tower", 3), hours=4)
    awaiting = steps.submit(
        people, of("Harbour view", 12), hours=3, message="The room was renamed twice; the numbers have stayed."
    )
    made.requests["awaiting"], made.cases["awaiting"] = awaiting, awaiting.case
    made.requests["awaiting-korean"] = steps.submit(people, of("Old town", 4), hours=2, language="ko")
    made.requests["returned"] = services.return_with_words(
        request=steps.submit(people, of("River bend", 2), hours=3),
        words="Please name the school in the first paragraph, and say that the police know of it.",
        by=people.soyeon,
    )
    made.requests["withdrawn"] = services.withdraw(request=steps.draft(people, of("Mill lane", 2)), by=people.minseo)


def _letters(people: Everybody, made: Objects) -> None:
    """Letters: one nobody knows the fate of, a notice like it, one refused for good, one that has not left yet."""
    for stage, room, ending in (
        ("uncertain", "west_gate_room", Ending.UNCERTAIN),
        ("rejected", "east_gate_room", Ending.REJECTED),
    ):
        case = steps.room_case(people, f"{room.replace('_', ' ').title()}", room, 3, hours=6)
        with transaction.atomic():
            made.requests[stage] = steps.approve(people, case, hours=3)
            lease = sending.claim()
        assert lease
        sending.reach_envelope(lease)
        if ending == Ending.UNCERTAIN:
            sending.begin_data(lease, recipient=TAKEN, archive=TAKEN)
            sending.end(lease, Result(ending, recipient=TAKEN, archive=TAKEN))
        else:
            refusal = Answer(550, "5.7.1 we take no mail from you")
            sending.end(lease, Result(ending, answer=refusal, recipient=refusal))
        made.letters[stage] = made.requests[stage].letters.get()
    with transaction.atomic():
        made.uncertain["notice"] = outbox.enqueue(
            identity=outbox.new_identity(),
            idempotency_key="a notice whose connection broke",
            to="minseo@portal.test",
            subject="[알림] 새 소식 1건",
            body="새 소식이 있습니다.",
            language="ko",
            auto_submitted=True,
            wants_answers=False,
            by=None,
        )
        lease = sending.claim()
    assert lease
    sending.reach_envelope(lease)
    sending.begin_data(lease, recipient=TAKEN, archive=TAKEN)
    sending.end(lease, Result(Ending.UNCERTAIN, recipient=TAKEN, archive=TAKEN))
    made.requests["queued"] = steps.approve(
        people, steps.room_case(people, "South gate", "south_gate_room", 2), hours=1
    )


def _mixed(people: Everybody, made: Objects) -> None:
    """The case with an item at every standing, and its replies: one read, one not."""
    case, request = made.cases["mixed"], made.requests["mixed"]
    first = request.replies.earliest("received_at")
    services.set_claim(
        reply=first, takedown_item=request.items.get(number=10), kind=ClaimKind.REMOVED, by=people.minseo
    )
    for standing in Standing:
        item = case.items.filter(standing=standing).first()
        if item is not None:
            made.items[standing.value] = (case, item)
    made.lines["on-statement"] = request.items.filter(item__standing=Standing.UNVERIFIABLE).get()
    made.lines["confirmed"] = request.items.get(number=2)
    made.replies |= {"read": first, "unread": request.replies.latest("received_at")}


def _forms(people: Everybody, made: Objects) -> None:
    """A platform that takes requests in its web form only: one letter to be entered there, one that was."""
    proposed = propose_contact(
        organisation=Organisation.objects.get(code="telegram"),
        form_url="https://telegram.test/report",
        language="en",
        note="Linked at the foot of their help pages.",
        by=people.minseo,
    )
    form = activate_contact(contact=proposed, by=people.soyeon)
    for stage, room in (("by-hand", "north_gate_room"), ("handed", "canal_side_room")):
        case = steps.room_case(people, room.replace("_", " ").title(), room, 3)
        made.requests[stage] = steps.approve(people, case, hours=2, contact=form)
        made.letters[stage] = made.requests[stage].letters.get()
    given: dict[str, Any] = {"ticket": "REM-20441", "note": "Their form takes ten links at a time: entered in one go."}
    services.deliver_by_hand(letter=made.letters["handed"], delivered_at=steps.ago(hours=1), by=people.minseo, **given)


def _messages(people: Everybody, made: Objects) -> None:
    """Answers to liaisons: begun, waiting for a supervisor, given back, on their way."""
    told: dict[str, Any] = {"by": people.minseo}
    again = "Thank you for looking again. Items 5 and 10 can still be opened from Korea: please look at them once more."
    made.messages["awaiting"] = services.write_message(
        request=made.requests["mixed"], answers=made.replies["unread"], message=again, with_list=False, **told
    )
    korean = made.replies["korean"]
    made.messages["returned"] = services.write_message(
        request=korean.request, answers=korean, message="3번은 언제쯤 결과를 알 수 있습니까?", with_list=True, **told
    )
    open_list = "You wrote that our list could not be opened: here it is again, in the mail itself and as a table."
    made.messages["approved"] = services.write_message(
        request=made.requests["overdue"], message=open_list, with_list=True, **told
    )
    for stage in ("awaiting", "returned", "approved"):
        services.submit_message(free_letter=made.messages[stage], **told)
    services.return_message(
        free_letter=made.messages["returned"], words="결과를 알려 줄 기한을 함께 물어봐 주세요.", by=people.soyeon
    )
    digest = services.latest_wording(made.messages["approved"]).body_sha256
    made.letters["message"] = services.approve_message(
        free_letter=made.messages["approved"], digest=digest, by=people.soyeon
    )
    made.messages["draft"] = services.write_message(
        request=made.requests["queued"], message="The room was renamed since.", with_list=False, **told
    )


def _found(made: Objects) -> None:
    made.reports["in-a-case"] = Report.objects.filter(status=ReportStatus.TRIAGED).earliest("recorded_at")
    made.replies["korean"] = Reply.objects.get(request__language="ko")
    made.replies["automatic"] = Reply.objects.get(incoming__kind="auto_reply")
    made.replies["all-accepted"] = made.requests["closed"].replies.get()
    made.unmatched["stranger"] = IncomingMail.objects.for_a_person().filter(state=IncomingState.PARSED).get()
    made.unmatched["poison"] = IncomingMail.objects.for_a_person().filter(state=IncomingState.POISON).get()
    made.letters["accepted"] = made.requests["closed"].letters.get()
    made.contacts["active"] = made.requests["closed"].contact
    made.contacts["proposed"] = ContactTestAnswer.objects.get().test.contact
    made.answers["doubtful"] = ContactTestAnswer.objects.get()
    made.organisations["telegram"] = made.requests["closed"].addressee
    made.organisations["found-in-a-link"] = Organisation.objects.exclude(code="telegram").first()
    for username in ("minseo", "former", "fresh", "support-centre"):
        made.people[username] = User.objects.get(username=username)
    while tell_news():
        pass
    made.notifications["minseo"] = Notice.objects.filter(person__username="minseo").latest("news__happened_at")
    made.waiting |= {kind.value: kind.value for kind in Waiting}
