"""Tiny random models, so that no test needs weights, a network or a database."""

import os
from pathlib import Path

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

from rlhf_backend.runtime import execute
from tests.engine.tiny import comparisons, write_run, write_tiny_gpt2, write_tiny_judge, write_tiny_llama


@pytest.fixture(scope="session")
def llama_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama with a chat template, weights in bfloat16 like the starter's."""
    return write_tiny_llama(tmp_path_factory.mktemp("llama"), seed=0)


@pytest.fixture(scope="session")
def other_llama_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same shape, other weights."""
    return write_tiny_llama(tmp_path_factory.mktemp("other_llama"), seed=1)


@pytest.fixture(scope="session")
def judge_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backbone with a readout of named features."""
    return write_tiny_judge(tmp_path_factory.mktemp("judge"), seed=2)


@pytest.fixture(scope="session")
def gpt2_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An architecture without a lean decoder, without chat template, with absolute positions."""
    return write_tiny_gpt2(tmp_path_factory.mktemp("gpt2"), seed=3)


@pytest.fixture(scope="session")
def reward_model_dir(judge_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reward model with three heads on the judge's features."""
    job = {"kind": "reward_model", "config": {"heads": 3}, "backbone": str(judge_dir)}
    run = write_run(tmp_path_factory.mktemp("reward") / "run", job, comparisons=comparisons(60))
    assert execute(run) == 0
    return run / "model"
