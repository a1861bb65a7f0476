"""Training the backbone: parts of a step, labels that follow, every kind of feedback, and what goes wrong."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.observations import feedback_of
from rlhf_backend.errors import FailureCode
from rlhf_backend.models.features import FeatureReader, hidden_state_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.recipes import reward_network
from rlhf_backend.recipes.reward_material import encode_preferences
from rlhf_backend.recipes.reward_network import RewardNetwork
from rlhf_backend.recipes.reward_objective import Objective, fresh_heads
from rlhf_backend.recipes.reward_steps import FeedbackSteps, TrainingSet
from rlhf_backend.runtime import execute
from rlhf_backend.types import ComparisonRow, PreferenceDetailsRow, RewardModelReport, RunResult
from tests.engine.recipes.test_resume import interrupt
from tests.engine.tiny import comparisons, metrics_of, result_of, write_run, write_tiny_llama

FULL: dict[str, Any] = {"trainable": "full", "heads": 2, "batch_size": 8, "epochs": 1, "learning_rate": 0.01}


def job(backbone: Path, **config: Any) -> dict[str, Any]:
    return {"kind": "reward_model", "config": FULL | {"evaluate": False} | config, "backbone": str(backbone)}


def finished(directory: Path) -> RunResult:
    assert execute(directory) == 0
    return result_of(directory)


def steps_of(
    directory: Path, rows: list[dict[str, Any]], details: dict[int, PreferenceDetailsRow] | None = None, **config: Any
) -> tuple[RewardNetwork, FeedbackSteps]:
    settings = RewardModelConfig(**FULL | config)
    backbone = load_backbone(str(directory), warn=lambda _: None, dtype=torch.float32)
    reader = FeatureReader(backbone, hidden_state_readout(32), 256)
    read = [ComparisonRow.model_validate(row) for row in rows]
    preferences, dialogues, _ = encode_preferences(read, reader, settings, details=details)
    feedback, _ = feedback_of(preferences, settings, locate=backbone.codec.completion_tokens)
    training = TrainingSet(preferences, dialogues, feedback, Objective("rao_kupper", 0.5), 1.0)
    torch.manual_seed(0)
    heads = fresh_heads(torch.randn(2, 32), feedback)
    network = RewardNetwork(reader, heads, lora=False, share_prompts=True, only_pairs=feedback.only_pairs)
    return network, FeedbackSteps(settings, 0, network, training)


def gradients(network: RewardNetwork) -> dict[str, torch.Tensor]:
    return {name: p.grad.clone() for name, p in network.named_parameters() if p.grad is not None}


@pytest.fixture
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


@pytest.mark.usefixtures("full_precision")
@pytest.mark.parametrize("limit", [1, 150])
def test_a_step_in_parts_has_the_same_loss_and_gradient(
    limit: int, llama_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for tokens in (10**9, limit):
        monkeypatch.setattr(reward_network, "activation_tokens", lambda _, tokens=tokens: tokens)
        network, steps = steps_of(llama_dir, comparisons(24))
        metrics = steps.gradient_step(0)
        results.append((metrics, gradients(network)))
    (whole_metrics, whole), (metrics, parts) = results
    assert metrics == pytest.approx(whole_metrics, abs=1e-5)
    assert parts.keys() == whole.keys()
    for name, gradient in whole.items():
        torch.testing.assert_close(parts[name], gradient, atol=2e-5, rtol=1e-4)


def test_parts_keep_order_and_limit(llama_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reward_network, "activation_tokens", lambda _: 12)
    network, _ = steps_of(llama_dir, comparisons(12))
    groups = [[Dialogue([1, 2], [3] * n), Dialogue([1, 2], [4])] for n in (2, 3, 20, 1, 1, 1)]
    parts = network.parts(groups)
    assert [group for part in parts for group in part] == groups
    assert [len(part) for part in parts] == [2, 1, 3]


def test_memory_that_cannot_hold_the_weights_is_said_before_training(
    llama_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.memory_bytes", lambda: 2**18)
    result = finished(write_run(tmp_path / "full", job(llama_dir), comparisons=comparisons(40)))
    assert result.failure is not None
    assert result.failure.code == FailureCode.RESOURCE
    assert "LoRA adapters or the head only" in result.failure.message
    lora = finished(write_run(tmp_path / "lora", job(llama_dir, trainable="lora"), comparisons=comparisons(40)))
    assert lora.status == "done", lora.failure


@pytest.mark.parametrize("after", [1, 3])
def test_labels_that_follow_go_on_after_a_resume_as_they_were(after: int, llama_dir: Path, tmp_path: Path) -> None:
    whole, broken = (
        write_run(tmp_path / name, job(llama_dir, smoothing_rate=0.4, epochs=2), seed=3, comparisons=comparisons(40))
        for name in ("whole", "broken")
    )
    expected = finished(whole)
    interrupt(broken, after=after)
    found = finished(broken)
    assert metrics_of(broken) == metrics_of(whole)
    for file in ("model/heads.safetensors", "model/backbone/model.safetensors", "effects.jsonl"):
        assert (broken / file).read_bytes() == (whole / file).read_bytes()
    assert isinstance(found.report, RewardModelReport)
    assert found.report.smoothing is not None
    assert isinstance(expected.report, RewardModelReport)
    assert found.report.smoothing == expected.report.smoothing


def test_labels_move_once_in_an_epoch_and_change_what_is_trained_on(llama_dir: Path) -> None:
    network, steps = steps_of(llama_dir, comparisons(24), smoothing_rate=0.5)
    assert steps.labels is not None
    before = steps.labels.current.clone()
    for step in range(steps.schedule.steps):
        network.zero_grad()
        steps.gradient_step(step)
    decided = steps.labels.given != 0.5
    assert (steps.labels.current != before)[decided].all()
    assert (steps.labels.current == before)[~decided].all()
    unsmoothed, plain = steps_of(llama_dir, comparisons(24))
    assert plain.labels is None
    assert plain.beside == {}
    del unsmoothed


def ranking(id_: int, texts: list[str]) -> tuple[list[dict[str, Any]], PreferenceDetailsRow]:
    """A ranking of texts, best first, as its pairs and its details."""
    prompt = [{"role": "user", "content": f"rank {id_ % 7}"}]
    rows = [
        {"id": id_, "prompt": prompt, "completion_a": a, "completion_b": b, "verdict": "a", "weight": 2 / len(texts)}
        for i, a in enumerate(texts)
        for b in texts[i + 1 :]
    ]
    details = PreferenceDetailsRow(
        id=id_,
        completions=texts,
        ranks=list(range(1, len(texts) + 1)),
        ratings={0: 0.9, len(texts) - 1: 0.1},
    )
    return rows, details


def test_rankings_and_ratings_train_the_backbone_too(llama_dir: Path, tmp_path: Path) -> None:
    ranked = [ranking(i, ["e" * 9 + str(i), "e" * 4 + str(i), "x" * 5 + str(i)]) for i in range(40)]
    rows = [row for pairs, _ in ranked for row in pairs]
    details = [json.loads(d.model_dump_json()) for _, d in ranked]
    settings = {
        "rankings": "plackett_luce",
        "rating_weight": 0.5,
        "epochs": 4,
        "learning_rate": 3e-3,
        "prior_precision": 0.1,
    }
    run = write_run(tmp_path / "run", job(llama_dir, **settings), comparisons=rows, details=details)
    result = finished(run)
    assert isinstance(result.report, RewardModelReport), result.failure
    assert result.report.feedback["rankings"] > 20
    assert result.report.feedback["ratings"] > 40
    losses = [values["train/loss"] for _, values in sorted(metrics_of(run).items())]
    assert np.mean(losses[-4:]) < np.mean(losses[:4])
    assert result.report.accuracy.value > 0.8


@pytest.mark.usefixtures("full_precision")
def test_levels_and_ratings_have_gradients_only_where_they_are_used(llama_dir: Path) -> None:
    plain, steps = steps_of(llama_dir, comparisons(24))
    steps.gradient_step(0)
    assert {"levels", "ratings", "aspects"}.isdisjoint(gradients(plain))
    rows, details = ranking(1, ["eee", "ee", "x"])
    used, further = steps_of(llama_dir, rows, {1: details}, rating_weight=1.0, rankings="plackett_luce")
    further.gradient_step(0)
    assert gradients(used)["ratings"].abs().sum() > 0


def test_a_backbone_without_a_score_head_gets_one(llama_dir: Path, judge_dir: Path, tmp_path: Path) -> None:
    for name, backbone in (("causal", llama_dir), ("bare", judge_dir)):
        assert not any("score" in key for key in load_file(backbone / "model.safetensors"))
        result = finished(write_run(tmp_path / name, job(backbone), comparisons=comparisons(40)))
        assert result.status == "done", result.failure


def test_a_predecessor_with_another_tokenizer_is_asked_in_words(
    gpt2_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    settings = job(gpt2_dir) | {"predecessor": str(reward_model_dir)}
    result = finished(write_run(tmp_path / "run", settings, comparisons=comparisons(40)))
    assert result.status == "done", result.failure
    effects = [json.loads(line) for line in (tmp_path / "run" / "effects.jsonl").read_text().splitlines()]
    assert all(0 <= effect["before"] <= 1 for effect in effects)


def test_weights_that_are_not_numbers_are_said(tmp_path: Path) -> None:
    broken = write_tiny_llama(tmp_path / "model", seed=0)
    tensors = load_file(broken / "model.safetensors")
    tensors["model.norm.weight"] = tensors["model.norm.weight"] * float("nan")
    save_file(tensors, broken / "model.safetensors", metadata={"format": "pt"})
    result = finished(write_run(tmp_path / "run", job(broken), comparisons=comparisons(40)))
    assert result.failure is not None
    assert result.failure.code == FailureCode.DATA
    assert "not numbers" in result.failure.message


def test_a_loss_that_is_no_number_ends_with_its_step_and_advice(llama_dir: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", job(llama_dir, learning_rate=1.0, epochs=30), comparisons=comparisons(40))
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr("rlhf_backend.recipes.reward_steps.reward_loss", broken_after(3))
        result = finished(run)
    assert result.failure is not None
    assert result.failure.code == FailureCode.CONFIG
    assert "at step 4" in result.failure.message
    assert "Lower the learning rate" in result.failure.message


def broken_after(calls: int) -> Any:
    from rlhf_backend.recipes.reward_objective import reward_loss

    left = [calls]

    def loss(*arguments: Any, **options: Any) -> torch.Tensor:
        left[0] -= 1
        found = reward_loss(*arguments, **options)
        return found * float("nan") if left[0] < 0 else found

    return loss


@pytest.mark.parametrize(
    ("field", "value"), [("verdict", "left"), ("strength", 9), ("completion_b", None), ("weight", -1)]
)
def test_an_unknown_label_is_named_with_its_row_and_field(
    field: str, value: object, llama_dir: Path, tmp_path: Path
) -> None:
    rows = comparisons(20)
    rows[6][field] = value
    result = finished(write_run(tmp_path / "run", job(llama_dir), comparisons=rows))
    assert result.failure is not None
    assert result.failure.code == FailureCode.DATA
    assert "comparisons.jsonl, line 7" in result.failure.message
    assert field in result.failure.message


def test_nothing_usable_is_counted_in_the_failure(llama_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(20)
    for row in rows:
        row["completion_b"] = row["completion_a"]
    result = finished(write_run(tmp_path / "run", job(llama_dir), comparisons=rows))
    assert result.failure is not None
    assert result.failure.code == FailureCode.DATA
    assert "20 identical completions" in result.failure.message
