"""What this room adds to the page of an organisation, which lives a room lower: the test mails of its contacts."""

from collections.abc import Sequence
from uuid import UUID

from django import template

from accounts.models import User
from platforms.models import Contact, Organisation
from platforms.queries import Step
from takedowns.queries import contact_tests
from takedowns.queries.contact_tests import TestsOfContact

register = template.Library()


@register.simple_tag
def tests_of(organisation: Organisation, user: User) -> dict[UUID, TestsOfContact]:
    """`{% tests_of organisation user as tests %}`: by contact."""
    return contact_tests.tests_of(organisation, user)


@register.filter
def of_contact(tests: dict[UUID, TestsOfContact], contact: Contact) -> TestsOfContact | None:
    return tests.get(contact.pk)


@register.filter
def and_tests(steps: Sequence[Step], told: TestsOfContact) -> list[Step]:
    """The contact's own moments and those of its test mails, newest first; at one moment the later fact first."""
    return sorted([*told.steps, *reversed(steps)], key=lambda step: step.at)[::-1]
