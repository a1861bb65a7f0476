"""What the web process may import stays free of torch, and training never sees the simulation."""

import subprocess
import sys
from pathlib import Path

import pytest

import rlhf_backend

ROOT = Path(rlhf_backend.__file__).parent
TORCH_FREE = [
    "chat",
    "chat_lines",
    "config",
    "types",
    "errors",
    "stats.selection",
    "stats.intervals",
    "stats.calibration",
    "stats.agreement",
    "stats.attention",
    "stats.crowd",
    "stats.cycles",
    "stats.labeler_bias",
    "durable",
    "events",
]


@pytest.mark.parametrize("module", TORCH_FREE)
def test_the_web_may_import_it_without_torch(module: str) -> None:
    script = f"import sys, rlhf_backend.{module}; sys.exit('torch' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_training_code_cannot_see_the_gold_reward() -> None:
    for folder in ("recipes", "models", "data", "ops", "stats"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "rlhf_backend.simulation" not in text, file
            assert "rlhf_backend.starter" not in text, file
