"""Questions about people. Each rule returns the reason why not, in words, or None."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import EXCLUSIVE, GRANTS, Permission
from accounts.states import Role

Person = User | AnonymousUser
NOBODY = UUID(int=0)  # stands in the trail for a user name that does not exist


def can(user: Person, permission: Permission, team: Team | None = None) -> bool:
    """May this person do it in that team (without a team: in any)? One query for each user object."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return any(
        permission in GRANTS[Role(held.role)] and (team is None or held.team_id in (None, team.pk))
        for held in user.held_roles
    )


def teams_where(user: Person, permission: Permission) -> QuerySet[Team]:
    """The teams in which this person may do it."""
    if not isinstance(user, User) or not user.is_active:
        return Team.objects.none()
    places = [held.team_id for held in user.held_roles if permission in GRANTS[Role(held.role)]]
    if None in places:
        return Team.objects.all()
    return Team.objects.filter(pk__in=[team for team in places if team])


def people_who(permission: Permission, team: Team) -> QuerySet[User]:
    """Those who may do it in that team."""
    roles = [role for role, granted in GRANTS.items() if permission in granted]
    places = Q(memberships__team=None) | Q(memberships__team=team)
    return User.objects.filter(places, is_active=True, memberships__role__in=roles).distinct()


def why_not(user: Person, permission: Permission, team: Team | None = None) -> str | None:
    if can(user, permission, team):
        return None
    if not isinstance(user, User):
        return _("Sign in first.")
    if not user.is_active:
        return _("This account is closed.")
    if can(user, permission):
        return _("This belongs to another team.")
    return _("Your role does not allow this: %(permission)s.") % {"permission": Permission(permission).label}


def why_not_set_roles(user: User, person: User | None, roles: Iterable[Role]) -> str | None:
    """May `user` give exactly these roles to `person` (None: someone new)?"""
    held = set(roles)
    if reason := why_not(user, Permission.MANAGE_ACCOUNTS):
        return reason
    if person is not None and person.pk == user.pk:
        return _("You cannot change your own roles.")
    return why_not_together(held)


def why_not_together(roles: Iterable[Role]) -> str | None:
    held = set(roles)
    for role in sorted(held & EXCLUSIVE):
        if len(held) > 1:
            return _("Whoever has the role “%(role)s” can have no other.") % {"role": Role(role).label}
    return None


def why_not_manage(user: User, person: User) -> str | None:
    """May `user` close or open this account, or set a one-time password for it?"""
    if reason := why_not(user, Permission.MANAGE_ACCOUNTS):
        return reason
    if person.pk == user.pk:
        return _("You cannot do this to your own account.")
    return None


def why_not_password(user: User, person: User) -> str | None:
    """May `user` set a one-time password for this person?"""
    if reason := why_not_manage(user, person):
        return reason
    return _("This account has no password. It connects with a token only.") if is_partner(person) else None


def why_not_name(user: User, name: str) -> str | None:
    """May `user` be shown under this name? Two people of one name could not be told apart on a paper."""
    if not name:
        return _("Enter a name.")
    if User.objects.filter(name__iexact=name).exclude(pk=user.pk).exists():
        return _("Somebody else is shown under this name. Add what tells you apart.")
    return None


def is_partner(user: User) -> bool:
    """Whether it is an account for a partner's programs: they bring a token and open no page."""
    return bool(user.held_roles) and all(held.role == Role.PARTNER for held in user.held_roles)


def why_not_sign_in(user: User) -> str | None:
    """Asked after the password was right; a closed account has failed before."""
    if is_partner(user):
        return _("This account is for a partner's programs. They sign in with a token.")
    return None
