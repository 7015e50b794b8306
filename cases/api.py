"""The partners' door: record a report, read one's own. The same services as the pages; nothing about others' work."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, mixins, status
from rest_framework.exceptions import APIException, NotAuthenticated, PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Team, User
from accounts.permissions import Permission
from accounts.rules import can, teams_where
from audit.errors import Refused
from cases import services
from cases.models import Report
from cases.serializers import NewReportSerializer, ReportSerializer
from cases.states import Source


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The request is too large.")


class MayUseApi(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and can(request.user, Permission.USE_API)


class ByAge(CursorPagination):
    ordering = ("-recorded_at", "-number")


class OwnReports(generics.GenericAPIView[Report]):
    """Only what this very account has sent: any other report's address answers 404."""

    permission_classes = [MayUseApi]
    serializer_class = ReportSerializer

    def get_queryset(self) -> QuerySet[Report]:
        own = Report.objects.filter(recorded_by=sender(self.request))
        return own.select_related("institution").prefetch_related("lines__locator__organisation")


class ReportList(mixins.ListModelMixin, OwnReports):
    pagination_class = ByAge

    @extend_schema(operation_id="list_reports", summary="The reports that you have sent, newest first")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="create_report",
        summary="Record a report of 1 to 200 links",
        description="Lines that are no links are told one by one; the others are recorded. When none is a link, or "
        "there are more than 200, nothing is recorded. The same `submission_key` again answers 200 with the report "
        "that was made the first time.",
        request=NewReportSerializer,
        responses={
            201: ReportSerializer,
            200: ReportSerializer,
            400: OpenApiResponse(description="What is wrong, by field; nothing was recorded."),
            409: OpenApiResponse(description="A rule refuses it; the reason is in `detail`."),
            413: OpenApiResponse(description="The request is too large; nothing was recorded."),
        },
    )
    def post(self, request: Request) -> Response:
        refuse_too_large(request)
        sent = NewReportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given: dict[str, Any] = sent.validated_data
        at = timezone.now()
        try:
            report = services.record_report(
                by=sender(request),
                team=team_of(sender(request)),
                source=Source.PARTNER,
                new_victim=False,
                at=at,
                **given | {"received_at": given["received_at"] or at},
            )
        except Refused as refused:
            raise Conflict(str(refused.reason)) from refused
        # A report of an earlier submission carries an earlier moment.
        made = report.recorded_at == at
        told = ReportSerializer(self.get_queryset().get(pk=report.pk)).data
        return Response(told, status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


class ReportDetail(mixins.RetrieveModelMixin, OwnReports):
    @extend_schema(operation_id="read_report", summary="One report that you have sent")
    def get(self, request: Request, pk: str) -> Response:
        return self.retrieve(request, pk=pk)


def sender(request: Request) -> User:
    """Whose token it is. The permission has been asked before."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def team_of(user: User) -> Team:
    """The one team of a partner's account. Raises PermissionDenied when there is none, or no single one."""
    teams = list(teams_where(user, Permission.USE_API)[:2])
    if len(teams) != 1:
        raise PermissionDenied(_("This token belongs to no single team."))
    return teams[0]


def refuse_too_large(request: Request) -> None:
    """DRF's parser reads the stream itself, past Django's limit."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
        raise TooLarge
