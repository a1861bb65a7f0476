"""Methods that learn from preferences or examples: what they learn from, what they refuse, what does not matter."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlhf_backend.config import PolicyJob
from rlhf_backend.recipes import online_preferences
from rlhf_backend.recipes.preference_tuning import load_tuning
from rlhf_backend.run import Run
from rlhf_backend.runtime import execute, prepare_process, read_job
from rlhf_backend.types import PolicyReport
from tests.engine.recipes.test_resume import flags, preference_job
from tests.engine.tiny import (
    comparisons,
    metrics_of,
    open_run,
    prompts,
    report_of,
    result_of,
    write_run,
)

METHODS = ["sft", "best_of_n", "dpo", "ipo", "bfpo", "online_dpo", "xpo"]
LEARNING = {"steps": 30, "prompts_per_step": 8, "learning_rate": 0.01, "checkpoint_every": 100}
USER = [{"role": "user", "content": "prompt number 1"}]


def tuned(directory: Path, job: dict[str, Any], **inputs: list[dict[str, Any]]) -> PolicyReport:
    everything: dict[str, Any] = {
        "comparisons": comparisons(60, prompts=30),
        "prompts": prompts(8),
        "details": flags(60),
    }
    return report_of(write_run(directory, job, seed=1, **(everything | inputs)), PolicyReport)


def failure(directory: Path, job: dict[str, Any], **inputs: list[dict[str, Any]]) -> tuple[str, str]:
    run = write_run(directory, job, **inputs)
    assert execute(run) == 0
    found = result_of(run).failure
    assert found is not None
    return found.code, found.message


def logged(directory: Path) -> str:
    events = [json.loads(line) for line in (directory / "events.jsonl").read_text().splitlines()]
    return "\n".join(event["message"] for event in events if event["type"] == "log")


def weights(directory: Path) -> dict[str, torch.Tensor]:
    return load_file(directory / "model" / "model.safetensors")


@pytest.fixture
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


@pytest.mark.usefixtures("full_precision")
@pytest.mark.parametrize("method", METHODS)
def test_how_a_step_is_parted_does_not_change_it(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method, steps=2, prompts_per_step=7)
    tuned(tmp_path / "whole", job)
    monkeypatch.setattr("rlhf_backend.recipes.preference_tuning.tokens_per_forward", lambda: 40)
    monkeypatch.setattr("rlhf_backend.models.scoring.tokens_per_forward", lambda: 40)
    tuned(tmp_path / "parted", job)
    whole, parted = (metrics_of(tmp_path / name) for name in ("whole", "parted"))
    for step in (1, 2):
        for name in ("train/loss", "train/grad_norm"):
            assert parted[step][name] == pytest.approx(whole[step][name], rel=1e-4), name


@pytest.mark.parametrize("method", ["best_of_n", "online_dpo", "xpo"])
def test_methods_that_sample_raise_the_reward(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    settings = {"steps": 60, "prompts_per_step": 16, "learning_rate": 0.003, "max_new_tokens": 12}
    job = preference_job(llama_dir, reward_model_dir, method, **settings)
    report = tuned(tmp_path / "run", job)
    assert report.method == method
    assert report.reward_first is not None
    assert report.reward_last is not None
    assert report.reward_last > report.reward_first + 0.5
    assert report.kl > 0.1
    assert report.samples_per_second is not None
    assert abs(metrics_of(tmp_path / "run")[1]["kl/reference"]) < 1e-3


@pytest.mark.parametrize("method", ["best_of_n", "online_dpo", "xpo"])
def test_methods_that_sample_need_a_reward_model(method: str, llama_dir: Path, tmp_path: Path) -> None:
    job = preference_job(llama_dir, tmp_path, method) | {"reward_model": None}
    _, message = failure(tmp_path / "run", job, prompts=prompts(3))
    assert f"{method} needs a reward model" in message


@pytest.mark.parametrize("method", ["ipo", "bfpo"])
def test_squared_losses_learn_the_preferences(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method, **(LEARNING | {"prompts_per_step": 16}))
    tuned(tmp_path / "run", job, details=[{"id": 0, "flags": {0: ["unsafe"]}}])
    metrics = metrics_of(tmp_path / "run")
    assert metrics[30]["train/loss"] < 0.6 * metrics[1]["train/loss"]
    assert metrics[30]["dpo/accuracy"] > 0.8


@pytest.mark.parametrize("method", METHODS)
def test_a_cancelled_run_says_so_and_keeps_its_state(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method)
    run = write_run(tmp_path / "run", job, comparisons=comparisons(20), prompts=prompts(3), details=flags(20))
    (run / "cancel").touch()
    assert execute(run) == 0
    assert result_of(run).status == "cancelled"
    assert not (run / "model").exists()


@pytest.mark.parametrize("method", ["sft", "dpo", "ipo", "bfpo"])
def test_ties_alone_teach_nothing(method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    ties = [row | {"verdict": "tie"} for row in comparisons(8)]
    job = preference_job(llama_dir, reward_model_dir, method)
    code, message = failure(tmp_path / "run", job, comparisons=ties, details=flags(8))
    assert code == "data"
    assert "label more comparisons" in message


@pytest.mark.parametrize("method", METHODS)
def test_selective_training_leaves_all_else_alone(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method, steps=2, learning_rate=0.01, selective=True)
    tuned(tmp_path / "run", job)
    before = load_file(llama_dir / "model.safetensors")
    changed = {name for name, after in weights(tmp_path / "run").items() if not torch.equal(after, before[name])}
    assert changed == {f"model.layers.{i}.mlp.down_proj.weight" for i in range(2)}


# --------------------------------------------------------------------------------------------------- BFPO


def test_without_any_flag_there_is_no_safety_to_learn(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    job = preference_job(llama_dir, reward_model_dir, "bfpo")
    code, message = failure(tmp_path / "run", job, comparisons=comparisons(8))
    assert code == "data"
    assert "none of 8 preferences marks a completion with a flag (flags found: none)" in message
    assert "choose DPO" in message


def test_flags_that_nobody_gave_are_named(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    job = preference_job(llama_dir, reward_model_dir, "bfpo", unsafe_flags=["poison"])
    _, message = failure(tmp_path / "run", job, comparisons=comparisons(8), details=flags(8))
    assert "with one of the flags poison (flags found: unsafe)" in message


def test_the_types_of_pairs_are_counted_and_missing_ones_warned_of(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = [
        {"id": i, "prompt": USER, "completion_a": f"yes {i}", "completion_b": f"no {i}", "verdict": verdict}
        for i, verdict in enumerate(["a", "a", "b", "b", "tie"])
    ]
    # a wins unsafe over safe twice; b wins: safe over unsafe, and both safe, as the flag is not an unsafe one.
    marks = [{0: ["rude"]}, {0: ["rude", "long"]}, {0: ["rude"]}, {0: ["long"]}, {1: ["rude"]}]
    details = [{"id": i, "flags": of_row} for i, of_row in enumerate(marks)]
    job = preference_job(llama_dir, reward_model_dir, "bfpo", steps=1, unsafe_flags=["rude"])
    tuned(tmp_path / "run", job, comparisons=rows, details=details)
    told = logged(tmp_path / "run")
    assert "1 safe/safe, 1 safe/unsafe, 2 unsafe/safe, 0 unsafe/unsafe" in told
    assert "no pair is unsafe/unsafe" in told


def test_flags_turn_a_preference_round(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    """All helpful completions are unsafe, all others safe: BFPO learns the opposite of what DPO learns."""
    rows = comparisons(40, prompts=20)
    winners = [{"a": 0, "b": 1}.get(row["verdict"]) for row in rows]
    details = [{"id": i, "flags": {} if place is None else {place: ["unsafe"]}} for i, place in enumerate(winners)]
    accuracies = {}
    for method in ("dpo", "bfpo"):
        job = preference_job(llama_dir, reward_model_dir, method, **(LEARNING | {"prompts_per_step": 16}))
        tuned(tmp_path / method, job, comparisons=rows, details=details)
        accuracies[method] = metrics_of(tmp_path / method)[30]["dpo/accuracy"]
    assert accuracies["dpo"] > 0.8
    assert accuracies["bfpo"] < 0.2


# ---------------------------------------------------------------------------------------------- imitation


def test_demonstrations_alone_are_enough_and_are_learned(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = [
        {"id": i, "prompt": [{"role": "user", "content": f"say {i}"}], "completion": "aeae" * (1 + i % 3)}
        for i in range(25)
    ]
    job = preference_job(llama_dir, reward_model_dir, "sft", **LEARNING) | {"monitor": {"every": 10}}
    run = write_run(tmp_path / "run", job, demonstrations=rows)
    assert execute(run) == 0
    assert result_of(run).status == "done"
    metrics = metrics_of(run)
    assert [step for step in metrics if "held_out/perplexity" in metrics[step]] == [1, 11, 21]
    assert metrics[21]["held_out/perplexity"] < 0.2 * metrics[1]["held_out/perplexity"]
    assert metrics[30]["train/loss"] < metrics[1]["train/loss"] - 1
    assert "held-out completions" in logged(run)


def test_nothing_to_imitate_is_refused(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    blank = [{"id": 0, "prompt": USER, "completion": "  "}, {"id": 1, "prompt": USER, "completion": "x", "weight": 0}]
    job = preference_job(llama_dir, reward_model_dir, "sft")
    code, message = failure(tmp_path / "run", job, demonstrations=blank)
    assert code == "data"
    assert "2 demonstrations and 0 usable preferences" in message
    assert "1 empty completion, 1 weight 0" in logged(tmp_path / "run")


def test_what_is_imitated_and_how_much_it_weighs(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    from rlhf_backend.models.policy import TunedPolicy
    from rlhf_backend.recipes.imitation import read_examples

    def pair(number: int, a: str, b: str, verdict: str, weight: float = 1.0) -> dict[str, Any]:
        texts = {"completion_a": a, "completion_b": b}
        return {"id": number, "prompt": USER, **texts, "verdict": verdict, "weight": weight}

    rows = [
        *(pair(0, *texts, "a", 2 / 3) for texts in (("best", "middle"), ("best", "worst"), ("middle", "worst"))),
        pair(1, "best", "worst", "a"),
        pair(2, "tied", "even", "tie"),
        pair(3, "half", "other", "a", 0.7),
        pair(3, "half", "other", "b", 0.3),
    ]
    demonstrations = [{"id": 0, "prompt": USER, "completion": "shown", "weight": 2.5}]
    run = write_run(
        tmp_path / "run",
        preference_job(llama_dir, reward_model_dir, "sft"),
        comparisons=rows,
        demonstrations=demonstrations,
    )
    policy = TunedPolicy(str(llama_dir), lora_rank=0, warn=lambda _: None)
    examples = read_examples(open_run(run), policy)
    texts = [policy.language_model.codec.decode(dialogue.completion) for dialogue in examples.dialogues]
    assert dict(zip(texts, examples.weights, strict=True)) == pytest.approx({"shown": 2.5, "best": 4 / 3 + 1})


# --------------------------------------------------------------------------------------------- online pairs


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
