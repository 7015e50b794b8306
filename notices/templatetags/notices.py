"""What this room adds to the account page, which lives some rooms lower."""

from django import template

from accounts.models import User
from mailroom.models import DeliveryReport
from mailroom.states import ReportAbout, ReportAction
from notices.forms import ChoicesForm

register = template.Library()


@register.simple_tag
def notice_choices(person: User) -> ChoicesForm:
    """`{% notice_choices user as form %}`."""
    return ChoicesForm(person=person)


@register.simple_tag
def notice_came_back(person: User) -> DeliveryReport | None:
    """The latest report that a mail with notices could not be delivered to the person's present address."""
    failed = DeliveryReport.objects.filter(about=ReportAbout.RECIPIENT, action=ReportAction.FAILED)
    mine = failed.filter(outgoing__notices__person=person, outgoing__recipient=person.email)
    return mine.select_related("incoming").order_by("-incoming__received_at").first()
