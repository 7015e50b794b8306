"""What an administrator of accounts has to know at a glance."""

from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When

from accounts import lockout
from accounts.models import User


@dataclass(frozen=True)
class Accounts:
    """Accounts that are open; of those: with a one-time password, without a role, locked after too many attempts."""

    open: int
    temporary: int
    without_role: int
    locked: int


def counts() -> Accounts:
    """Two queries."""
    told = User.objects.filter(is_active=True).aggregate(
        open=Count("pk", distinct=True),
        temporary=Count("pk", distinct=True, filter=Q(password_is_temporary=True)),
        without_role=Count("pk", distinct=True, filter=Q(memberships=None)),
    )
    return Accounts(**told, locked=len(lockout.locked_accounts()))


def stuck() -> QuerySet[User]:
    """People who may be waiting for the administrator, each with `locked`: they are locked out, or have no role, or
    have not yet signed in for good.
    """
    locked = Q(pk__in=lockout.locked_accounts())
    waits = locked | Q(memberships=None) | Q(password_is_temporary=True)
    people = User.objects.filter(waits, is_active=True).annotate(locked=Case(When(locked, then=True), default=False))
    return people.prefetch_related("memberships__team").order_by("-locked", "name", "pk")[:8]
