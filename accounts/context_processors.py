"""What every page shows around its content."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import can

# (name of the address, the key that leads there after g, label, permission or None for everybody who signed in)
NAVIGATION: tuple[tuple[str, str, Any, Permission | None], ...] = (
    ("desk", "d", gettext_lazy("Desk"), None),
    ("cases:reports", "r", gettext_lazy("Reports"), Permission.SEE_REPORTS),
    ("cases:cases", "c", gettext_lazy("Cases"), Permission.SEE_CASES),
    ("takedowns:approvals", "a", gettext_lazy("Approvals"), Permission.APPROVE),
    ("takedowns:mail", "m", gettext_lazy("Mail"), Permission.SEE_MAIL),
    ("platforms:organisations", "o", gettext_lazy("Organisations"), Permission.SEE_CASES),
    ("dashboards:overview", "v", gettext_lazy("Overview"), Permission.SEE_DASHBOARD),
    ("dashboards:audit", "t", gettext_lazy("Audit trail"), Permission.SEE_AUDIT),
    ("accounts:people", "p", gettext_lazy("People"), Permission.MANAGE_ACCOUNTS),
)

# Pages that belong to an entry though their address begins otherwise.
BELOW = {
    "desk": ("/waiting/",),
    "cases:cases": ("/requests/", "/replies/", "/letters/", "/messages/", "/lines/"),
    "platforms:organisations": ("/contacts/",),
}


@dataclass(frozen=True)
class Entry:
    url: str
    key: str
    label: str
    active: bool


@dataclass(frozen=True)
class HeldRole:
    role: str
    team: str


def house(request: HttpRequest) -> dict[str, Any]:
    """`house` (agency, address, phone, sandbox: is this the trial set-up?), `nav`, `roles`: what base.html shows."""
    user = getattr(request, "user", None)  # absent when a middleware before ours answered with an error page
    person = user if isinstance(user, User) else None
    return {
        "house": {
            "agency": settings.AGENCY_NAME_EN if get_language() == "en" else settings.AGENCY_NAME_KO,
            "address": settings.AGENCY_ADDRESS,
            "phone": settings.AGENCY_PHONE,
            "sandbox": settings.IN_SANDBOX,
        },
        "nav": _navigation(request, person) if person else [],
        "roles": _roles(person) if person else [],
    }


def _navigation(request: HttpRequest, user: User) -> list[Entry]:
    """The entries that this person may open; the one is active whose page, or a page below it, is shown."""
    entries = []
    for name, key, label, permission in NAVIGATION:
        if permission is None or can(user, permission):
            url = reverse(name)
            below = BELOW.get(name, ()) if url == "/" else (url, *BELOW.get(name, ()))
            active = request.path == url or request.path.startswith(below)
            entries.append(Entry(url=url, key=key, label=label, active=active))
    return entries


def _roles(user: User) -> list[HeldRole]:
    return [
        HeldRole(role=held.label, team=held.team.label if held.team else _("Every team")) for held in user.held_roles
    ]
