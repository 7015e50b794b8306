"""Too many wrong passwords: the account is not heard from that address for a while, and nobody else is hindered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import lockout, services
from accounts.models import User
from accounts.states import Role
from audit.errors import Refused
from audit.models import Event
from audit.states import Action
from tests.accounts.conftest import PASSWORD

Make = Callable[..., User]
LIMIT = 5


def attempt(client: Client, username: str, password: str = "wrong and long", **more: Any) -> Any:
    return client.post("/login/", {"username": username, "password": password}, **more)


def lock(client: Client, username: str = "minji", **more: Any) -> Any:
    answers = [attempt(client, username, **more) for _ in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [200] * (LIMIT - 1) + [429]
    return answers[-1]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_page_says_until_when_and_the_right_password_does_not_help(client: Client, make: Make):
    make("minji", Role.ANALYST)
    until = timezone.localtime(timezone.now() + timedelta(minutes=15))
    page = lock(client).content.decode()
    assert "<h1>" in page
    assert until.strftime("%H:%M") in page or (until + timedelta(minutes=1)).strftime("%H:%M") in page
    assert attempt(client, "minji", PASSWORD).status_code == 429
    assert not signed_in(client)


def test_a_failure_less_and_the_count_begins_anew(client: Client, make: Make):
    make("minji", Role.ANALYST)
    for _ in range(3):
        for _ in range(LIMIT - 1):
            assert attempt(client, "minji").status_code == 200
        assert attempt(client, "MINJI ", PASSWORD).status_code == 302
        client.logout()
    assert AccessAttempt.objects.count() == 0


def test_it_ends_by_itself_and_tries_in_between_do_not_prolong_it(client: Client, make: Make):
    make("minji", Role.ANALYST)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        lock(client)
        clock.shift(timedelta(minutes=14))
        assert attempt(client, "minji", PASSWORD).status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert attempt(client, "minji", PASSWORD).status_code == 302


def test_other_people_and_other_addresses_are_not_hindered(client: Client, make: Make):
    make("minji", Role.ANALYST)
    make("jisoo", Role.ANALYST)
    lock(client)
    assert attempt(Client(), "jisoo", PASSWORD).status_code == 302
    assert attempt(Client(), "minji", PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_another_browser_or_another_spelling_is_no_way_round(client: Client, make: Make):
    make("minji", Role.ANALYST)
    for n, name in enumerate(("minji", "MINJI", " Minji ", "minji")):
        attempt(client, name, headers={"user-agent": f"browser {n}"})
    assert attempt(client, "MinJi", headers={"user-agent": "browser 5"}).status_code == 429


def test_a_name_that_nobody_has_is_locked_alike_and_kept_nowhere(client: Client, db: None):
    lock(client, "my secret typed here")
    kept = str(list(AccessAttempt.objects.values())) + str(list(Event.objects.values()))
    assert "secret" not in kept
    assert "wrong and long" not in kept


def test_the_trail_tells_the_failures_and_the_lock_apart(client: Client, make: Make):
    minji = make("minji", Role.ANALYST)
    lock(client)
    attempt(client, "minji", PASSWORD)
    acts = Event.objects.filter(object_id=minji.pk).order_by("at").values_list("action", flat=True)
    assert list(acts)[1:] == [Action.SIGN_IN_FAILED] * (LIMIT - 1) + [Action.SIGN_IN_LOCKED] * 2
    assert Event.objects.filter(action=Action.SIGN_IN_LOCKED).first().detail == {"known": True, "active": True}


def test_the_log_names_nobody(client: Client, make: Make, caplog: Any):
    make("minji", Role.ANALYST)
    with caplog.at_level("INFO"):
        lock(client)
    told = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("axes"))
    assert "Locking out" in told
    assert "minji" not in told
    assert "127.0.0.1" not in told


def test_the_administrator_sees_the_lock_and_lifts_it(client: Client, make: Make, admin: User):
    minji = make("minji", Role.ANALYST)
    office = Client()
    office.force_login(admin)
    address = f"/people/{minji.pk}/"
    assert "release" not in office.get(address).content.decode()
    lock(client)
    assert f'action="{address}release/"' in office.get(address).content.decode()
    assert office.post(f"{address}release/")["Location"] == address
    assert attempt(client, "minji", PASSWORD).status_code == 302
    event = Event.objects.get(action=Action.SIGN_IN_RELEASED)
    assert (event.actor, event.object_id, event.detail) == (admin.pk, minji.pk, {"failures": LIMIT})
    office.post(f"{address}release/")
    assert Event.objects.filter(action=Action.SIGN_IN_RELEASED).count() == 1


def test_only_an_administrator_lifts_it(client: Client, make: Make):
    minji, jisoo = make("minji", Role.ANALYST), make("jisoo", Role.SUPERVISOR)
    lock(client)
    with pytest.raises(Refused):
        services.release_sign_in(person=minji, by=jisoo)
    assert lockout.lock_of(minji)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "found"),
    [
        (0, "198.51.100.1", "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.1", "192.0.2.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "192.0.2.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1", "192.0.2.1", "203.0.113.9"),
        (2, "198.51.100.1", "192.0.2.1", "192.0.2.1"),
        (1, "", "192.0.2.1", None),
        (1, "no address", "192.0.2.1", None),
        (0, "", "", None),
        (0, "", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_nobody_chooses_the_address_they_come_from(
    rf: RequestFactory, settings: Any, proxies: int, forwarded: str, peer: str, found: str | None
):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/login/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR=peer)
    assert lockout.address_of(request) == found
