"""The portal's addresses, and those that only the sandbox has."""

from django.urls import include, path

from sandbox import views

sandbox_patterns = (
    [
        path("", views.story, name="story"),
        path("bar/", views.bar, name="bar"),
        path("now/", views.now, name="now"),
        path("panel/", views.panel, name="panel"),
        path("play/", views.play, name="play"),
        path("platform/", views.platform, name="platform"),
        path("continue/", views.continue_as, name="continue"),
    ],
    "sandbox",
)

urlpatterns = [
    path("sandbox/", include(sandbox_patterns)),
    path("", include("kcsc_portal.urls")),
]
