"""Addresses: the API, its schema, and the single page for everything else."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("annotate.api.urls")),
]
