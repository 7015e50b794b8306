"""The only writers of people, roles and tokens."""

import secrets
from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import lockout, rules
from accounts.models import ApiToken, Membership, Team, User
from accounts.permissions import Permission
from accounts.states import Role
from audit.errors import Refused
from audit.services import record
from audit.states import Action

Grant = tuple[Role, Team | None]  # a role in one team, or (None) in every team

ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # read out on the telephone without mistakes
ONE_TIME_LENGTH = 16  # 79 bits


def create_team(*, name: str, name_en: str, by: User | None) -> Team:
    """A new team. Raises Refused when one of its names is taken."""
    _refuse(rules.why_not(by, Permission.MANAGE_ACCOUNTS) if by else None)
    with transaction.atomic():
        team = Team(name=name.strip(), name_en=name_en.strip())
        _insert(team, _("There is a team of this name."))
        record(action=Action.TEAM_CREATED, by=by, obj=team)
    return team


def create_person(
    *,
    username: str,
    name: str,
    email: str = "",
    language: str = "ko",
    roles: Iterable[Grant],
    by: User | None,
    password: str | None = None,
) -> tuple[User, str]:
    """A new account with its roles: (user, password).

    Without `password` a one-time password is made, which has to be changed at the first sign-in; it is shown once and
    kept nowhere. A partner body gets none ("") and cannot sign in: its programs bring a token.
    Raises Refused when the user name is taken or malformed, or the roles do not go together.
    """
    grants = list(roles)
    held = [role for role, _team in grants]
    _refuse(rules.why_not_set_roles(by, None, held) if by else rules.why_not_together(held))
    secret = password or ("" if set(held) == {Role.PARTNER} else _one_time_password())
    user = User(username=username.strip().lower(), name=name.strip(), email=email, language=language)
    user.password_is_temporary = bool(secret) and password is None
    user.set_password(secret or None)  # None: no password fits
    with transaction.atomic():
        _insert(user, _("This user name is taken, or has other signs than a-z, 0-9, dot, dash, underscore."))
        _replace_roles(user, grants)
        record(action=Action.PERSON_CREATED, by=by, obj=user, detail={"roles": _codes(grants)})
    return user, secret


def set_roles(*, person: User, roles: Iterable[Grant], by: User | None) -> None:
    """Let the person hold exactly these roles from now on."""
    grants = list(roles)
    with transaction.atomic():
        locked = _lock(person)
        held = [role for role, _team in grants]
        _refuse(rules.why_not_set_roles(by, locked, held) if by else rules.why_not_together(held))
        before = _codes((m.role, m.team) for m in locked.memberships.select_related("team"))
        _replace_roles(locked, grants)
        person.__dict__.pop("held_roles", None)
        record(action=Action.ROLES_SET, by=by, obj=locked, detail={"before": before, "roles": _codes(grants)})


def deactivate_person(*, person: User, by: User | None) -> None:
    """Close an account: its sessions end with their next request, its tokens are revoked. Safe to repeat."""
    with transaction.atomic():
        locked = _lock(person)
        _refuse(rules.why_not_manage(by, locked) if by else None)
        if not locked.is_active:
            return
        User.objects.filter(pk=locked.pk).update(is_active=False)
        revoked = locked.api_tokens.standing().update(revoked_at=timezone.now())
        person.is_active = False
        record(action=Action.PERSON_DEACTIVATED, by=by, obj=locked, detail={"tokens_revoked": revoked})


def reactivate_person(*, person: User, by: User | None) -> None:
    """Open a closed account again, with the roles it had; its tokens stay revoked. Safe to repeat."""
    with transaction.atomic():
        locked = _lock(person)
        _refuse(rules.why_not_manage(by, locked) if by else None)
        if locked.is_active:
            return
        User.objects.filter(pk=locked.pk).update(is_active=True)
        person.is_active = True
        record(action=Action.PERSON_REACTIVATED, by=by, obj=locked)


def reset_password(*, person: User, by: User | None) -> str:
    """Set a one-time password and return it; it is shown once. The person's sessions end."""
    secret = _one_time_password()
    with transaction.atomic():
        locked = _lock(person)
        _refuse(rules.why_not_password(by, locked) if by else None)
        locked.set_password(secret)
        User.objects.filter(pk=locked.pk).update(password=locked.password, password_is_temporary=True)
        record(action=Action.PASSWORD_RESET, by=by, obj=locked)
    return secret


def change_password(*, password: str, by: User) -> None:
    """A person's own new password; `by` is updated, so that its session can be kept. Raises Refused if too weak."""
    try:
        validate_password(password, by)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    with transaction.atomic():
        _lock(by)
        by.set_password(password)
        by.password_is_temporary = False
        User.objects.filter(pk=by.pk).update(password=by.password, password_is_temporary=False)
        record(action=Action.PASSWORD_CHANGED, by=by, obj=by)


