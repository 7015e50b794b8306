"""People come, change and go; each step is recorded, and what a rule forbids does not happen."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts import services
from accounts.models import ApiToken, Team, User
from accounts.states import Role
from audit.errors import Refused
from audit.models import Event
from audit.states import Action
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
Make = Callable[..., User]


def last_event() -> Event:
    return Event.objects.order_by("-at")[0]


def test_a_new_person_gets_a_one_time_password_and_the_roles(admin: User, seoul: Team):
    person, password = services.create_person(
        username=" MinJi ", name="민지", email="m@portal.test", roles=[(Role.ANALYST, seoul)] * 2, by=admin
    )
    person.refresh_from_db()
    assert person.username == "minji"
    assert person.check_password(password)
    assert len(password) == 16
    assert person.password_is_temporary
    assert [(held.role, held.team) for held in person.held_roles] == [(Role.ANALYST, seoul)]
    event = last_event()
    assert (event.action, event.actor, event.object_id) == (Action.PERSON_CREATED, admin.pk, person.pk)
    assert event.detail == {"roles": [f"analyst:{seoul.pk}"] * 2} or event.detail == {"roles": [f"analyst:{seoul.pk}"]}
    assert "민지" not in json.dumps(event.detail, ensure_ascii=False)


@pytest.mark.parametrize("username", ["dana", "DANA", "민지", "a b", "", "-x", "a/b"])
def test_a_taken_or_malformed_user_name_is_refused_and_leaves_nothing(admin: User, username: str):
    before = User.objects.count()
    with pytest.raises(Refused):
        services.create_person(username=username, name="X", roles=[], by=admin)
    assert User.objects.count() == before


def test_the_database_keeps_user_names_plain():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("two words", "X")


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_user_name_at_once(transactional_db: None):
    def take() -> User:
        return services.create_person(username="minji", name="Minji", roles=[], by=None)[0]

    results = at_once([take] * 4)
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 3


@pytest.mark.parametrize("alone", [Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER])
def test_who_watches_or_stands_outside_holds_no_second_role(make: Make, admin: User, seoul: Team, alone: Role):
    minji = make("minji", (Role.ANALYST, seoul))
    for by in (admin, None):
        with pytest.raises(Refused):
            services.set_roles(person=minji, roles=[(alone, None), (Role.ANALYST, seoul)], by=by)
        with pytest.raises(Refused):
            services.create_person(username="x", name="X", roles=[(alone, None), (Role.INTAKE, None)], by=by)
    assert [held.role for held in User.objects.get(pk=minji.pk).held_roles] == [Role.ANALYST]


def test_changed_roles_are_recorded_before_and_after(make: Make, admin: User, seoul: Team):
    minji = make("minji", (Role.ANALYST, seoul))
    services.set_roles(person=minji, roles=[(Role.SUPERVISOR, None), (Role.INTAKE, seoul)], by=admin)
    assert last_event().detail == {
        "before": [f"analyst:{seoul.pk}"],
        "roles": [f"intake:{seoul.pk}", "supervisor:*"],
    }


def test_nobody_but_an_administrator_manages_people(make: Make, seoul: Team):
    supervisor, minji = make("hana", Role.SUPERVISOR), make("minji", (Role.ANALYST, seoul))
    partner = make("ngo", (Role.PARTNER, seoul))
    events = Event.objects.count()
    token = ApiToken.objects.create(user=partner, name="x", digest="x")
    for forbidden in (
        lambda: services.create_team(name="x", name_en="x", by=supervisor),
        lambda: services.create_person(username="x", name="X", roles=[], by=supervisor),
        lambda: services.set_roles(person=minji, roles=[], by=supervisor),
        lambda: services.deactivate_person(person=minji, by=supervisor),
        lambda: services.reactivate_person(person=minji, by=supervisor),
        lambda: services.reset_password(person=minji, by=supervisor),
        lambda: services.issue_token(user=partner, name="x", by=supervisor),
        lambda: services.revoke_token(token=token, by=supervisor),
    ):
        with pytest.raises(Refused):
            forbidden()
    assert Event.objects.count() == events


def test_an_administrator_cannot_raise_close_or_reset_themselves(admin: User):
    for forbidden in (
        lambda: services.set_roles(person=admin, roles=[(Role.SUPERVISOR, None)], by=admin),
        lambda: services.deactivate_person(person=admin, by=admin),
        lambda: services.reset_password(person=admin, by=admin),
    ):
        with pytest.raises(Refused):
            forbidden()


def test_closing_an_account_revokes_its_tokens_and_opening_brings_none_back(make: Make, admin: User, seoul: Team):
    partner = make("ngo", (Role.PARTNER, seoul))
    services.issue_token(user=partner, name="desk", by=admin)
    services.deactivate_person(person=partner, by=admin)
    services.deactivate_person(person=partner, by=admin)
    assert last_event().detail == {"tokens_revoked": 1}
    assert Event.objects.filter(action=Action.PERSON_DEACTIVATED).count() == 1
    services.reactivate_person(person=partner, by=admin)
    services.reactivate_person(person=partner, by=admin)
    assert Event.objects.filter(action=Action.PERSON_REACTIVATED).count() == 1
    assert User.objects.get(pk=partner.pk).is_active
    assert not ApiToken.objects.standing().exists()


def test_ones_own_new_password_has_to_be_good(make: Make):
    minji = make("minji", Role.ANALYST)
    with pytest.raises(Refused):
        services.change_password(password="short", by=minji)
    services.change_password(password="quite another long one", by=minji)
    again = User.objects.get(pk=minji.pk)
    assert again.check_password("quite another long one")
    assert not again.password_is_temporary


def test_a_token_is_kept_as_a_digest_only(make: Make, admin: User, seoul: Team):
    partner = make("ngo", (Role.PARTNER, seoul))
    token = services.issue_token(user=partner, name="desk", by=admin)
    row = ApiToken.objects.get()
    assert row.digest == ApiToken.digest_of(token)
    assert token not in json.dumps([row.digest, row.name, last_event().detail])
    services.revoke_token(token=row, by=admin)
    first = ApiToken.objects.get().revoked_at
    services.revoke_token(token=row, by=admin)
    assert ApiToken.objects.get().revoked_at == first
    assert Event.objects.filter(action=Action.TOKEN_REVOKED).count() == 1


def test_only_partners_get_tokens(make: Make, admin: User):
    with pytest.raises(Refused):
        services.issue_token(user=make("minji", Role.ANALYST), name="x", by=admin)


class TestMakeToken:
    def test_it_prints_the_token_and_nothing_else(self, make: Make, seoul: Team):
        make("ngo", (Role.PARTNER, seoul))
        out = StringIO()
        call_command("make_token", "ngo", "desk", stdout=out)
        assert ApiToken.objects.get(digest=ApiToken.digest_of(out.getvalue().strip())).name == "desk"

    def test_an_unknown_user_and_a_wrong_role_are_told_in_one_line(self, make: Make):
        make("minji", Role.ANALYST)
        for name in ("nobody", "minji"):
            with pytest.raises(CommandError):
                call_command("make_token", name, "desk")
        assert not ApiToken.objects.exists()


class TestMakeAdministrator:
    def test_the_first_person_of_a_house_gets_a_one_time_password(self, db: None):
        out = StringIO()
        call_command("make_administrator", "Dana", "Dana Kim", stdout=out)
        dana = User.objects.get(username="dana")
        assert dana.check_password(out.getvalue().strip())
        assert dana.password_is_temporary
        assert [held.role for held in dana.held_roles] == [Role.ADMINISTRATOR]
        assert last_event().actor is None

    def test_a_taken_user_name_is_told_in_one_line(self, admin: User):
        with pytest.raises(CommandError):
            call_command("make_administrator", "dana", "Dana")
