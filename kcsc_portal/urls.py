from django.urls import include, path

from kcsc_portal.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("takedowns.urls")),
]
