from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("notifications/", views.notices, name="notices"),
    path("notifications/read/", views.read, name="read"),
    path("notifications/<uuid:pk>/", views.open_notice, name="open"),
    path("account/notifications/", views.choose, name="choose"),
]
