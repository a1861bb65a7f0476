"""Labels that follow the reward model: the buffer, what became of each label, and a head trained with them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import expit

from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.recipes.label_smoothing import SoftLabels, label_outcomes, smoothing_section, soft_labels
from rlhf_backend.recipes.smoothed_head import STEPS, Descents, descend, step_size
from rlhf_backend.reward_sections import SmoothingPoint
from rlhf_backend.runtime import execute
from rlhf_backend.stats.preference_regression import LinearVerdicts, fit, verdict_losses
from rlhf_backend.types import ComparisonRow, PreferenceEffectRow, RewardModelReport
from tests.engine.tiny import comparisons, report_of, write_run

CURVE = [SmoothingPoint(step=1, plain=0.6, smoothed=0.6), SmoothingPoint(step=9, plain=0.9, smoothed=0.5)]


def buffer(given: list[float], *, rate: float = 0.25, ties: list[bool] | None = None, tau: float = 0.0) -> SoftLabels:
    none = torch.zeros(len(given), dtype=torch.bool)
    return SoftLabels(
        torch.tensor(given, dtype=torch.float64),
        ties=none if ties is None else torch.tensor(ties),
        rate=rate,
        threshold=tau,
    )


def preferences(*rows: dict[str, Any]) -> Preferences:
    plain = {"prompt": [{"role": "user", "content": "q"}], "completion_a": "one", "completion_b": "two", "verdict": "a"}
    numbered = [ComparisonRow.model_validate(plain | {"id": i} | row) for i, row in enumerate(rows)]
    return usable_preferences(numbered, margin_per_strength=0.5)[0]


def verdicts(n: int, *, seed: int = 0) -> LinearVerdicts:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)) / 3**0.5
    targets = (rng.random(n) < expit(x @ [2.0, -1.0, 0.5])).astype(np.float64)
    return LinearVerdicts(x, targets, np.zeros(n, dtype=np.bool_), np.zeros(n), np.ones(n), threshold=0.0)


def test_a_label_goes_a_part_of_the_way_to_what_the_model_believes() -> None:
    labels = buffer([1.0, 0.0])
    labels.update([0, 1], torch.tensor([0.0, 2.0]))
    assert labels.targets([0]).item() == pytest.approx(0.75 + 0.25 * 0.5)
    assert labels.targets([1]).item() == pytest.approx(0.25 * expit(2.0))
    assert labels.given.tolist() == [1.0, 0.0]


def test_only_the_rows_of_a_batch_move() -> None:
    labels = buffer([1.0, 1.0, 1.0])
    labels.update(torch.tensor([2]), torch.tensor([-1.0]))
    assert labels.current[:2].tolist() == [1.0, 1.0]
    assert labels.current[2] < 1


def test_a_tie_keeps_its_label() -> None:
    labels = buffer([0.5, 0.5], ties=[True, False])
    labels.update([0, 1], torch.tensor([3.0, 3.0]))
    assert labels.current[0] == 0.5
    assert labels.current[1] > 0.5


def test_with_rao_kupper_a_label_follows_the_probability_given_that_one_is_better() -> None:
    labels = buffer([0.0], rate=1.0, tau=0.5)
    labels.update([0], torch.tensor([0.8]))
    wins, loses = expit(0.8 - 0.5), expit(-0.8 - 0.5)
    assert labels.current.item() == pytest.approx(wins / (wins + loses))


def test_a_run_begins_with_the_verdicts_as_labels() -> None:
    given = preferences({}, {"verdict": "b"}, {"verdict": "tie"})
    labels = soft_labels(given, rate=0.3, threshold=0.5, device=torch.device("cpu"))
    assert labels.current.tolist() == [1.0, 0.0, 0.5]
    labels.update([0, 1, 2], torch.tensor([0.0, 0.0, 4.0]))
    np.testing.assert_allclose(labels.current, [0.85, 0.15, 0.5], rtol=1e-6)


def test_what_became_of_a_label_is_told_by_what_the_verdict_says() -> None:
    given = preferences({}, {"verdict": "b"}, {"verdict": "tie"}, {"prompt": [{"role": "user", "content": "other"}]})
    outcomes = label_outcomes(given, np.array([0.3, 0.3, 0.5, 0.9]))
    assert set(outcomes) == {0, 1, 3}
    assert outcomes[0].soft_label == pytest.approx(0.3)
    assert outcomes[0].moved == pytest.approx(0.7)
    assert outcomes[1].soft_label == pytest.approx(0.7)
    assert [outcomes[i].support for i in (0, 1, 3)] == [2, 2, 1]


def test_the_halves_of_a_reviewers_soft_label_are_one_label() -> None:
    given = preferences({"id": 7, "weight": 0.6}, {"id": 7, "weight": 0.4, "verdict": "b"})
    outcomes = label_outcomes(given, np.array([0.5, 0.5]))
    assert outcomes[7].moved == pytest.approx(0.1)
    assert outcomes[7].soft_label == pytest.approx(0.9)
    assert outcomes[7].support == 1


def test_the_pairs_of_a_ranking_count_by_their_weight() -> None:
    pair = {"id": 7, "weight": 2 / 3}
    given = preferences(pair, pair | {"completion_b": "three"}, pair | {"completion_a": "two", "completion_b": "three"})
    outcomes = label_outcomes(given, np.array([1.0, 1.0, 0.4]))
    assert outcomes[7].soft_label == pytest.approx(0.8)


def test_a_self_label_is_nobody_s_verdict_and_has_no_outcome() -> None:
    human = preferences({})
    both = human.with_labeled([human.rows[0].model_copy(update={"id": -1, "completion_b": "x"})], np.array([0.9]))
    assert set(label_outcomes(both, np.array([0.5, 0.5]))) == {0}


def test_the_section_lists_refused_labels_the_furthest_first() -> None:
    given = preferences({}, {"verdict": "b"}, {}, {})
    section = smoothing_section(given, np.array([0.55, 0.9, 0.7, 0.1]), CURVE)
    assert [label.preference_id for label in section.refused] == [1, 3, 0]
    assert [label.soft_label for label in section.refused] == pytest.approx([0.1, 0.1, 0.55])
    assert sum(bin_.n for bin_ in section.movement) == 4
    assert section.plain_ratio == pytest.approx(1.5)
    assert section.smoothed_ratio == pytest.approx(1.0)


def test_without_smoothing_descent_goes_where_the_optimum_is() -> None:
    given = verdicts(400)
    alone = Descents(np.ones((1, 400)), np.zeros((1, 3)), np.zeros(1))
    heads, labels = descend(given, alone, steps=3000)
    np.testing.assert_allclose(heads[0], fit(given, precision=1e-9), rtol=1e-3)
    np.testing.assert_array_equal(labels[0], given.targets)


def test_descents_side_by_side_do_not_mix() -> None:
    given, rng = verdicts(60), np.random.default_rng(1)
    both = Descents(rng.exponential(size=(2, 60)), rng.normal(size=(2, 3)), np.array([0.0, 0.01]))
    heads, labels = descend(given, both, steps=50)
    for i in range(2):
        one = Descents(both.weights[[i]], both.start[[i]], both.rates[[i]])
        alone, own = descend(given, one, steps=50)
        np.testing.assert_allclose(alone[0], heads[i], rtol=1e-12)
        np.testing.assert_allclose(own[0], labels[i], rtol=1e-12)


def test_the_loss_falls_at_every_step_with_ties_and_weights_too() -> None:
    given, rng = verdicts(200), np.random.default_rng(2)
    ties = rng.random(200) < 0.3
    tied = LinearVerdicts(
        given.differences,
        np.where(ties, 0.5, given.targets),
        ties,
        np.zeros(200),
        rng.exponential(size=200),
        threshold=0.5,
    )
    assert step_size(tied) < step_size(replace(tied, threshold=0.0))
    losses: list[float] = []

    def on_step(_: int, heads: Any) -> None:
        losses.append(float(tied.weights @ verdict_losses(tied.differences @ heads[0], tied)))

    descend(tied, Descents(tied.weights[None], np.zeros((1, 3)), np.zeros(1)), steps=100, on_step=on_step)
    assert (np.diff(losses) <= 1e-9).all()


def trained(
    directory: Path, backbone: Path, rows: list[dict[str, Any]], **config: Any
) -> tuple[RewardModelReport, Path]:
    job = {"kind": "reward_model", "config": {"heads": 3} | config, "backbone": str(backbone)}
    run = write_run(directory, job, comparisons=rows)
    report = report_of(run, RewardModelReport)
    return report, run


def test_a_run_with_smoothing_reports_both_curves_and_what_became_of_every_label(
    judge_dir: Path, tmp_path: Path
) -> None:
    rows = comparisons(120, prompts=20)
    report, run = trained(tmp_path / "run", judge_dir, rows, smoothing_rate=0.003)
    assert report.smoothing is not None
    assert report.smoothing.curve[0].step == 1
    assert report.smoothing.curve[-1].step == 1500
    assert report.accuracy.value > 0.55
    effects = [json.loads(line) for line in (run / "effects.jsonl").read_text().splitlines()]
    ties = {row["id"] for row in rows if row["verdict"] == "tie"}
    assert all((effect["soft_label"] is None) == (effect["preference_id"] in ties) for effect in effects)
    assert all(PreferenceEffectRow.model_validate(effect).support != 0 for effect in effects)
    assert sum(bin_.n for bin_ in report.smoothing.movement) == len(rows) - len(ties)
    assert (run / "model" / "heads.safetensors").exists()


def test_verdicts_against_the_grain_of_many_are_refused_first() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 3)) / 3**0.5
    leads = x @ [2.0, -1.0, 0.5]
    turned = rng.permutation(np.flatnonzero(np.abs(leads) > 0.5))[:15]
    says_a = leads > 0
    says_a[turned] ^= True
    given = preferences(*({"verdict": "a" if says else "b"} for says in says_a))
    plain = LinearVerdicts(x, given.targets, given.ties, given.margins, given.weights, threshold=0.0)
    _, labels = descend(plain, Descents(np.ones((1, 300)), np.zeros((1, 3)), np.full(1, 0.003)), steps=STEPS)
    refused = smoothing_section(given, labels[0], CURVE).refused
    assert len(set(turned) & {label.preference_id for label in refused[:15]}) >= 14


def test_without_smoothing_there_is_no_section_and_no_soft_label(judge_dir: Path, tmp_path: Path) -> None:
    report, run = trained(tmp_path / "run", judge_dir, comparisons(60))
    assert report.smoothing is None
    assert '"soft_label":null' in (run / "effects.jsonl").read_text().splitlines()[0]


def test_feedback_that_smoothing_leaves_out_is_named_in_the_log(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(60)
    details = [{"id": row["id"], "ratings": {"0": 0.5, "1": 0.25}} for row in rows]
    job = {
        "kind": "reward_model",
        "config": {"heads": 2, "evaluate": False, "smoothing_rate": 0.003, "rating_weight": 1.0},
        "backbone": str(judge_dir),
    }
    run = write_run(tmp_path / "run", job, comparisons=rows, details=details)
    assert execute(run) == 0
    assert "a head learns from comparisons alone" in (run / "events.jsonl").read_text()


@pytest.mark.parametrize("config", [{"heads": 1}, {"folds": 2}, {"ties": "davidson"}, {"annotators": "crowd"}])
def test_smoothing_goes_with_every_other_setting(judge_dir: Path, tmp_path: Path, config: dict[str, Any]) -> None:
    rows = [row | {"annotator": row["id"] % 3, "strength": 1 + row["id"] % 4} for row in comparisons(80, prompts=1)]
    for row in rows:
        if row["verdict"] == "tie":
            row["strength"] = 1
    report, _ = trained(tmp_path / "run", judge_dir, rows, smoothing_rate=0.003, evaluate=False, **config)
    assert report.smoothing is not None
    assert np.isfinite([point.smoothed for point in report.smoothing.curve]).all()
    assert report.accuracy.n == sum(row["verdict"] != "tie" for row in rows)
