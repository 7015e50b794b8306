"""The sandbox's own pages, by role; and that production has none of them."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve, reverse

from accounts.models import User
from audit.models import Event
from audit.states import Action
from cases.models import Case
from cases.services import group_reports
from kcsc_portal import settings as production
from platforms.models import Contact
from sandbox.cast import CAST
from sandbox.seed import CONTACTS, seed
from sandbox.story import script, switch
from sandbox.story.deeds import Staff
from sandbox.story.player import Player
from sandbox.urls import sandbox_patterns
from takedowns.services import submit
from tests.cast import PASSWORD, Cast
from tests.takedowns import stages

pytestmark = pytest.mark.django_db

ADDRESSES = {
    name: reverse(f"sandbox:{name}") for name in ("story", "bar", "now", "panel", "play", "platform", "continue")
}
DEAD = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def told(settings, tmp_path: Path) -> None:
    """A sandbox with its cast, in which a player has begun the story; none runs, and the platform is down."""
    settings.SANDBOX_FOLDER, settings.SANDBOX_PLATFORM = tmp_path, DEAD
    (tmp_path / "story").mkdir()
    seed(password=PASSWORD)


@pytest.fixture
def player() -> None:
    """A player runs, as far as the pages can tell."""
    switch.begin()
    assert switch.is_running()


def person(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def staff() -> Cast:
    """The story's people under the names that tests.takedowns.stages expects."""
    minseo = person("minseo")
    team = minseo.memberships.get().team
    assert team
    people: dict[str, Any] = dict.fromkeys(Cast.__dataclass_fields__, minseo)
    return Cast(**people | {"team": team, "other_team": team, "supervisor": person("soyeon")})


def seen_by(client: Client, username: str, path: str = "/") -> str:
    user = person(username)
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.role)
def test_every_role_reads_the_story_and_where_it_stands(client, member):
    for path in ("/", ADDRESSES["story"]):
        page = seen_by(client, member.username, path)
        assert "Step 1 of" in page
        assert "Intake records the report of the police" in page
        assert "invented data" in page


def test_whose_turn_it_is_goes_there_and_the_others_continue_as_that_person(client):
    mine = seen_by(client, "hana")
    assert f'<a class="krds-btn small primary" id="story-do" href="{reverse("cases:report_new")}">' in mine
    others = seen_by(client, "minseo")
    assert "Continue as Kim Hana 김하나 (Intake)" in others
    continued = client.post(ADDRESSES["continue"], {"username": "hana", "next": reverse("cases:report_new")})
    assert continued.headers["Location"] == reverse("cases:report_new")
    assert client.get(continued.headers["Location"]).status_code == 200


def test_the_turn_goes_with_the_story(client, staff):
    request = stages.drafted(staff, case=stages.case_of(staff, items=25, first=1, room=script.SCHOOL))
    address = reverse("takedowns:request", args=[request.pk])
    assert f'id="story-do" href="{address}"' in seen_by(client, "minseo")
    submit(request=request, by=staff.analyst)
    assert "Continue as Park Soyeon 박소연 (Supervisor)" in seen_by(client, "minseo")
    assert f'id="story-do" href="{address}"' in seen_by(client, "soyeon")
    assert watched_by(client, "taeho") == reverse("cases:case", args=[request.case_id])  # may look
    assert watched_by(client, "yuna") == ADDRESSES["story"]  # sees no cases


def watched_by(client: Client, username: str) -> str:
    """Where the strip's link leads, which is the same on every page."""
    assert f'id="sandbox-watch" href="{ADDRESSES["now"]}">Where it happens' in seen_by(client, username)
    return client.get(ADDRESSES["now"]).headers["Location"]


def test_doing_it_oneself_takes_over_from_the_player(client, player):
    assert "Do it yourself" in seen_by(client, "hana")
    answer = client.post(ADDRESSES["play"], {"do": "take_over", "next": reverse("cases:report_new")})
    assert answer.headers["Location"] == reverse("cases:report_new")
    assert switch.is_taken_over()
    assert "Let it play" in seen_by(client, "hana")
    client.post(ADDRESSES["play"], {"do": "let_play"})
    assert not switch.is_taken_over()
    assert "Take over" in seen_by(client, "hana")
    assert client.post(ADDRESSES["play"], {"do": "anything"}).status_code == 400


def test_each_form_carries_its_token(player):
    client = Client(enforce_csrf_checks=True)
    page = seen_by(client, "hana", ADDRESSES["story"])
    assert page.count('method="post"') == page.count("csrfmiddlewaretoken")


