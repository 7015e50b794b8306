"""What an administrator of accounts has to know at a glance."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

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
    """People who may be waiting for the administrator: locked out, without a role, or not yet signed in for good."""
    waits = Q(pk__in=lockout.locked_accounts()) | Q(memberships=None) | Q(password_is_temporary=True)
    return User.objects.filter(waits, is_active=True).prefetch_related("memberships__team").order_by("name", "pk")[:8]
