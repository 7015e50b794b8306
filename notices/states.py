"""What people are told of, and by which way. Data, nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission


class NewsKind(TextChoices):
    REPLY = "reply", _("A reply has come in")
    APPROVAL = "approval", _("A request waits for approval")
    MESSAGE = "message", _("A message to a liaison waits for approval")
    DEADLINE_NEAR = "deadline_near", _("A deadline is near")
    DEADLINE_PASSED = "deadline_passed", _("A deadline has passed")
    LETTER = "letter", _("A letter needs a person: stuck, uncertain, refused, returned, or for a web form")
    CAME_BACK = "came_back", _("An item is there again")


class Way(TextChoices):
    NONE = "none", _("Not at all")
    APP = "app", _("In the portal")
    MAIL = "mail", _("In the portal and by mail")


# Whoever may not do it is not told of it.
CONCERNS: dict[NewsKind, Permission] = {
    NewsKind.REPLY: Permission.WORK_CASES,
    NewsKind.APPROVAL: Permission.APPROVE,
    NewsKind.MESSAGE: Permission.APPROVE,
    NewsKind.DEADLINE_NEAR: Permission.WORK_CASES,
    NewsKind.DEADLINE_PASSED: Permission.WORK_CASES,
    NewsKind.LETTER: Permission.WORK_CASES,
    NewsKind.CAME_BACK: Permission.WORK_CASES,
}
DEFAULT_WAY = Way.APP  # quiet: nothing by mail before somebody asks for it
