"""The story's cast: people, the platform and its contacts. The reports are typed or posted."""

from accounts.models import Team, User
from accounts.services import create_person, create_team
from accounts.states import Role
from platforms.models import Organisation
from platforms.services import activate_contact, ensure_platform, propose_contact, record_contact_test
from sandbox.cast import CAST, TEAM_EN, TEAM_KO

# Address, what the house noted. Letters go to the one that was activated first unless somebody
# chooses the other; nobody reads that one any more, so a letter there comes back.
CONTACTS = (
    ("dmca@telegram.test", ""),
    ("takedown@telegram.test", "2023년에 받은 주소 (given in 2023)"),
)
HOUSE_WIDE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER})


def seed(*, password: str) -> None:
    """Make what is missing of the cast; what is there stays as it is."""
    team = Team.objects.filter(name_en=TEAM_EN).first() or create_team(name=TEAM_KO, name_en=TEAM_EN, by=None)
    people = {person.role: _person(person.username, team=team, password=password) for person in CAST}
    telegram = ensure_platform(
        code="telegram",
        domain="t.me",
        name="Telegram",
        name_ko="텔레그램",
        checker="telegram",
        deadline_hours=24,
        deadline_source="KCSC practice for digital sex-crime information: 24 hours",
    )
    _contacts(telegram, proposer=people[Role.ANALYST], second=people[Role.SUPERVISOR])


def _person(username: str, *, team: Team, password: str) -> User:
    if found := User.objects.filter(username=username).first():
        return found
    person = next(each for each in CAST if each.username == username)
    role = Role(person.role)
    made, _password = create_person(
        username=username,
        name=person.name,
        email=f"{username}@portal.test",
        language=person.language,
        roles=[(role, None if role in HOUSE_WIDE else team)],
        by=None,
        password=password,
    )
    return made


def _contacts(telegram: Organisation, *, proposer: User, second: User) -> None:
    for email, note in CONTACTS:
        if not telegram.contacts.filter(email__iexact=email).exists():
            contact = propose_contact(organisation=telegram, email=email, language="en", by=proposer, note=note)
            contact = record_contact_test(contact=contact, by=proposer)
            activate_contact(contact=contact, by=second)
