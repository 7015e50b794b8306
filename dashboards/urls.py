from django.urls import path

from dashboards.views.audit import audit, looks
from dashboards.views.desk import waiting_list
from dashboards.views.overview import overview

app_name = "dashboards"

urlpatterns = [
    path("waiting/<slug:kind>/", waiting_list, name="waiting"),
    path("overview/", overview, name="overview"),
    path("audit/", audit, name="audit"),
    path("audit/looks/", looks, name="looks"),
]
