"""The only writers of organisations and contacts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from platforms import rules
from platforms.models import Contact, Organisation, RecordingSwitch
from platforms.states import ContactRole, ContactStatus, OrganisationKind

# Platforms that have a name of their own in a locator; any other is its registered domain.
_KNOWN: dict[str, dict[str, str]] = {
    "telegram": {
        "code": "telegram",
        "domain": "t.me",
        "name": "Telegram",
        "name_ko": "텔레그램",
        "checker": "telegram",
        "language": "en",
    },
}


def organisations_for(platforms: Iterable[str]) -> dict[str, Organisation]:
    """The organisation of each platform that a locator names, made where there was none. Safe in any race.

    Rows are inserted in one order (by domain) with ON CONFLICT DO NOTHING, then read: of two transactions that bring
    the same new site, one waits for the other and both go on. Call it before other rows are written or locked.
    No event is recorded: it happens inside the recording of a report, whose own event has to be the last write.
    """
    fields = {platform: _fields_for(platform) for platform in set(platforms)}
    found = _by_domain(fields)
    missing = sorted((fields[platform] for platform in fields.keys() - found.keys()), key=lambda f: f["domain"])
    if not missing:
        return found
    Organisation.objects.bulk_create([Organisation(**new) for new in missing], ignore_conflicts=True)
    return _by_domain(fields)


def ensure_platform(
    *,
    code: str,
    domain: str,
    name: str,
    name_ko: str = "",
    kind: OrganisationKind = OrganisationKind.PLATFORM,
    language: str = "en",
    checker: str = "generic",
    deadline_hours: int = 24,
    deadline_source: str = "",
    by: User | None = None,
) -> Organisation:
    """Enter an organisation as reference data, or bring the one with this domain to these values."""
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "name_ko": name_ko,
        "kind": kind,
        "language": language,
        "checker": checker,
        "deadline_hours": deadline_hours,
        "deadline_source": deadline_source,
    }
    with transaction.atomic():
        Organisation.objects.bulk_create([Organisation(domain=domain.lower(), **values)], ignore_conflicts=True)
        organisation = Organisation.objects.select_for_update(no_key=True).get(domain=domain.lower())
        for field, value in values.items():
            setattr(organisation, field, value)
        organisation.save(update_fields=list(values))
        detail = {"code": code, "deadline_hours": deadline_hours}
        record(action=Action.ORGANISATION_SET, by=by, obj=organisation, detail=detail)
    return organisation


def set_letter_terms(
    *, organisation: Organisation, language: str, deadline_hours: int, deadline_source: str, by: User
) -> Organisation:
    """Set in which language letters to an organisation are written, and how long it has to answer, by what rule."""
    _refuse(rules.why_not_set_terms(by))
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        locked.language, locked.deadline_hours, locked.deadline_source = language, deadline_hours, deadline_source
        locked.save(update_fields=["language", "deadline_hours", "deadline_source"])
        detail = {"language": language, "deadline_hours": deadline_hours}
        record(action=Action.ORGANISATION_SET, by=by, obj=locked, detail=detail)
    return locked


def switch_recording(
    *, organisation: Organisation, on: bool, reason: str, by: User, at: datetime | None = None
) -> Organisation:
    """Let replies of this organisation that are beyond doubt be recorded without a person, or end that.

    Raises Refused without a reason, without the permission, or when it is so already.
    """
    reason = reason.strip()
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        _refuse(rules.why_not_switch_recording(by, locked, on=on))
        if not reason:
            raise Refused(_("Say why this is switched."))
        RecordingSwitch.objects.create(organisation=locked, on=on, reason=reason, by=by, at=at or timezone.now())
        locked.records_without_person = on
        locked.save(update_fields=["records_without_person"])
        record(action=Action.RECORDING_SET, by=by, obj=locked, detail={"on": on})
    return locked


def propose_contact(
    *,
    organisation: Organisation,
    language: str,
    by: User | None,
    email: str = "",
    form_url: str = "",
    roles: Collection[ContactRole | str] = (ContactRole.REMOVAL,),
    note: str = "",
    offered_in: UUID | None = None,
    offered_at: datetime | None = None,
) -> Contact:
    """Propose an address of e-mail, or else of a web form; no letter goes there before another person has activated it.

    Without a person (`by` is None) the organisation itself offered it: in the incoming mail `offered_in`, which came
    at `offered_at`. Raises Refused when it is no address, or is proposed or active already.
    """
    _refuse(rules.why_not_propose(by) if by else None)
    contact = Contact(
        organisation=organisation,
        **_address(email.strip(), form_url.strip()),
        language=language,
        roles=[role.value for role in ContactRole if role in roles],
        note=note.strip(),
        proposed_by=by,
        offered_in=offered_in,
        offered_at=offered_at,
    )
    if not contact.roles:
        raise Refused(_("Say what this address is good for."))
    with transaction.atomic():
        # Only a standing row with this address is no error; whatever else a constraint says is.
        Contact.objects.bulk_create([contact], ignore_conflicts=True)
        if not Contact.objects.filter(pk=contact.pk).exists():
            raise Refused(_("This address is proposed or active already."))
        record(action=Action.CONTACT_PROPOSED, by=by, obj=contact, detail={"organisation": organisation.pk})
    return contact


def _address(email: str, form_url: str) -> dict[str, str]:
    """Exactly one of the two, in its form."""
    if bool(email) == bool(form_url):
        raise Refused(_("Give an e-mail address or the address of a web form, one of the two."))
    try:
        if email:
            validate_email(email)
        else:
            URLValidator(schemes=["https"])(form_url)
    except ValidationError:
        wrong = _("This is not an e-mail address.") if email else _("The address of a web form begins with https://.")
        raise Refused(wrong) from None
    return {"email": email, "form_url": form_url}


def record_contact_test(*, contact: Contact, by: User, at: datetime | None = None) -> Contact:
    """Record that a test mail went to the address and its answer came back, at `at` (now, if not given)."""
    with transaction.atomic():
        locked = _lock(contact)
        _refuse(rules.why_not_record_test(by, locked))
        locked.tested_by, locked.tested_at = by, at or timezone.now()
        locked.save(update_fields=["tested_by", "tested_at"])
        record(action=Action.CONTACT_TESTED, by=by, obj=locked)
    return locked


def activate_contact(*, contact: Contact, by: User, at: datetime | None = None) -> Contact:
    """Let letters go to a tested address; never by the one who proposed it, or who tested one that was offered."""
    with transaction.atomic():
        locked = _lock(contact)
        _refuse(rules.why_not_activate(by, locked))
        locked.activated_by, locked.activated_at = by, at or timezone.now()
        _move(locked, ContactStatus.ACTIVE, "activated_by", "activated_at")
        record(action=Action.CONTACT_ACTIVATED, by=by, obj=locked)
    return locked


def retire_contact(*, contact: Contact, reason: str, by: User, at: datetime | None = None) -> Contact:
    """Send nothing to this address any more, for a reason."""
    with transaction.atomic():
        locked = _lock(contact)
        _refuse(rules.why_not_retire(by, locked))
        if not reason.strip():
            raise Refused(_("Say why nothing is to be sent there any more."))
        locked.retired_by, locked.retired_at, locked.retired_why = by, at or timezone.now(), reason.strip()
        _move(locked, ContactStatus.RETIRED, "retired_by", "retired_at", "retired_why")
        record(action=Action.CONTACT_RETIRED, by=by, obj=locked)
    return locked


def _move(contact: Contact, to: ContactStatus, *with_fields: str) -> None:
    """The only place that sets a contact's status; the caller holds the row's lock."""
    _refuse(rules.why_not_move(contact, to))
    contact.status = to
    contact.save(update_fields=["status", *with_fields])


def _lock(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)


def _refuse(reason: str | None) -> None:
    if reason:
        raise Refused(reason)


def _fields_for(platform: str) -> dict[str, str]:
    return _KNOWN.get(platform) or {"code": _code(platform), "domain": platform, "name": platform}


def _code(domain: str) -> str:
    """A slug of the domain that no other domain has: dots become dashes, dashes are doubled."""
    return domain.replace("_", "__").replace(":", "_").replace("-", "--").replace(".", "-")


def _by_domain(fields: dict[str, dict[str, str]]) -> dict[str, Organisation]:
    rows = {row.domain: row for row in Organisation.objects.filter(domain__in=[f["domain"] for f in fields.values()])}
    return {platform: rows[f["domain"]] for platform, f in fields.items() if f["domain"] in rows}
