from django.urls import path

from platforms import views

app_name = "platforms"

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<uuid:pk>/", views.organisation, name="organisation"),
    path("organisations/<uuid:pk>/propose/", views.propose, name="propose"),
    path("organisations/<uuid:pk>/terms/", views.terms, name="terms"),
    path("organisations/<uuid:pk>/recording/", views.recording, name="recording"),
    path("contacts/<uuid:pk>/activate/", views.activate, name="activate"),
    path("contacts/<uuid:pk>/retire/", views.retire, name="retire"),
]
