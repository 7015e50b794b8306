from django.urls import path

from dashboards import views

app_name = "dashboards"

urlpatterns = [
    path("waiting/<slug:kind>/", views.waiting_list, name="waiting"),
    path("overview/", views.overview, name="overview"),
    path("audit/", views.audit, name="audit"),
]
