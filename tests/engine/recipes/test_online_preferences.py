"""Online DPO and XPO: the pairs, the verdicts on them, and the bonus for leaving the reference."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlhf_backend.config import PolicyJob
from rlhf_backend.recipes import online_preferences
from rlhf_backend.recipes.preference_tuning import load_tuning
from rlhf_backend.run import Run
from rlhf_backend.runtime import prepare_process, read_job
from tests.engine.recipes.test_preference_methods import LEARNING, tuned, weights
from tests.engine.recipes.test_resume import preference_job
from tests.engine.tiny import metrics_of, open_run, prompts, write_run


def opened(directory: Path, job: dict[str, Any]) -> tuple[Run, PolicyJob]:
    run = write_run(directory, job, seed=5, prompts=prompts(4))
    job_file = read_job(run)
    prepare_process(job_file)
    assert isinstance(job_file.job, PolicyJob)
    return open_run(run), job_file.job


def gradients(tuner: online_preferences._Tuner, pairs: online_preferences._Pairs) -> dict[str, torch.Tensor]:
    network = tuner._tuning.policy.network
    network.zero_grad(set_to_none=True)
    tuner._backward(pairs)
    return {name: p.grad.clone() for name, p in network.named_parameters() if p.grad is not None}


def test_without_curiosity_xpo_takes_online_dpos_step_to_the_bit(
    llama_dir: Path, other_llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    """On the same pairs, (π, π_ref); with curiosity, the control, the step is another."""
    steps = {}
    for name, method, alpha in (("dpo", "online_dpo", 0.0), ("none", "xpo", 0.0), ("some", "xpo", 0.01)):
        job = preference_job(llama_dir, reward_model_dir, method, exploration_alpha=alpha)
        run, policy_job = opened(tmp_path / name, job | {"reference": str(other_llama_dir)})
        tuner = online_preferences._Tuner(run, policy_job.config, load_tuning(run, policy_job))
        if name == "dpo":
            tuner._explores = True
            pairs, _ = tuner._sample_pairs(0)
            tuner._explores = False
        steps[name] = gradients(tuner, pairs)
    assert all(torch.equal(gradient, steps["none"][name]) for name, gradient in steps["dpo"].items())
    assert any(not torch.equal(gradient, steps["some"][name]) for name, gradient in steps["dpo"].items())


def test_curiosity_makes_what_the_reference_writes_less_likely(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    last = {}
    for alpha in (0.0, 0.5):
        job = preference_job(llama_dir, reward_model_dir, "xpo", exploration_alpha=alpha, **LEARNING)
        tuned(tmp_path / f"{alpha}", job)
        metrics = metrics_of(tmp_path / f"{alpha}")
        last[alpha] = sum(metrics[step]["xpo/anchor_logprob"] for step in range(26, 31)) / 5
    assert last[0.5] < last[0.0] - 5


def test_pairs_of_identical_completions_move_nothing(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    """At a temperature of almost 0 policy and reference write the same."""
    settings = {"steps": 2, "temperature": 1e-4, "learning_rate": 0.01, "exploration_alpha": 1.0}
    tuned(tmp_path / "run", preference_job(llama_dir, reward_model_dir, "xpo", **settings))
    metrics = metrics_of(tmp_path / "run")
    assert metrics[1]["pairs/identical_share"] == 1
    assert metrics[1]["train/loss"] == 0
    before = load_file(llama_dir / "model.safetensors")
    assert all(torch.equal(after, before[name]) for name, after in weights(tmp_path / "run").items())


def test_drawn_verdicts_follow_the_reward_models_probability(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, "online_dpo", judge_by="sample")
    run, policy_job = opened(tmp_path / "run", job)
    tuning = load_tuning(run, policy_job)
    assert tuning.reward_model is not None
    tuner = online_preferences._Tuner(run, policy_job.config, tuning)
    ahead = torch.full((4000,), 0.7)
    chance = torch.sigmoid(torch.tensor(0.7 * tuning.reward_model.scale / tuning.reward_model.temperature))
    drawn = tuner._verdicts(ahead, 3)
    assert set(drawn.tolist()) == {0.0, 1.0}
    assert float(drawn.mean()) == pytest.approx(float(chance), abs=0.04)
    assert torch.equal(drawn, tuner._verdicts(ahead, 3))
    assert not torch.equal(drawn, tuner._verdicts(ahead, 4))
