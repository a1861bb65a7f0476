"""The web process: sync views in threads, live streams on the event loop."""

import os
import warnings

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.config.settings")

# Static files are small and read at once; the warning means large streams, of which whitenoise has none here.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

django.setup()

from django.conf import settings  # noqa: E402  (read only once Django is set up)

from annotate.config.body_limit import body_limited  # noqa: E402
from annotate.config.env import env  # noqa: E402
from annotate.config.handler import OneHopHandler  # noqa: E402

THREADS = 8
"""Requests worked on at a time by one web process; fewer than the database connections it may open."""

application = body_limited(
    OneHopHandler(threads=THREADS),
    json_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    upload_bytes=(env().upload_mb + 1) * 2**20,  # the form's own lines need some room beside the file
)
