"""What people are told: each fact once, to those whom it concerns, and no longer than it holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import deactivate_person, set_roles
from accounts.states import Role
from cases import services as case_services
from mailroom.models import OutgoingMail
from notices import services
from notices.facts import FACTS
from notices.models import News, Notice
from notices.states import CONCERNS, NewsKind, Way
from takedowns import services as takedown_services
from takedowns.models import TakedownRequest
from tests.at_once import at_once, failures
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def told() -> dict[str, set[str]]:
    """Kind -> the people who have it unread."""
    found: dict[str, set[str]] = {}
    for notice in Notice.objects.unread().select_related("news", "person"):
        found.setdefault(notice.news.kind, set()).add(notice.person.username)
    return found


def test_a_reply_is_told_to_owner_and_drafter_once(cast) -> None:
    reply = stages.replied(cast)
    assert services.tell_news() == 1
    assert services.tell_news() == 0
    assert told() == {"reply": {"analyst"}}
    news = News.objects.get()
    assert (news.number, news.url) == (reply.request.number, f"/replies/{reply.pk}/")
    takedown_services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.second_analyst)
    services.tell_news()
    assert told() == {}  # somebody else has read it: nothing to look at any more
    assert News.objects.get().settled_at


def test_an_out_of_office_rings_no_bell(cast) -> None:
    request = stages.approved(cast)
    stages.answer(request, "I am away.", head="Auto-Submitted: auto-replied\r\n")
    assert takedown_services.file_next()
    services.tell_news()
    assert told() == {}


def test_nobody_near_any_more_so_everybody_who_may(cast) -> None:
    stages.replied(cast)
    deactivate_person(person=cast.analyst, by=None)
    services.tell_news()
    assert told() == {"reply": {"second-analyst", "supervisor", "second-supervisor"}}


def test_an_approval_concerns_those_who_may_give_it(cast) -> None:
    request = stages.drafted(cast)
    takedown_services.revise_letter(
        request=request,
        by=cast.second_supervisor,
        contact=request.contact,
        language="en",
        deadline_hours=24,
        message="",
    )
    takedown_services.submit(request=request, by=cast.analyst)
    services.tell_news()
    assert told() == {"approval": {"supervisor"}}
    takedown_services.return_with_words(request=request, words="Name the law.", by=cast.supervisor)
    services.tell_news()
    assert told() == {}
    takedown_services.submit(request=request, by=cast.analyst)
    services.tell_news()
    assert told() == {"approval": {"supervisor"}}  # submitted anew is news


def test_a_message_concerns_supervisors_who_wrote_none_of_it(cast) -> None:
    message = stages.message(cast)
    takedown_services.revise_message(
        free_letter=message, message="Good day.", with_list=True, by=cast.second_supervisor
    )
    takedown_services.submit_message(free_letter=message, by=cast.analyst)
    services.tell_news()
    assert told()["message"] == {"supervisor"}
    assert News.objects.get(kind="message").url == f"/messages/{message.pk}/"
    digest = takedown_services.latest_wording(message).body_sha256
    takedown_services.approve_message(free_letter=message, digest=digest, by=cast.supervisor)
    services.tell_news()
    assert "message" not in told()


def test_a_letter_for_a_web_form_needs_a_person(cast) -> None:
    letter = stages.to_a_form(cast)
    services.tell_news()
    assert "letter" in told()
    takedown_services.deliver_by_hand(letter=letter, delivered_at=timezone.now(), by=cast.analyst)
    services.tell_news()
    assert "letter" not in told()


def due(request: TakedownRequest, hours: float) -> None:
    now = timezone.now()
    TakedownRequest.objects.filter(pk=request.pk).update(
        due_at=now + timedelta(hours=hours), approved_at=now - timedelta(hours=20)
    )


def test_a_deadline_near_then_passed_then_answered(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    services.tell_news()
    assert told() == {}
    due(request, 5)
    services.tell_news()
    assert told() == {"deadline_near": {"analyst"}}
    due(request, -1)
    services.tell_news()
    assert told() == {"deadline_passed": {"analyst", "supervisor", "second-supervisor"}}
    stages.answer(request, "1-3 have been removed.")
    assert takedown_services.file_next()
    reply = request.replies.get()
    takedown_services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    services.tell_news()
    assert told() == {}


def test_a_short_deadline_is_not_near_at_once(cast) -> None:
    request = stages.approved(cast)
    now = timezone.now()
    TakedownRequest.objects.filter(pk=request.pk).update(due_at=now + timedelta(hours=1), approved_at=now)
    services.tell_news()
    assert told() == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "uncertain", "uncertain_at": True},
        {"state": "rejected", "rejected_at": True},
    ],
    ids=["uncertain", "refused"],
)
def test_a_letter_that_needs_a_person(cast, fields) -> None:
    request = stages.approved(cast)
    services.tell_news()
    assert told() == {}
    now = timezone.now()
    values = {name: now if value is True else value for name, value in fields.items()}
    mail = OutgoingMail.objects.filter(letter__request=request)
    mail.update(**values)
    services.tell_news()
    assert services.tell_news() == 0
    assert told() == {"letter": {"analyst", "supervisor", "second-supervisor"}}
    assert News.objects.get().url == f"/requests/{request.pk}/"
    mail.update(state="accepted", accepted_at=now, rejected_at=None)
    services.tell_news()
    assert told() == {}


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_does_not_leave(cast, owner_cursor) -> None:
    stages.approved(cast)
    services.tell_news()
    assert told() == {}
    with owner_cursor() as cursor:  # the portal itself may not put a letter back in time
        cursor.execute("UPDATE mailroom_outgoingmail SET queued_at = now() - interval '61 minutes'")
    services.tell_news()
    assert told() == {"letter": {"analyst", "supervisor", "second-supervisor"}}


def test_an_item_that_came_back_each_time(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request, "gone")
    services.tell_news()
    assert told() == {}
    stages.found(request, "live", numbers={2})
    services.tell_news()
    assert told() == {"came_back": {"analyst"}}
    line = request.items.get(number=2)
    assert News.objects.get().url == f"/cases/{request.case_id}/items/{line.item_id}/"
    stages.found(request, "gone", numbers={2})
    services.tell_news()
    assert told() == {}
    stages.found(request, "live", numbers={2})
    services.tell_news()
    assert News.objects.count() == 2
    assert told() == {"came_back": {"analyst"}}


def test_a_closed_case_that_wakes_up_is_told_too(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request)
    takedown_services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    case_services.close_case(case=request.case, by=cast.analyst)
    stages.found(request, "live", numbers={1})
    services.tell_news()
    assert told() == {"came_back": {"analyst"}}


def test_other_teams_and_readers_are_told_nothing(cast) -> None:
    stages.replied(cast)
    stages.submitted(cast, case=stages.case_of(cast, first=301))
    services.tell_news()
    assert {person for people in told().values() for person in people} == {
        "analyst",
        "supervisor",
        "second-supervisor",
    }


@pytest.mark.parametrize("way", Way)
def test_each_ones_choice(cast, way) -> None:
    User.objects.filter(pk=cast.analyst.pk).update(email="analyst@agency.test")
    services.choose_ways(ways={NewsKind.REPLY: way}, by=cast.analyst)
    stages.replied(cast)
    services.tell_news()
    assert Notice.objects.filter(person=cast.analyst).count() == (way != Way.NONE)
    assert services.mail_notices() == (way == Way.MAIL)
    services.tell_news()
    assert services.mail_notices() == 0


def test_a_role_that_was_taken_away(cast) -> None:
    stages.replied(cast)
    set_roles(person=cast.analyst, roles=[(Role.INTAKE, cast.team)], by=None)
    services.tell_news()
    assert "analyst" not in told()["reply"]


def test_every_kind_concerns_somebody_and_has_its_facts() -> None:
    assert set(CONCERNS) == set(NewsKind) == set(FACTS)


@pytest.mark.django_db(transaction=True)
def test_six_sweeps_at_once_tell_once(cast) -> None:
    User.objects.filter(pk=cast.analyst.pk).update(email="analyst@agency.test")
    services.choose_ways(ways=dict.fromkeys([NewsKind.REPLY, NewsKind.CAME_BACK], Way.MAIL), by=cast.analyst)
    reply = stages.replied(cast, items=8)
    stages.mark_left(reply.request)
    stages.found(reply.request)
    stages.found(reply.request, "live")

    def sweep() -> int:
        services.tell_news()
        return services.mail_notices()

    results = at_once([sweep] * 6)
    assert failures(results) == []
    assert News.objects.count() == Notice.objects.count() == 9
    services.mail_notices()
    mails = OutgoingMail.objects.filter(notices__isnull=False).distinct()
    assert Notice.objects.filter(mail=None).count() == 0
    assert mails.count() <= 2  # one, or a second for what another sweep told meanwhile


def test_the_queries_of_a_quiet_sweep(cast, django_assert_max_num_queries) -> None:
    for first in range(101, 131, 3):
        stages.replied(cast, case=stages.case_of(cast, first=first))
    services.tell_news()
    with django_assert_max_num_queries(2 * len(NewsKind)):
        assert services.tell_news() == 0
