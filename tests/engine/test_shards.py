"""Several processes that keep a part of every weight do what one does with all of them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from rlhf_backend.follower import EXIT_MISSED, SCRATCH
from rlhf_backend.runtime import EXIT_INTERRUPTED, execute
from tests.engine.recipes.test_resume import dpo_job, full_job, interrupt, rloo_job
from tests.engine.test_several_processes import assert_same_looks, assert_same_story, exact, exact_llama, started, until
from tests.engine.tiny import comparisons, prompts, result_of, write_run

__all__ = ["exact", "exact_llama"]  # fixtures

SECONDS = 120
WEIGHTS = 23_872
"""Of the tiny models. With gradients and optimizer they take 16 bytes each, in shards of two processes 10."""
LITTLE = 12 * WEIGHTS


def in_shards(directory: Path, *, memory: int = LITTLE, **environment: str) -> list["subprocess.Popen[bytes]"]:
    """Two processes that read so little at once that they do not read equally often."""
    return started(directory, engine="sharding_engine", environment=environment | {"MEMORY_BYTES": str(memory)})


def ended(processes: list["subprocess.Popen[bytes]"], directory: Path) -> list[int]:
    """Their exit statuses; they leave nothing behind."""
    found = [process.wait(SECONDS) for process in processes]
    assert "each of 2 keeps its part of them" in (directory / "events.jsonl").read_text()
    assert not (directory / SCRATCH).exists()
    return found


def held(directory: Path) -> list[dict[str, int]]:
    """What the two processes held after their last step, in weights."""
    return [json.loads((directory / f"held-{rank}.json").read_text()) for rank in range(2)]


def jobs(llama: Path, judge: Path, reward_model: Path) -> dict[str, dict[str, Any]]:
    look = {"prompts": 2, "every": 2, "preflight_samples": 4, "pause": False}
    dpo, full = dpo_job(llama, steps=4, prompts_per_step=5), full_job(judge, "full", reward_model)
    return {
        "sft": dpo | {"config": dpo["config"] | {"method": "sft"}},
        "dpo": dpo,
        "rloo": rloo_job(llama, reward_model, steps=3) | {"monitor": look},
        "ppo": rloo_job(llama, reward_model, method="ppo", steps=1, ppo_epochs=2, minibatches=2),
        "full": full | {"config": full["config"] | {"batch_size": 7}},
    }


@pytest.mark.parametrize("name", ["sft", "dpo", "rloo", "ppo", "full"])
def test_two_processes_with_shards_take_the_steps_of_one(
    name: str, exact_llama: Path, judge_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = jobs(exact_llama, judge_dir, reward_model_dir)[name]
    inputs = {"comparisons": comparisons(40), "prompts": prompts(7), "panel_prompts": prompts(2)}
    one, two = (write_run(tmp_path / part, job, seed=3, **inputs) for part in ("one", "two"))
    assert execute(one) == 0
    if name == "dpo":  # what one process begins two finish
        interrupt(two, after=2)
    if name == "sft":  # what two begin one finishes
        assert ended(in_shards(two, STOP_AFTER="2"), two) == [EXIT_INTERRUPTED, 0]
        assert execute(two) == 0
    else:
        assert ended(in_shards(two, memory=2 * LITTLE if name == "ppo" else LITTLE), two) == [0, 0]
    assert result_of(two).status == "done", result_of(two).failure
    assert ("goes on after step 2" in (two / "events.jsonl").read_text()) == (name in {"sft", "dpo"})
    assert_same_story(one, two, "model/backbone/model.safetensors" if name == "full" else "model/model.safetensors")
    if name == "rloo":
        assert_same_looks(one, two, steps=[0, 2, 3])
    for of_process in held(two):
        parts = of_process["weights"]
        assert parts == pytest.approx(WEIGHTS if name == "ppo" else WEIGHTS / 2, rel=0.01)  # PPO has a critic
        assert (of_process["gradients"], of_process["moments"]) == (parts, 2 * parts)
        if name in {"sft", "dpo"}:  # beside these the reference, which is whole; nothing else of that size
            assert of_process["everything"] == pytest.approx(4 * parts + WEIGHTS, rel=0.02)


def test_an_error_in_the_midst_of_a_pass_is_the_failure_of_the_run(exact_llama: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(exact_llama, steps=9), seed=3, comparisons=comparisons(40))
    assert ended(in_shards(run, FAILING_RANK="1"), run) == [0, EXIT_MISSED]
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "resource"
    assert "CUDA out of memory" in failure.message


def test_a_cancel_leaves_a_checkpoint_with_all_weights(exact_llama: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(exact_llama, steps=3000), seed=3, comparisons=comparisons(40))
    processes, events = in_shards(run), run / "events.jsonl"
    until(lambda: events.is_file() and '"metrics"' in events.read_text(), "no step was taken")
    (run / "cancel").touch()
    assert ended(processes, run) == [0, 0]
    assert result_of(run).status == "cancelled"
    newest = max((run / "checkpoint").iterdir())
    tensors = load_file(newest / "tensors.safetensors")
    assert sum(tensor.numel() for name, tensor in tensors.items() if name.startswith("model.")) == WEIGHTS
