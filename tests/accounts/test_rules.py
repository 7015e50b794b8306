"""Who may what, in which team."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts import rules, services
from accounts.models import Membership, Team, User
from accounts.permissions import Permission
from accounts.states import Role

pytestmark = pytest.mark.django_db
Make = Callable[..., User]


def test_a_role_in_one_team_reaches_no_other(make: Make, seoul: Team, busan: Team):
    minji = make("minji", (Role.ANALYST, seoul))
    assert rules.can(minji, Permission.WORK_CASES, seoul)
    assert not rules.can(minji, Permission.WORK_CASES, busan)
    assert rules.can(minji, Permission.WORK_CASES)
    assert not rules.can(minji, Permission.APPROVE, seoul)
    assert list(rules.teams_where(minji, Permission.WORK_CASES)) == [seoul]
    assert not rules.teams_where(minji, Permission.APPROVE).exists()


def test_a_role_in_every_team_reaches_all(make: Make, seoul: Team, busan: Team):
    auditor = make("yuna", Role.AUDITOR)
    assert rules.can(auditor, Permission.SEE_CASES, busan)
    assert set(rules.teams_where(auditor, Permission.SEE_CASES)) == {seoul, busan}


def test_different_roles_in_different_teams_do_not_mix(make: Make, seoul: Team, busan: Team):
    both = make("hana", (Role.ANALYST, seoul), (Role.SUPERVISOR, busan))
    assert rules.can(both, Permission.APPROVE, busan)
    assert not rules.can(both, Permission.APPROVE, seoul)
    assert set(rules.teams_where(both, Permission.WORK_CASES)) == {seoul, busan}
    assert list(rules.teams_where(both, Permission.APPROVE)) == [busan]


def test_strangers_and_closed_accounts_may_nothing(make: Make, seoul: Team):
    minji = make("minji", (Role.ANALYST, seoul))
    minji.is_active = False
    for who in (minji, AnonymousUser()):
        assert not any(rules.can(who, permission) for permission in Permission)
        assert not rules.teams_where(who, Permission.SEE_CASES).exists()
        assert rules.why_not(who, Permission.SEE_CASES)


def test_the_reason_says_what_is_missing(make: Make, seoul: Team, busan: Team):
    minji = make("minji", (Role.ANALYST, seoul))
    with translation.override("en"):
        assert rules.why_not(minji, Permission.SEE_CASES, seoul) is None
        assert rules.why_not(minji, Permission.SEE_CASES, busan) == "This belongs to another team."
        assert rules.why_not(minji, Permission.APPROVE, seoul) == "Your role does not allow this: approve requests."


def test_a_person_costs_one_query_however_much_is_asked(make: Make, seoul: Team, django_assert_num_queries: Any):
    minji = make("minji", (Role.ANALYST, seoul))
    with django_assert_num_queries(1):
        for permission in Permission:
            rules.can(minji, permission, seoul)
        assert [held.team.label for held in minji.held_roles if held.team]


def test_changed_roles_count_at_once_for_the_same_object(make: Make, seoul: Team):
    minji = make("minji", (Role.ANALYST, seoul))
    assert not rules.can(minji, Permission.APPROVE)
    services.set_roles(person=minji, roles=[(Role.SUPERVISOR, seoul)], by=None)
    assert rules.can(minji, Permission.APPROVE)


@pytest.mark.parametrize("team", [True, False])
def test_a_role_is_held_once_in_a_team_and_once_in_every_team(make: Make, seoul: Team, team: bool):
    place = seoul if team else None
    minji = make("minji", (Role.ANALYST, place))
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=minji, role=Role.ANALYST, team=place)


def test_a_team_is_called_by_its_name_in_the_readers_language(seoul: Team):
    with translation.override("en"):
        assert seoul.label == "Seoul team"
    with translation.override("ko"):
        assert seoul.label == "서울팀"