def test_the_bar_asks_for_itself_and_says_what_is_new(client, staff, player):
    page = seen_by(client, "minseo")
    key, since = "portal_demo_school_room.police.playing", "portal_demo_school_room.police"
    assert f'name="shown" value="{key}"' in page
    asked = {"shown": key, "since": since}
    assert client.get(ADDRESSES["bar"], asked).status_code == 204  # nothing moves while nothing happens
    assert client.get(ADDRESSES["panel"], asked).status_code == 204
    whole = {"shown": "police.aside_report.playing"}
    assert client.get(ADDRESSES["story"], whole).status_code == 204
    stages.reported(staff, items=15, first=1, room=script.SCHOOL)
    news = client.get(ADDRESSES["bar"], asked).content.decode()
    assert "Newer than this page:" in news
    assert "Intake recorded the report of the police." in news
    assert f'name="since" value="{since}"' in news  # of the page, which is as old as before
    assert "Newer than this page:" not in seen_by(client, "minseo")
    assert "victim-support centre" in client.get(ADDRESSES["panel"], asked).content.decode()
    assert client.get(ADDRESSES["story"], whole).status_code == 200


def test_the_end_says_so(client, staff):
    close(staff, stages.case_of(staff, items=25, first=1, room=script.SCHOOL))
    page = seen_by(client, "minseo", ADDRESSES["story"])
    assert "The story has ended" not in page  # the little case is still to come
    assert "Intake records the report of a library" in page
    close(staff, stages.case_of(staff, items=3, first=1, room=script.LIBRARY))
    for path in ("/", ADDRESSES["story"]):
        assert "The story has ended" in seen_by(client, "minseo", path)


def close(staff: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=case.opened_at, closed_by=staff.analyst)


def test_the_log_in_page_offers_the_people_in_the_language_that_was_chosen(client):
    page = client.get("/login/").content.decode()
    for member in CAST:
        assert member.name in page
    assert 'name="password"' in page
    client.post("/language/", {"language": "en"})
    answer = client.post(ADDRESSES["continue"], {"username": "soyeon"})
    assert answer.headers["Location"] == "/"
    assert "What waits for you" in client.get("/").content.decode()
    assert person("soyeon").language == "en"
    [told] = Event.objects.filter(action__in=[Action.SIGNED_IN, Action.LANGUAGE_SET])
    assert (told.action, told.detail) == (Action.SIGNED_IN, {"language": "en"})


def test_continuing_as_another_is_audited_as_logging_out_and_in(client):
    seen_by(client, "minseo")
    client.post(ADDRESSES["continue"], {"username": "soyeon", "next": "https://elsewhere.example/"})
    sessions = Event.objects.filter(action__in=[Action.SIGNED_IN, Action.SIGNED_OUT]).order_by("at")
    assert [(event.action, event.actor) for event in sessions] == [
        (Action.SIGNED_OUT, person("minseo").pk),
        (Action.SIGNED_IN, person("soyeon").pk),
    ]
    assert client.get("/").wsgi_request.user == person("soyeon")


@pytest.mark.parametrize("path", ["/", ADDRESSES["story"], "/account/"])
def test_every_page_offers_the_others_of_the_cast(client, path):
    page = seen_by(client, "minseo", path)
    offered = {member.username for member in CAST if f'name="username" value="{member.username}">' in page}
    assert offered >= {member.username for member in CAST if member.username not in ("minseo", "hana")}
    assert "minseo" not in offered


def test_a_story_that_was_told_stays_told(client, staff):
    case = stages.case_of(staff, items=25, first=1, room=script.SCHOOL)
    close(staff, case)
    close(staff, stages.case_of(staff, items=3, first=1, room=script.LIBRARY))
    Player(staff=Staff(DEAD, PASSWORD), pace=0, say=lambda line: None).play(until_over=True)
    Case.objects.filter(pk=case.pk).update(status="open", closed_at=None, closed_by=None)
    page = seen_by(client, "minseo", ADDRESSES["story"])
    assert "The story has ended" in page
    assert 'aria-current="step"' not in page


def test_only_the_cast_can_be_continued_as(client, cast):
    for username in (cast.analyst.username, "nobody", ""):
        assert client.post(ADDRESSES["continue"], {"username": username}).status_code == 400
    User.objects.filter(username="hana").update(is_active=False)
    assert client.post(ADDRESSES["continue"], {"username": "hana"}).status_code == 404
    assert client.get(ADDRESSES["continue"]).status_code == 405
    assert "_auth_user_id" not in client.session