def set_language(*, language: str, by: User) -> None:
    with transaction.atomic():
        User.objects.filter(pk=by.pk).update(language=language)
        by.language = language
        record(action=Action.LANGUAGE_SET, by=by, obj=by, detail={"language": language})


def set_name(*, name: str, by: User) -> None:
    """The name that colleagues and papers see. Raises Refused when somebody else has it."""
    wanted = " ".join(name.split())
    with transaction.atomic():
        _lock(by)
        _refuse(rules.why_not_name(by, wanted))
        User.objects.filter(pk=by.pk).update(name=wanted)
        by.name = wanted
        record(action=Action.NAME_SET, by=by, obj=by)


def end_other_sessions(*, by: User) -> None:
    """Sign out everywhere; `by` is updated, so that the session at hand can be kept."""
    with transaction.atomic():
        by.sessions_ended = _lock(by).sessions_ended + 1
        User.objects.filter(pk=by.pk).update(sessions_ended=by.sessions_ended)
        record(action=Action.SESSIONS_ENDED, by=by, obj=by)


def release_sign_in(*, person: User, by: User) -> None:
    """Let somebody sign in again at once who typed a wrong password too often. Safe to repeat."""
    with transaction.atomic():
        locked = _lock(person)
        _refuse(rules.why_not_manage(by, locked))
        if failures := lockout.release(locked):
            record(action=Action.SIGN_IN_RELEASED, by=by, obj=locked, detail={"failures": failures})


def issue_token(*, user: User, name: str, by: User | None) -> str:
    """A new token for the API. It is returned once; only its digest is kept."""
    token = f"kcsc_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        locked = _lock(user)
        _refuse(rules.why_not(by, Permission.MANAGE_ACCOUNTS) if by else None)
        _refuse(rules.why_not(locked, Permission.USE_API))
        row = ApiToken.objects.create(user=locked, name=name, digest=ApiToken.digest_of(token))
        record(action=Action.TOKEN_ISSUED, by=by, obj=row, detail={"user": locked.pk})
    return token


def revoke_token(*, token: ApiToken, by: User | None) -> None:
    """Safe to repeat; the first revocation's time stays."""
    with transaction.atomic():
        _refuse(rules.why_not(by, Permission.MANAGE_ACCOUNTS) if by else None)
        if ApiToken.objects.standing().filter(pk=token.pk).update(revoked_at=timezone.now()):
            record(action=Action.TOKEN_REVOKED, by=by, obj=token, detail={"user": token.user_id})


def note_sign_in(*, by: User, language: str = "") -> None:
    """`language`: chosen at the door; it becomes the person's as a part of the log-in, which tells of it."""
    changed = bool(language) and language != by.language
    with transaction.atomic():
        if changed:
            User.objects.filter(pk=by.pk).update(language=language)
            by.language = language
        record(action=Action.SIGNED_IN, by=by, obj=by, detail={"language": language} if changed else None)


def note_sign_out(*, by: User) -> None:
    with transaction.atomic():
        record(action=Action.SIGNED_OUT, by=by, obj=by)


def note_failed_sign_in(*, username: str, locked: bool = False) -> None:
    """A refused attempt; `locked`: it was one too many. What was typed is not kept: it may be a password."""
    with transaction.atomic():
        user = User.objects.filter(username=username.strip().lower()).first()
        record(
            action=Action.SIGN_IN_LOCKED if locked else Action.SIGN_IN_FAILED,
            by=None,
            obj=user or User(pk=rules.NOBODY),
            detail={"known": user is not None, "active": bool(user and user.is_active)},
        )


def _refuse(reason: str | None) -> None:
    if reason:
        raise Refused(reason)


def _insert(row: Team | User, taken: str) -> None:
    """Two who take one name at once both come here: the database decides, the second is refused."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(taken) from None


def _lock(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _replace_roles(user: User, grants: Iterable[Grant]) -> None:
    user.memberships.all().delete()
    wanted = dict.fromkeys((Role(role), team) for role, team in grants)
    Membership.objects.bulk_create(Membership(user=user, role=role, team=team) for role, team in wanted)
    user.__dict__.pop("held_roles", None)


def _codes(grants: Iterable[tuple[str, Team | None]]) -> list[str]:
    """ "analyst:<team's UUID>", "supervisor:*" for every team."""
    return sorted(f"{Role(role).value}:{team.pk if team else '*'}" for role, team in grants)


def _one_time_password() -> str:
    return "".join(secrets.choice(ONE_TIME_ALPHABET) for _n in range(ONE_TIME_LENGTH))
