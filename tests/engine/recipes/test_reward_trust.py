"""Temperatures of held-out probabilities, and scores that say how far a completion lies from what was trained on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.durable import MANIFEST
from rlhf_backend.models.out_of_distribution import CLOUD_TENSORS
from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.models.reward_directory import REWARD_JSON, RewardModelFile
from rlhf_backend.recipes.reward_trust import calibrated
from rlhf_backend.stats.calibration import calibration_bins, expected_calibration_error
from rlhf_backend.types import (
    ComparisonRow,
    CompletionRow,
    Message,
    PreferenceDetailsRow,
    RewardModelReport,
    SamplingReport,
)
from tests.engine.tiny import comparisons, prompts, report_of, write_run


def judged(n: int, *, seed: int, claims: dict[str, float]) -> tuple[Preferences, np.ndarray[Any, np.dtype[np.float64]]]:
    """Preferences on n prompts with one tag each, and differences that claim so many times too much."""
    rng = np.random.default_rng(seed)
    logits, names = rng.normal(scale=1.5, size=n), sorted(claims)
    tags = [names[i % len(names)] for i in range(n)]
    rows = [
        ComparisonRow(
            id=i,
            prompt=[Message(role="user", content=f"prompt {i}")],
            completion_a=f"a {i}",
            completion_b=f"b {i}",
            verdict="a" if rng.random() < expit(logits[i]) else "b",
        )
        for i in range(n)
    ]
    details = {i: PreferenceDetailsRow(id=i, tags=[tags[i]], source="normal") for i in range(n)}
    preferences, _ = usable_preferences(rows, margin_per_strength=0.0, details=details)
    return preferences, logits * np.array([claims[tag] for tag in tags])


def error_of(preferences: Preferences, differences: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    p = expit(differences)
    return expected_calibration_error(calibration_bins(p.tolist(), preferences.said.tolist()))


def test_probabilities_that_were_too_sure_can_be_believed_afterwards() -> None:
    preferences, differences = judged(6000, seed=1, claims={"any": 2.5})
    trust = calibrated(preferences, differences, threshold=0.0, seed=0)
    assert trust.temperature == pytest.approx(2.5, rel=0.12)
    assert error_of(preferences, differences) > 0.08
    assert error_of(preferences, trust.tempered) < 0.03


def test_parts_that_differ_have_temperatures_that_differ_and_small_parts_none() -> None:
    preferences, differences = judged(3000, seed=2, claims={"code": 4.0, "talk": 1.0})
    rare = replace(
        preferences,
        details=[
            d.model_copy(update={"tags": [*d.tags, "rare"]}) if d is not None and i < 30 else d
            for i, d in enumerate(preferences.details)
        ],
    )
    trust = calibrated(rare, differences, threshold=0.0, seed=0)
    assert trust.slices["tag: code"] > 1.5 * trust.slices["tag: talk"]
    assert trust.slices["tag: talk"] < trust.temperature < trust.slices["tag: code"]
    assert "tag: rare" not in trust.slices
    assert "source: normal" in trust.slices


def test_no_prompt_has_a_part_in_its_own_temperature() -> None:
    """Turning one verdict round changes the temperature of all, and leaves its own prompt's as it was."""
    preferences, differences = judged(100, seed=3, claims={"any": 2.0})
    turned = [preferences.rows[0].model_copy(update={"verdict": "b" if preferences.rows[0].verdict == "a" else "a"})]
    one, other = (
        calibrated(p, differences, threshold=0.0, seed=0)
        for p in (preferences, replace(preferences, rows=[*turned, *preferences.rows[1:]]))
    )
    assert one.temperature != other.temperature
    assert one.tempered[0] == other.tempered[0]


def reward_run(directory: Path, backbone: Path, **config: Any) -> RewardModelReport:
    rows = comparisons(160, prompts=40)
    details = [{"id": row["id"], "tags": ["even" if row["id"] % 2 else "odd"]} for row in rows]
    job = {"kind": "reward_model", "config": {"heads": 3} | config, "backbone": str(backbone)}
    run = write_run(directory, job, comparisons=rows, details=details)
    return report_of(run, RewardModelReport)


@pytest.mark.parametrize("trainable", ["head", "lora"])
def test_temperatures_and_cloud_are_kept_with_the_model_and_told_in_the_report(
    trainable: str, judge_dir: Path, tmp_path: Path
) -> None:
    config = {"trainable": trainable, "epochs": 1} if trainable != "head" else {}
    report = reward_run(tmp_path / "run", judge_dir, **config)
    model = load_reward_model(str(tmp_path / "run" / "model"), warn=print)
    assert model.temperature == pytest.approx(report.temperature)
    if trainable == "head":
        told = {part.name: part.temperature for part in report.slices if part.name.startswith("tag: ")}
        assert told == pytest.approx(dict(model.slice_temperatures))
        assert set(told) == {"tag: even", "tag: odd"}
    scores = model.score([([Message(role="user", content="prompt number 3")], text) for text in ("ee io", "ΩΩΩΩ" * 20)])
    assert scores.ood is not None
    assert float(scores.ood[1]) > max(1.0, float(scores.ood[0]))


def test_a_reward_model_of_the_first_format_still_scores_and_says_that_it_does_not_know(
    judge_dir: Path, tmp_path: Path
) -> None:
    reward_run(tmp_path / "run", judge_dir)
    directory = tmp_path / "run" / "model"
    given = load_reward_model(str(directory), warn=print)
    described = json.loads((directory / REWARD_JSON).read_text())
    described = {k: v for k, v in described.items() if k not in ("temperature", "slice_temperatures")} | {"format": 1}
    (directory / REWARD_JSON).write_text(json.dumps(described))
    (directory / CLOUD_TENSORS).unlink()
    (directory / MANIFEST).write_text(json.dumps({"sha256": {}}))
    old = load_reward_model(str(directory), warn=print)
    asked = [([Message(role="user", content="say")], "ee aa")]
    assert old.score(asked).ood is None
    assert old.score(asked).mean.tolist() == given.score(asked).mean.tolist()
    assert (old.temperature, dict(old.slice_temperatures)) == (1.0, {})
    assert RewardModelFile.model_validate(described).format == 1


def test_samples_of_a_policy_with_another_tokenizer_are_scored_as_text(
    gpt2_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    """The policy here has no chat template and other special tokens: the reward model reads what was written."""
    job = {
        "kind": "sampling",
        "config": {"max_new_tokens": 12, "samples_per_prompt": 2},
        "policy": str(gpt2_dir),
        "reward_model": str(reward_model_dir),
    }
    run = write_run(tmp_path / "run", job, prompts=prompts(4))
    report = report_of(run, SamplingReport)
    assert report.outside is not None
    rows = [CompletionRow.model_validate_json(line) for line in (run / "completions.jsonl").read_text().splitlines()]
    model = load_reward_model(str(reward_model_dir), warn=print)
    asked = {row["id"]: [Message(**m) for m in row["messages"]] for row in prompts(4)}
    scores = model.score([(asked[row.prompt_id], row.text) for row in rows])
    assert [row.reward for row in rows] == pytest.approx(scores.mean.tolist(), abs=0.02)
    assert scores.ood is not None
    assert [row.reward_ood for row in rows] == pytest.approx(scores.ood.tolist(), rel=0.02)
    assert report.outside == pytest.approx(np.mean([(row.reward_ood or 0) > 1 for row in rows]))
