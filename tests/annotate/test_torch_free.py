"""Neither the web server nor the worker loads torch: it costs seconds and hundreds of megabytes in each process."""

import subprocess
import sys

import pytest

WEB = """
import django; django.setup()
from annotate.config.asgi import application
from django.test import Client
Client().get("/api/health/")
"""
WORKER = """
from annotate.config.celery import app
app.loader.import_default_modules()
import annotate.jobs.execute
assert "annotate.runs.execute" in app.tasks
"""


@pytest.mark.parametrize("program", [WEB, WORKER], ids=["web", "worker"])
def test_the_process_has_not_loaded_torch(program: str) -> None:
    check = "import sys; print([name for name in ('torch', 'transformers', 'peft') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{program}\n{check}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"
