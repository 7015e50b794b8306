"""Addresses of the API, version 1."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import api
from kcsc_portal.api_reference import reference


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the log-in of partners' programs."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token, a blank, the token."}


class Index(APIView):
    """What there is, for whoever comes without an address; no token is asked."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(
            {name: request.build_absolute_uri(reverse(f"api:{name}")) for name in ("reports", "schema", "docs")}
        )


class Schema(SpectacularAPIView):
    """The description is English whatever language the caller asks for: names and words of one document agree."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override("en"):
            answer: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return answer


@login_not_required
def nothing_here(request: HttpRequest, rest: str) -> JsonResponse:
    """Programs read JSON, of a wrong address too."""
    told = {"detail": _("There is no such address in this API.")}
    return JsonResponse(told, status=404, json_dumps_params={"ensure_ascii": False})


urlpatterns = [
    path("", Index.as_view(), name="index"),
    path("reports/", api.ReportList.as_view(), name="reports"),
    path("reports/<uuid:pk>/", api.ReportDetail.as_view(), name="report"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", reference, name="docs"),
    re_path(r"^(?P<rest>.*)$", csrf_exempt(nothing_here)),
]
