"""Addresses of the API, version 1."""

from django.urls import path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from cases import api


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the log-in of partners' programs."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token, a blank, the token."}


urlpatterns = [
    path("reports/", api.ReportList.as_view(), name="reports"),
    path("reports/<uuid:pk>/", api.ReportDetail.as_view(), name="report"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(template_name="api/docs.html", url_name="api:schema"),
        name="docs",
    ),
]
