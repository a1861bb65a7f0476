"""The floor as an ASGI application: the same server and the same way into Django as the product."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.queue.floor_settings"

import django

django.setup()

from annotate.config.handler import OneHopHandler  # noqa: E402

application = OneHopHandler(threads=8)