def test_without_logging_in_there_is_no_story_page(client):
    for name in ("story", "panel", "now"):
        assert client.get(ADDRESSES[name]).status_code == 302
    assert client.post(ADDRESSES["platform"], {"do": "hurry"}).status_code == 302
    assert client.get(ADDRESSES["bar"]).status_code == 200


def strip(client: Client) -> str:
    client.post("/language/", {"language": "en"})
    page = client.get("/login/").content.decode()
    return page[page.index('id="sandbox-bar"') : page.index("</aside>")]


def test_who_is_logged_out_is_told_that_the_story_waits_and_then_how_to_watch_it(client, staff, player):
    shown = strip(client)
    assert "begins as soon as somebody logs in" in shown
    assert "Take over" not in shown
    assert "href" not in shown
    stages.reported(staff, items=15, first=1, room=script.SCHOOL)
    shown = strip(client)
    assert "Step 1 of" in shown
    assert f'href="{reverse("accounts:login")}">Log in to watch' in shown
    assert shown.count("href") == 1


def test_the_end_leads_on_to_what_can_be_tried(client, staff):
    close(staff, stages.case_of(staff, items=25, first=1, room=script.SCHOOL))
    library = stages.case_of(staff, items=3, first=1, room=script.LIBRARY)
    close(staff, library)
    rooms, left_open = f'href="{ADDRESSES["story"]}#rooms"', f'<li><a href="{reverse("cases:case", args=[library.pk])}'
    for username, links in (("minseo", 2), ("yuna", 0), ("taeho", 0)):  # in the strip and in the panel
        page = seen_by(client, username)
        assert page.count(rooms) == links
        assert left_open not in page


def test_the_story_page_names_the_addresses_that_the_platform_has_and_its_desk_in_the_same_language(client):
    page = seen_by(client, "minseo", ADDRESSES["story"])
    assert "abuse@telegram.test" in page
    assert f'href="{DEAD}/liaison/?language=en"' in page


def test_a_platform_that_is_down_is_told(client):
    assert "does not answer at the moment" in seen_by(client, "minseo", ADDRESSES["story"])
    for wanted in ("hurry", "hand", "slow"):
        answer = client.post(ADDRESSES["platform"], {"do": wanted}, follow=True)
        assert "does not answer at the moment" in answer.content.decode()
    assert client.post(ADDRESSES["platform"], {"do": "explode"}).status_code == 400


def test_the_strip_costs_a_page_two_queries_and_nothing_without_a_story(client, staff, settings):
    stages.replied(staff, case=stages.case_of(staff, items=25, first=1, room=script.SCHOOL))

    def queries(path: str) -> int:
        seen_by(client, "minseo", path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    with_story = {path: queries(path) for path in ("/", "/cases/")}
    settings.SANDBOX_FOLDER = Path("/nonexistent")
    assert {path: count - queries(path) for path, count in with_story.items()} == {"/": 2, "/cases/": 2}
    assert client.get(ADDRESSES["bar"]).status_code == 204


def test_a_player_that_died_is_not_taken_for_one_that_plays(client, settings):
    (settings.SANDBOX_FOLDER / "story" / "player").write_text(str(2**22 + os.getpid()))
    assert "Take over" not in seen_by(client, "hana")


def test_the_seed_can_be_repeated_and_gives_an_older_folder_what_it_lacks():
    contacts = Contact.objects.all()
    assert {(contact.email, contact.status) for contact in contacts} == {(email, "active") for email, *_ in CONTACTS}
    seed(password=PASSWORD)
    assert Contact.objects.count() == len(CONTACTS)
    assert User.objects.count() == len(CAST)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_production_knows_none_of_these_addresses(client, settings, name):
    with pytest.raises(Resolver404):
        resolve(ADDRESSES[name], urlconf=production.ROOT_URLCONF)
    settings.ROOT_URLCONF, settings.TEMPLATES = production.ROOT_URLCONF, production.TEMPLATES
    client.force_login(person("minseo"))
    assert client.get(ADDRESSES[name]).status_code == 404
    assert client.post(ADDRESSES[name], {"username": "soyeon"}).status_code == 404
    client.logout()
    assert "sandbox" not in client.get("/login/").content.decode().lower()


def test_these_are_all_of_them():
    assert {pattern.name for pattern in sandbox_patterns[0]} == set(ADDRESSES)


def test_grouping_by_hand_counts(client, staff):
    reports = [stages.reported(staff, items=15, first=first, room=script.SCHOOL) for first in (1, 11)]
    group_reports(by=staff.analyst, reports=reports, title="By hand")
    assert "The analyst writes the letter to Telegram" in seen_by(client, "minseo")
