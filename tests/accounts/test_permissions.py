"""The table of permissions, decided cell by cell: a new permission or role fails here until somebody decides it."""

from itertools import product

import pytest

from accounts.permissions import EXCLUSIVE, GRANTS, Permission
from accounts.states import Role

# Columns: intake, analyst, supervisor, auditor, administrator, privacy officer, partner.
DECIDED = """
record_report    x x x . . . .
see_reports      x x x x . x .
triage           x x x . . . .
see_cases        . x x x . x .
work_cases       . x x . . . .
read_sealed      . x x . . . .
approve          . . x . . . .
see_dashboard    . . x x . . .
see_audit        . . . x . x .
see_mail         . x x . x . .
run_mail         . . x . x . .
manage_accounts  . . . . x . .
manage_contacts  . x x . . . .
use_api          . . . . . . x
"""
COLUMNS = [
    Role.INTAKE,
    Role.ANALYST,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.PRIVACY_OFFICER,
    Role.PARTNER,
]


def decided() -> dict[tuple[str, Role], bool]:
    rows = [line.split() for line in DECIDED.strip().splitlines()]
    return {(name, role): cell == "x" for name, *cells in rows for role, cell in zip(COLUMNS, cells, strict=True)}


def test_every_permission_is_decided_for_every_role():
    assert set(decided()) == set(product(Permission.values, Role))
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize(("permission", "role"), list(product(Permission, Role)))
def test_a_role_holds_what_was_decided(permission: Permission, role: Role):
    assert (permission in GRANTS[role]) is decided()[permission.value, role]


def test_nobody_both_watches_and_reads_sealed_words():
    for role in Role:
        assert not GRANTS[role] >= {Permission.READ_SEALED, Permission.SEE_AUDIT}
        assert not GRANTS[role] >= {Permission.READ_SEALED, Permission.MANAGE_ACCOUNTS}


def test_watchers_and_outsiders_hold_no_second_role():
    assert {Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER} == EXCLUSIVE
