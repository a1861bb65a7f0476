"""REINFORCE, RLOO, GRPO, A2C, PPO: resumed, split, cancelled, with and without adapters, they make the same updates."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlhf_backend.errors import RunCancelled
from rlhf_backend.runtime import _recipe, execute, prepare_process, read_job
from rlhf_backend.stop import CANCEL
from tests.engine.recipes.test_resume import interrupt, rloo_job
from tests.engine.tiny import StopAfter, comparisons, metrics_of, open_run, prompts, result_of, write_run

PPO_MAX = {
    "method": "ppo",
    "reward_scaling": "normalise",
    "reward_clip": 0.8,
    "critic_warmup_steps": 2,
    "ppo_epochs": 2,
    "minibatches": 2,
    "demonstration_weight": 0.1,
}
JOBS: dict[str, dict[str, Any]] = {
    "reinforce": {"method": "reinforce"},
    "grpo": {"method": "grpo", "ppo_epochs": 2, "minibatches": 3},
    "a2c": {"method": "a2c", "critic_warmup_steps": 1},
    "ppo": {"method": "ppo"},
    "ppo max": PPO_MAX,
    "ppo max lora": PPO_MAX | {"lora_rank": 2},
}
INPUTS = {"comparisons": comparisons(40), "prompts": prompts(7)}


def job(name: str, llama_dir: Path, reward_model_dir: Path, **changes: Any) -> dict[str, Any]:
    return rloo_job(llama_dir, reward_model_dir, **{**JOBS.get(name, {"method": name}), **changes})


@pytest.mark.parametrize("name", JOBS)
def test_a_resumed_run_is_bit_identical(name: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    described = job(name, llama_dir, reward_model_dir)
    whole, broken = (write_run(tmp_path / part, described, seed=3, **INPUTS) for part in ("whole", "broken"))
    assert execute(whole) == 0
    interrupt(broken, after=3)
    assert execute(broken) == 0
    assert result_of(broken).status == "done"
    assert metrics_of(broken) == metrics_of(whole)
    assert (broken / "model/model.safetensors").read_bytes() == (whole / "model/model.safetensors").read_bytes()


@pytest.mark.parametrize("name", ["reinforce", "a2c", "ppo"])
def test_one_sample_a_step_has_figures_that_can_be_read(
    name: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    """The deviation of one reward is no number, and no event may hold what is none."""
    described = job(name, llama_dir, reward_model_dir, steps=2, prompts_per_step=1, samples_per_prompt=1)
    run = write_run(tmp_path / "run", described, seed=3, **INPUTS)
    assert execute(run) == 0
    assert result_of(run).status == "done"
    assert {metrics["reward/sd"] for metrics in metrics_of(run).values()} == {0}


@pytest.mark.parametrize("name", ["rloo", *JOBS])
def test_splitting_a_batch_changes_no_update(
    name: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of one prompt each against the whole batch at once, in float32; a wrong weight of a part would show."""
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)
    changes = {"steps": 2, "prompts_per_step": 6, "samples_per_prompt": 3, "learning_rate": 1e-3}
    described = job(name, llama_dir, reward_model_dir, **changes)
    weights = {}
    for part, tokens in (("whole", 10**6), ("split", 1)):
        monkeypatch.setattr("rlhf_backend.recipes.policy_update._TOKENS_PER_BACKWARD", tokens)
        run = write_run(tmp_path / part, described, seed=3, **INPUTS)
        assert execute(run) == 0
        weights[part] = (metrics_of(run), load_file(run / "model" / "model.safetensors"))
    (metrics, tensors), (split_metrics, split_tensors) = weights["whole"], weights["split"]
    for step, figures in metrics.items():
        assert split_metrics[step] == pytest.approx(figures, rel=1e-3, abs=1e-3), step
    for tensor in tensors:
        torch.testing.assert_close(split_tensors[tensor], tensors[tensor], atol=1e-4, rtol=1e-2)


class CancelAfter(StopAfter):
    """An admin who cancels when `checks` steps were begun."""

    @property
    def is_made(self) -> bool:
        made = super().is_made
        if made:
            self._cancel.touch()
        return made


@pytest.mark.parametrize("name", ["a2c", "ppo max"])
def test_a_cancelled_run_ends_between_steps_and_keeps_its_state(
    name: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "run", job(name, llama_dir, reward_model_dir), seed=3, **INPUTS)
    described = read_job(run)
    prepare_process(described)
    with pytest.raises(RunCancelled, match="after step 2"):
        _recipe(open_run(run, stop=CancelAfter(run, 2)), described.job)
    assert (run / CANCEL).exists()
    assert json.loads((run / "checkpoint/step-00000002/state.json").read_text())["step"] == 2


@pytest.mark.parametrize("lora_rank", [0, 4])
def test_while_the_critic_is_pretrained_the_policy_rests(
    lora_rank: int, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    changes = {"critic_warmup_steps": 6, "steps": 1, "lora_rank": lora_rank, "critic_learning_rate": 0.03}
    run = write_run(tmp_path / "run", job("ppo", llama_dir, reward_model_dir, **changes), seed=3, **INPUTS)
    assert execute(run) == 0
    metrics = metrics_of(run)
    assert len(metrics) == 7
    assert all(abs(metrics[step]["kl/reference"]) < 1e-3 for step in metrics)  # the last is measured before its update
    assert [metrics[step]["train/lr"] for step in metrics][:6] == [0.0] * 6
    assert metrics[7]["critic/loss"] < 0.5 * metrics[1]["critic/loss"]
    report = result_of(run).report
    assert report is not None
    assert report.steps == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["reinforce", "grpo", "a2c", "ppo"])
def test_the_reward_rises(name: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    changes = {"steps": 40, "prompts_per_step": 8, "samples_per_prompt": 4, "learning_rate": 0.01}
    described = job(name, llama_dir, reward_model_dir, **{"checkpoint_every": 100, "method": name, **changes})
    run = write_run(tmp_path / "run", described, seed=1, **INPUTS)
    assert execute(run) == 0
    report: Any = result_of(run).report
    assert report.reward_last > report.reward_first + 0.5


def test_demonstrations_mixed_in_are_learned(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    changes = {"steps": 12, "learning_rate": 0.01, "demonstration_weight": 1.0}
    run = write_run(tmp_path / "run", job("reinforce", llama_dir, reward_model_dir, **changes), seed=1, **INPUTS)
    assert execute(run) == 0
    losses = [figures["demonstrations/loss"] for figures in metrics_of(run).values()]
    assert losses[-1] < losses[0] - 0.3


def test_demonstrations_without_any_are_refused(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    described = job("reinforce", llama_dir, reward_model_dir, demonstration_weight=1.0)
    run = write_run(tmp_path / "run", described, prompts=prompts(3))
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "nothing to imitate" in failure.message
