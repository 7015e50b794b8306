"""Every address of reports, cases, desk and dashboards, asked by every role and by another team."""

from datetime import timedelta

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import GRANTS, Permission
from accounts.states import Role
from cases.models import Case, CaseAccess, CheckOrder, Report
from tests.cases.reporting import case_with, reported

pytestmark = pytest.mark.django_db

P = Permission
# name of the address: (method, permission that it asks)
ADDRESSES: dict[str, tuple[str, Permission | None]] = {
    "desk": ("get", None),
    "cases:reports": ("get", P.SEE_REPORTS),
    "cases:report_new": ("get", P.RECORD_REPORT),
    "cases:known": ("post", P.RECORD_REPORT),
    "cases:group": ("post", P.WORK_CASES),
    "cases:report": ("get", P.SEE_REPORTS),
    "cases:report_words": ("post", P.READ_SEALED),
    "cases:set_aside": ("post", P.TRIAGE),
    "cases:cases": ("get", P.SEE_CASES),
    "cases:case": ("get", P.SEE_CASES),
    "cases:close": ("post", P.WORK_CASES),
    "cases:reopen": ("post", P.WORK_CASES),
    "cases:check_now": ("post", P.WORK_CASES),
    "cases:outcome": ("get", P.SEE_CASES),
    "cases:item": ("get", P.SEE_CASES),
    "cases:record_check": ("post", P.WORK_CASES),
    "cases:record_sighting": ("post", P.WORK_CASES),
    "cases:record_outcome": ("post", P.WORK_CASES),
    "dashboards:waiting": ("get", P.SEE_CASES),
    "dashboards:overview": ("get", P.SEE_DASHBOARD),
    "dashboards:audit": ("get", P.SEE_AUDIT),
    "dashboards:looks": ("get", P.SEE_AUDIT),
}
# The intake desk sees no cases; these take a report of the team.
OF_A_REPORT = {"cases:report", "cases:report_words", "cases:set_aside"}
OF_A_CASE = (
    {name for name in ADDRESSES if name.startswith("cases:")}
    - OF_A_REPORT
    - {"cases:reports", "cases:report_new", "cases:known", "cases:group", "cases:cases"}
)
PEOPLE = {
    Role.INTAKE: "intake",
    Role.ANALYST: "analyst",
    Role.SUPERVISOR: "supervisor",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.PRIVACY_OFFICER: "privacy_officer",
    Role.PARTNER: "partner",
}


def addresses_in(namespace: str) -> set[str]:
    return {
        f"{namespace}:{name}"
        for name in get_resolver().namespace_dict[namespace][1].reverse_dict
        if isinstance(name, str)
    }


def address(name: str, case: Case, report: Report) -> str:
    args: list[object] = []
    if name in OF_A_REPORT:
        args = [report.pk]
    elif name in OF_A_CASE:
        args = [case.pk]
        if name in {"cases:item", "cases:record_check", "cases:record_sighting", "cases:record_outcome"}:
            args.append(case.items.first().pk)
    elif name == "dashboards:waiting":
        args = ["replies"]
    return reverse(name, args=args)


def test_every_address_is_decided() -> None:
    assert addresses_in("cases") | addresses_in("dashboards") | {"desk"} == set(ADDRESSES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_its_permissions_say(cast, client, role):
    case, report = case_with(cast, 1), reported(cast)
    person: User = getattr(cast, PEOPLE[role])
    client.force_login(person)
    for name, (method, permission) in ADDRESSES.items():
        status = getattr(client, method)(address(name, case, report)).status_code
        allowed = permission is None or permission in GRANTS[role]
        assert (status in {200, 302}) if allowed else (status == 403), (name, role, status)


@pytest.mark.parametrize("name", sorted(OF_A_REPORT | OF_A_CASE))
def test_another_teams_address_answers_404(cast, client, name):
    case, report = case_with(cast, 1), reported(cast)
    client.force_login(cast.outsider)
    assert getattr(client, ADDRESSES[name][0])(address(name, case, report)).status_code == 404


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_nobody_enters_without_signing_in(cast, client, name):
    answer = getattr(client, ADDRESSES[name][0])(address(name, case_with(cast, 1), reported(cast)))
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


@pytest.mark.parametrize("name", sorted(name for name, (method, _) in ADDRESSES.items() if method == "post"))
def test_a_deed_is_no_get(cast, client, name):
    client.force_login(cast.supervisor)
    assert client.get(address(name, case_with(cast, 1), reported(cast))).status_code == 405


def test_a_case_opened_to_a_person_is_read_and_not_worked_on(cast, client):
    case, now = case_with(cast, 1), timezone.now()
    CaseAccess.objects.create(
        case=case,
        user=cast.outsider,
        reason="They know the room.",
        until=now + timedelta(days=1),
        granted_by=cast.supervisor,
        granted_at=now,
    )
    client.force_login(cast.outsider)
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    refused = client.post(f"/cases/{case.pk}/check/", {"all": "1"}, follow=True)
    assert "This belongs to another team." in refused.content.decode()
    assert not CheckOrder.objects.exists()
    CaseAccess.objects.update(granted_at=now - timedelta(days=2), until=now - timedelta(days=1))
    assert client.get(f"/cases/{case.pk}/").status_code == 404
