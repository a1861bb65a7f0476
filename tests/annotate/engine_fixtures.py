"""A data directory of the test's own, and the fake engine in place of the real one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.config.env import env
from annotate.jobs import engine


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """RLHF_DATA_DIR of this test alone: run numbers repeat between the databases of parallel tests."""
    monkeypatch.setenv("RLHF_DATA_DIR", str(tmp_path))
    env.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    env.cache_clear()


@pytest.fixture
def fake_engine(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs are done by `tests.annotate.fake_engine`; the data directory."""
    monkeypatch.setattr(engine, "COMMAND", (sys.executable, "-m", "tests.annotate.fake_engine"))
    return data_dir
