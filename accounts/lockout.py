"""Too many failed log-ins: what django-axes asks of this house, and what the pages tell of it.

Attempts are counted by account and address. An account is named by its id, a user name that nobody has by a digest:
what was typed may have been a password in the wrong box, and is kept nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

NAME_FIELD = "username"
NOBODY = "nobody:"


@dataclass(frozen=True)
class Lock:
    """An account that is not heard from at least one address. `addresses`: from how many."""

    until: datetime
    addresses: int


def account_of(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """Under what an attempt is counted: the account's id, or a digest of a name that no account has."""
    typed = (credentials or request.POST).get(NAME_FIELD) or ""
    name = typed.strip().lower()
    known = User.objects.filter(username=name).values_list("pk", flat=True).first()
    return str(known) if known else f"{NOBODY}{salted_hmac('accounts.lockout', name).hexdigest()}"


def address_of(request: HttpRequest) -> str | None:
    """Where the request comes from: what the outermost of our own proxies saw, else the peer; None when unknown."""
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    named = seen[-trusted] if 0 < trusted <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(named))
    except ValueError:
        return None


def in_the_log(username: str, address: str, agent: str, path: str, request: HttpRequest) -> str:
    """How the log names whoever tries: not at all. The audit trail has the account."""
    return "a client"


def locked_until(request: HttpRequest) -> datetime:
    """Until when the account and the address of this request are not heard."""
    tried = AccessAttempt.objects.filter(username=account_of(request), ip_address=address_of(request))
    latest = tried.aggregate(latest=Max("attempt_time"))["latest"] or timezone.now()
    return latest + get_cool_off()


def lock_of(person: User) -> Lock | None:
    """Whether this person's log-in is locked now, from wherever. One query."""
    since = timezone.now() - get_cool_off()
    rows = (
        AccessAttempt.objects.filter(username=str(person.pk), attempt_time__gt=since)
        .order_by()
        .values("ip_address")
        .annotate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        .filter(failures__gte=get_failure_limit(None, None))
    )
    found = [row["latest"] for row in rows]
    return Lock(until=max(found) + get_cool_off(), addresses=len(found)) if found else None


def locked_accounts() -> list[str]:
    """The ids of the accounts that are locked now from at least one address. One query."""
    since = timezone.now() - get_cool_off()
    rows = (
        AccessAttempt.objects.filter(attempt_time__gt=since)
        .exclude(username__startswith=NOBODY)
        .order_by()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=get_failure_limit(None, None))
    )
    return sorted({row["username"] for row in rows})


def release(person: User) -> int:
    """Forget the failed attempts on this account; how many there were. Part of the caller's act."""
    attempts = AccessAttempt.objects.filter(username=str(person.pk))
    failures = attempts.aggregate(n=Sum("failures_since_start"))["n"] or 0
    attempts.delete()
    return int(failures)
