"""The web process: sync views in threads, live streams on the event loop."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.config.settings")

application = get_asgi_application()
