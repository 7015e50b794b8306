"""How views get objects: none comes without the question whether this person may see it. Others' answer 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from cases.models import Case, ContentItem, Report


def get_report_for(user: User, pk: UUID) -> Report:
    reports = Report.objects.visible_to(user)
    return get_object_or_404(
        reports.select_related("team", "institution", "victim", "recorded_by", "duplicate_of"), pk=pk
    )


def get_case_for(user: User, pk: UUID) -> Case:
    return get_object_or_404(Case.objects.visible_to(user).select_related("team", "owner", "closed_by"), pk=pk)


def items_of(case: Case) -> QuerySet[ContentItem]:
    """The items that are in the case now."""
    return ContentItem.objects.filter(case_items__case=case, case_items__removed_at=None)
