"""Reward models from preferences."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rlhf_backend.data.preferences import usable_preferences
from rlhf_backend.errors import ConfigError, DataError
from rlhf_backend.models.features import load_readout
from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.recipes.reward_report import held_out_report
from rlhf_backend.types import ComparisonRow, Message, RewardModelReport
from tests.engine.tiny import comparisons, metrics_of, report_of, write_run

LABELS = 240


def train(directory: Path, backbone: Path, rows: list[dict[str, Any]], **config: Any) -> RewardModelReport:
    job = {"kind": "reward_model", "config": {"heads": 4} | config, "backbone": str(backbone)}
    run = write_run(directory, job, comparisons=rows)
    return report_of(run, RewardModelReport)


def pairs_of(rows: list[dict[str, Any]], side: str) -> list[tuple[list[Message], str]]:
    return [([Message.model_validate(m) for m in row["prompt"]], row[f"completion_{side}"]) for row in rows]


@pytest.mark.parametrize("backbone", ["judge_dir", "llama_dir"])
def test_a_head_learns_a_taste_and_says_how_well(backbone: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    rows = comparisons(LABELS, prompts=40)
    report = train(tmp_path / "run", request.getfixturevalue(backbone), rows)
    assert report.accuracy.low > 0.55
    assert report.accuracy.n == LABELS - report.ties
    assert report.log_loss < np.log(2)
    assert report.method == "5-fold cross-validation by prompt"
    assert 0.3 < report.baseline_always_a.value < 0.7
    assert report.prior_precision is not None


def test_coin_flips_teach_nothing_and_the_report_says_so(judge_dir: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [row | {"verdict": rng.choice(["a", "b"])} for row in comparisons(LABELS, prompts=40)]
    report = train(tmp_path / "run", judge_dir, rows)
    assert report.accuracy.low < 0.5
    assert report.log_loss > np.log(2) - 0.02


def test_held_out_scores_do_not_use_their_own_prompt(judge_dir: Path, tmp_path: Path) -> None:
    """All verdicts of a prompt agree about nonsense that only this prompt has: a leak would score near 1."""
    rng = np.random.default_rng(1)
    rows = comparisons(200, prompts=4)
    taste = {p: rng.choice(["a", "b"]) for p in range(4)}
    letters = {p: "qwtp"[p] * 9 for p in range(4)}
    for row in rows:
        p = int(row["prompt"][0]["content"][-1])
        row["completion_a"], row["completion_b"] = letters[p] + f" {row['id']}", f"{row['id']} plain"
        row["verdict"] = taste[p]
    report = train(tmp_path / "run", judge_dir, rows, folds=4)
    assert report.accuracy.value < 0.9


def test_rewards_are_normalised_on_the_training_completions(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(LABELS, prompts=40)
    train(tmp_path / "run", judge_dir, rows)
    model = load_reward_model(str(tmp_path / "run" / "model"), warn=lambda _: None)
    scores = model.score(pairs_of(rows, "a") + pairs_of(rows, "b"))
    assert scores.mean.mean().item() == pytest.approx(0, abs=1e-3)
    assert scores.mean.std().item() == pytest.approx(1, abs=1e-2)
    torch.testing.assert_close(scores.heads.mean(-1), scores.mean)
    torch.testing.assert_close(scores.heads.std(-1), scores.sd)
    assert (scores.sd > 0).all()


def test_a_score_does_not_depend_on_the_company(reward_model_dir: Path) -> None:
    model = load_reward_model(str(reward_model_dir), warn=lambda _: None)
    pairs = pairs_of(comparisons(30, seed=5), "a")
    together, alone = model.score(pairs).mean, torch.cat([model.score([pair]).mean for pair in pairs])
    torch.testing.assert_close(together, alone, atol=0.05, rtol=0)


def test_the_directory_stands_on_its_own(judge_dir: Path, reward_model_dir: Path) -> None:
    described = json.loads((reward_model_dir / "reward_model.json").read_text())
    assert described["backbone"] == "backbone"
    assert described["heads"] == 3
    assert "held-out accuracy" in (reward_model_dir / "README.md").read_text()
    assert load_readout(reward_model_dir).names == load_readout(judge_dir).names
    manifest = json.loads((reward_model_dir / "manifest.json").read_text())["sha256"]
    assert {"heads.safetensors", "reward_model.json", "backbone/model.safetensors"} <= manifest.keys()


def test_what_was_left_out_is_counted(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(40)
    rows[0]["completion_b"] = rows[0]["completion_a"]
    rows[1]["completion_a"] = ""
    rows[2]["completion_a"] = "long" * 200
    report = train(tmp_path / "run", judge_dir, rows)
    assert report.excluded == {
        "identical completions": 1,
        "empty completion": 1,
        "completion longer than max_tokens": 1,
    }
    assert report.preferences == 37


def test_one_prompt_alone_is_cross_validated_by_preference(judge_dir: Path, tmp_path: Path) -> None:
    report = train(tmp_path / "run", judge_dir, comparisons(30, prompts=1))
    assert "there is only one prompt" in report.method


@pytest.mark.parametrize("trainable", ["full", "lora"])
def test_a_trained_backbone_is_measured_on_prompts_it_has_not_seen(
    trainable: str, judge_dir: Path, tmp_path: Path
) -> None:
    rows = comparisons(120, prompts=20)
    report = train(tmp_path / "run", judge_dir, rows, trainable=trainable, epochs=3, batch_size=8, learning_rate=3e-3)
    assert "held-out prompts" in report.method
    assert report.accuracy.n < 40
    losses = [values["train/loss"] for _, values in sorted(metrics_of(tmp_path / "run").items())]
    third = len(losses) // 3
    assert np.mean(losses[-third:]) < np.mean(losses[:third])
    model = load_reward_model(str(tmp_path / "run" / "model"), warn=lambda _: None)
    scores = model.score(pairs_of(rows, "a") + pairs_of(rows, "b"))
    assert scores.mean.mean().item() == pytest.approx(0, abs=0.02)
    assert scores.mean.std().item() == pytest.approx(1, abs=0.02)


def test_figures_by_hand() -> None:
    verdicts = ["a", "a", "b", "tie"]
    rows = [
        ComparisonRow(
            id=i,
            prompt=[Message(role="user", content=f"{i}")],
            completion_a="longer" if i else "s",
            completion_b="short",
            verdict=verdict,
        )
        for i, verdict in enumerate(verdicts)
    ]
    preferences, excluded = usable_preferences(rows, margin_per_strength=0)
    report = held_out_report(
        preferences,
        np.array([2.0, -1.0, 0.0, 5.0]),
        method="by hand",
        threshold=0.0,
        training=preferences,
        excluded=excluded,
        prior_precision=None,
    )
    assert report.accuracy.value == pytest.approx(1.5 / 3)  # right, wrong, undecided; the tie does not count
    assert report.baseline_always_a.value == pytest.approx(2 / 3)
    assert report.baseline_longer.value == pytest.approx(1 / 3)
    expected = (np.log1p(np.exp(-2)) + np.log1p(np.exp(1)) + np.log(2)) / 3
    assert report.log_loss == pytest.approx(expected)
    assert report.ties == 1


def test_a_missing_reward_model_and_an_endless_completion_are_explained(reward_model_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="train one first"):
        load_reward_model(str(tmp_path / "gone"), warn=lambda _: None)
    model = load_reward_model(str(reward_model_dir), warn=lambda _: None)
    with pytest.raises(DataError, match="no room"):
        model.score([([Message(role="user", content="hi")], "x" * 5000)])
