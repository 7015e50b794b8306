from django.urls import include, path

from dashboards.views.desk import desk
from kcsc_portal.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", desk, name="desk"),
    path("", include("accounts.urls")),
    path("", include("platforms.urls")),
    path("", include("cases.urls")),
    path("", include("takedowns.urls")),
    path("", include("notices.urls")),
    path("", include("dashboards.urls")),
    path("api/v1/", include(("kcsc_portal.api_urls", "api"))),
]
