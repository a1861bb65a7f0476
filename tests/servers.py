"""Pytest plugin: real PostgreSQL and Valkey for every test, started before Django reads its settings.

`DATABASE_URL` and `REDIS_URL` from outside are used when set, which is how the production path is tested.
"""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

from annotate.embedded import Embedded, embedded_start

# One place for each test run, so that two runs side by side do not meet; workers of one run share it.
ROOT = Path(os.environ.get("PREFLOOP_TEST_ROOT") or tempfile.mkdtemp(prefix="prefloop-test-"))
_embedded: Embedded | None = None


def _prepare() -> None:
    global _embedded
    os.environ["PREFLOOP_TEST_ROOT"] = str(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.config.settings")
    os.environ.setdefault("RLHF_SECRET_KEY", secrets.token_urlsafe(48))
    os.environ.setdefault("RLHF_DATA_DIR", str(ROOT / "data"))
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    _embedded = embedded_start(root=ROOT / "servers")
    os.environ["DATABASE_URL"] = _embedded.database_url
    os.environ["REDIS_URL"] = _embedded.redis_url


_prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _embedded is not None and not hasattr(config, "workerinput"):
        _embedded.stop()
        shutil.rmtree(ROOT, ignore_errors=True)
