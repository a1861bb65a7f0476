"""Addresses: the API, its schema, and the single page for everything else."""

from django.urls import include, path, re_path

from annotate.config.spa import no_such_address, no_such_file, single_page

urlpatterns = [
    path("api/", include("annotate.api.urls")),
    path("api/<path:rest>", no_such_address),
    path("static/<path:rest>", no_such_file),
    re_path(r"^.*$", single_page),
]
handler500 = "annotate.config.spa.internal_error"
