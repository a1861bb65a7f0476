"""The API's addresses: people, projects and labeling here, rounds, runs and models in `run_urls`."""

from django.urls import URLPattern, URLResolver, include, path

from annotate.api import schema as schema  # pydantic models in the OpenAPI schema

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("annotate.api.run_urls")),
]
