"""The bell, the list and the choices: one's own only, within a page's queries."""

import pytest
from django.urls import get_resolver, reverse

from accounts.permissions import GRANTS
from accounts.states import Role
from audit.models import Event
from audit.states import Action
from notices import services
from notices.models import Choice, Notice
from notices.states import CONCERNS, NewsKind, Way
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(client):
    """`at(person)` is a browser with that person logged in."""

    def log_in(person):
        client.force_login(person)
        return client

    return log_in


def test_every_address_is_decided() -> None:
    names = get_resolver().namespace_dict["notices"][1].reverse_dict
    assert {name for name in names if isinstance(name, str)} == {"notices", "read", "open", "choose"}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PARTNER])
def test_everybody_has_the_page_and_the_choices_of_their_roles(cast, at, role) -> None:
    browser = at(getattr(cast, role.value))
    assert browser.get("/notifications/").status_code == 200
    page = browser.get("/account/").content.decode()
    for kind, permission in CONCERNS.items():
        assert (f'name="{kind.value}"' in page) == (permission in GRANTS[role]), kind
    assert browser.get(reverse("notices:read")).status_code == 405
    assert browser.get(reverse("notices:choose")).status_code == 405


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_enters_without_signing_in(client, method) -> None:
    answer = getattr(client, method)("/notifications/" if method == "get" else "/notifications/read/")
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


def test_the_bell_counts_and_opening_reads(cast, at) -> None:
    reply = stages.replied(cast)
    services.tell_news()
    notice = Notice.objects.get()
    page = at(cast.analyst).get("/").content.decode()
    assert "Notifications: 1 unread" in page
    listed = at(cast.analyst).get("/notifications/").content.decode()
    assert "A reply has come in" in listed
    assert reply.request.number in listed
    assert reply.request.case.title not in listed
    address = reverse("notices:open", args=[notice.pk])
    assert at(cast.analyst).get(address).url == f"/replies/{reply.pk}/"
    first = Notice.objects.get().read_at
    assert first
    at(cast.analyst).get(address)
    assert Notice.objects.get().read_at == first
    page = at(cast.analyst).get("/notifications/")
    assert "Nothing unread" in page.content.decode()
    assert "unread</strong>" not in at(cast.analyst).get("/notifications/?all=1").content.decode()
    assert "Notifications: 1 unread" not in at(cast.analyst).get("/").content.decode()


def test_ones_own_only(cast, at) -> None:
    stages.replied(cast)
    services.tell_news()
    address = reverse("notices:open", args=[Notice.objects.get().pk])
    for person in (cast.second_analyst, cast.outsider, cast.auditor):
        assert at(person).get(address).status_code == 404
        at(person).post("/notifications/read/")
    assert Notice.objects.unread().count() == 1
    at(cast.analyst).post("/notifications/read/")
    assert Notice.objects.unread().count() == 0


def test_choosing(cast, at) -> None:
    kinds = [kind for kind, permission in CONCERNS.items() if permission in GRANTS[Role.ANALYST]]
    chosen = {kind.value: Way.NONE.value for kind in kinds} | {"reply": "mail"}
    browser = at(cast.analyst)
    page = browser.get("/account/").content.decode()
    assert page.count('value="app" ') >= len(kinds)  # quiet by default
    assert browser.post(reverse("notices:choose"), chosen).url == "/account/"
    assert dict(Choice.objects.values_list("kind", "way")) == chosen
    browser.post(reverse("notices:choose"), chosen | {"reply": "app"})
    assert Choice.objects.get(kind="reply").way == "app"
    event = Event.objects.filter(action=Action.NOTICES_CHOSEN).order_by("at")[0]
    assert (event.actor, event.detail["by_mail"]) == (cast.analyst.pk, ["reply"])
    for wrong in ({"reply": "pigeon"}, {}):
        browser.post(reverse("notices:choose"), chosen | wrong if wrong else wrong)
        assert Choice.objects.get(kind="reply").way == "app"
    browser.post(reverse("notices:choose"), chosen | {"approval": "mail"})
    assert not Choice.objects.filter(kind="approval").exists()


def test_no_address_is_said_beside_the_choices(cast, at) -> None:
    assert "No e-mail address is kept for you" in at(cast.analyst).get("/account/").content.decode()


@pytest.mark.parametrize("many", [1, 60])
def test_queries_do_not_grow(cast, at, django_assert_num_queries, many) -> None:
    request = stages.approved(cast, items=many)
    stages.mark_left(request)
    stages.found(request)
    stages.found(request, "live")
    services.tell_news()
    browser = at(cast.analyst)
    with django_assert_num_queries(5):  # session, person with the bell's number, roles, count, rows
        page = browser.get("/notifications/").content.decode()
    assert page.count("An item is there again") == min(many, 50)
    with django_assert_num_queries(5):
        browser.get("/notifications/?all=1")


def test_the_trail_tells_it_in_words(cast, at) -> None:
    services.choose_ways(ways={NewsKind.REPLY: Way.MAIL, NewsKind.LETTER: Way.NONE}, by=cast.analyst)
    page = at(cast.auditor).get("/audit/").content.decode()
    assert "Notifications chosen" in page
    assert "by mail: A reply has come in" in page
