"""The sections of a report that ask more than how often a reward model is right."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rlhf_backend.recipes.judged import Judged, Rows
from rlhf_backend.recipes.reward_evaluation import best_of_n, learning_curve_of
from rlhf_backend.recipes.trained_prompts import PROMPTS_JSON, load_trained_prompts, trained_prompts
from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.types import RewardModelReport
from tests.engine.recipes.judged_cast import comparison, judged_of, preferences_of
from tests.engine.tiny import comparisons, report_of, write_run


def train(
    directory: Path, backbone: Path, rows: list[dict[str, Any]], *, predecessor: Path | None = None, **inputs: Any
) -> RewardModelReport:
    models = {"backbone": str(backbone)} | ({"predecessor": str(predecessor)} if predecessor else {})
    config = inputs.pop("config", {})
    job = {"kind": "reward_model", "config": {"heads": 3} | config, **models}
    run = write_run(directory, job, comparisons=rows, **inputs)
    return report_of(run, RewardModelReport)


def numbered(rows: list[dict[str, Any]], start: int, topic: str) -> list[dict[str, Any]]:
    """The rows with ids from `start` on, on prompts of another topic."""
    return [
        row | {"id": start + i, "prompt": [{"role": "user", "content": f"{topic} {row['prompt'][0]['content']}"}]}
        for i, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def second(judge_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RewardModelReport]:
    """A reward model after another: half of its prompts are new to the first, and there is a panel."""
    directory = tmp_path_factory.mktemp("rounds")
    old, new = comparisons(150, prompts=50), numbered(comparisons(150, seed=1, prompts=50), 1000, "new")
    train(directory / "first", judge_dir, old)
    panel = numbered(comparisons(80, seed=2, prompts=30), 2000, "panel")
    details = [{"id": row["id"], "left_is_a": i % 2 == 0, "tags": ["odd"] * (i % 2)} for i, row in enumerate(old)]
    report = train(
        directory / "second",
        judge_dir,
        old + new,
        predecessor=directory / "first" / "model",
        panel=panel,
        details=details,
    )
    return directory, report


def test_a_report_has_every_section(second: tuple[Path, RewardModelReport]) -> None:
    _, report = second
    names = [part.name for part in report.slices]
    assert "tag: odd" in names
    assert names[-1] == "split: panel"
    assert [probe.name for probe in report.probes] == ["length", "format", "sycophancy", "position"]
    assert [point.n for point in report.best_of_n][:2] == [1, 2]
    assert report.best_of_n[1].win_rate.low > 0.5
    assert report.learning_curve is not None
    assert len(report.learning_curve.points) >= 3
    assert report.top_decile is not None
    assert report.ceiling is None  # nobody judged a pair twice


def test_the_panel_is_measured_on_and_not_trained_on(second: tuple[Path, RewardModelReport]) -> None:
    directory, report = second
    panel = report.slices[-1]
    decided = [row for row in comparisons(80, seed=2, prompts=30) if row["verdict"] != "tie"]
    assert panel.accuracy.n == len(decided)
    assert panel.accuracy.low > 0.5
    assert report.preferences == 300
    effects = [json.loads(line) for line in (directory / "second" / "effects.jsonl").read_text().splitlines()]
    assert max(effect["preference_id"] for effect in effects) < 2000


def test_accuracies_are_compared_where_neither_model_was_trained(second: tuple[Path, RewardModelReport]) -> None:
    _, report = second
    drift = report.drift
    assert drift is not None
    assert drift.n == 300
    assert 0 < drift.flips.value < 0.5
    assert drift.rank_correlation > 0.5
    assert drift.accuracy_change is not None
    new = [row for row in comparisons(150, seed=1, prompts=50) if row["verdict"] != "tie"]
    panel = [row for row in comparisons(80, seed=2, prompts=30) if row["verdict"] != "tie"]
    assert drift.accuracy_change.n == len(new) + len(panel)
    assert f"{len(new)} on prompts that the reward model before was not trained on" in drift.says


def test_on_prompts_of_the_predecessor_there_is_no_change_of_accuracy(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(90, prompts=30)
    train(tmp_path / "first", judge_dir, rows[:60], config={"evaluate": False})
    report = train(tmp_path / "second", judge_dir, rows, predecessor=tmp_path / "first" / "model")
    assert report.drift is not None
    assert report.drift.accuracy_change is None
    assert "was trained on these prompts" in report.drift.says
    (tmp_path / "first" / "model" / PROMPTS_JSON).unlink()
    assert load_trained_prompts(tmp_path / "first" / "model") is None


def test_without_full_evaluation_the_costly_sections_are_left_out(judge_dir: Path, tmp_path: Path) -> None:
    report = train(tmp_path / "run", judge_dir, comparisons(120, prompts=40), config={"evaluate": False})
    assert (report.probes, report.best_of_n, report.drift, report.learning_curve) == ([], [], None, None)
    assert report.slices


def test_a_trained_backbone_keeps_which_prompts_it_was_trained_on(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(120, prompts=30)
    report = train(tmp_path / "run", judge_dir, rows, config={"trainable": "full", "epochs": 1})
    kept = load_trained_prompts(tmp_path / "run" / "model")
    assert kept is not None
    prompts = {row["prompt"][0]["content"] for row in rows}
    assert 0 < len(kept.digests) < len(prompts)
    assert report.learning_curve is not None
    assert report.learning_curve.points


def test_prompts_are_known_again_without_being_kept(tmp_path: Path) -> None:
    preferences = preferences_of([comparison(i, "x", "y", "a", prompt=f"secret number {i}") for i in range(4)])
    trained_prompts(preferences, np.array([0, 2])).save(tmp_path)
    assert "secret" not in (tmp_path / PROMPTS_JSON).read_text()
    kept = load_trained_prompts(tmp_path)
    assert kept is not None
    assert kept.has(preferences).tolist() == [True, False, True, False]
    (tmp_path / PROMPTS_JSON).write_text("{}")
    assert load_trained_prompts(tmp_path) is None


def test_the_best_of_a_prompt_is_judged_by_what_people_said_of_its_completions() -> None:
    """Of each prompt's three completions x beats y and z, y beats z; the reward likes z, then x, then y."""
    rows, rewards = [], []
    like = {"x": 1.0, "y": 0.0, "z": 2.0}
    for prompt in range(25):
        for j, (a, b) in enumerate((("x", "y"), ("z", "x"), ("y", "z"))):
            verdict = "a" if (a, b) in {("x", "y"), ("y", "z")} else "b"
            rows.append(comparison(3 * prompt + j, a, b, verdict, prompt=f"prompt {prompt}"))
            rewards.append((like[a], like[b]))
    points = best_of_n(judged_of(preferences_of(rows), np.array(rewards)), np.zeros((0, 2)))
    assert [(point.n, point.prompts) for point in points] == [(1, 25), (2, 25), (3, 25)]
    # Of three subsets of two, z is chosen in two and never wins, x in one and always does.
    assert points[1].win_rate.value == pytest.approx(1 / 3)
    assert points[2].win_rate.value == 0


def test_panel_completions_that_do_not_fit_are_left_out_of_the_best_of_n() -> None:
    rows = [comparison(i, "x", "y", "a") for i in range(30)]
    panel = preferences_of([comparison(100 + i, "x", "y", "a") for i in range(30)])
    judged = judged_of(preferences_of(rows), np.tile([1.0, 0.0], (30, 1)), panel=panel)
    rewards = np.tile([0.0, 1.0], (30, 1))
    rewards[:20] = np.nan
    points = best_of_n(judged, rewards)
    assert points[1].prompts == 40
    assert points[1].win_rate.value == pytest.approx(30 / 40)


def test_each_fit_of_the_learning_curve_sees_more_and_never_what_it_is_judged_on() -> None:
    rows = [comparison(i, f"x{i}", f"y{i}", "a", prompt=f"prompt {i % 100}") for i in range(300)]
    preferences = preferences_of(rows)
    seen: list[set[int]] = []

    def refit(train: Rows, test: Rows) -> Array:
        assert not set(preferences.groups[train]) & set(preferences.groups[test])
        if len(seen) % 4:
            assert seen[-1] < set(train)
        seen.append(set(train))
        return np.where(np.random.default_rng(0).random(len(test)) < 0.5 + len(train) / 1000, 1.0, -1.0)

    judged: Judged = judged_of(preferences, np.zeros((300, 2)), refit=refit)
    curve = learning_curve_of(judged, seed=0)
    assert [point.preferences for point in curve.points] == pytest.approx([30, 60, 120, 240], abs=6)
    assert len(seen) == 40
    assert curve.forecasts
    assert learning_curve_of(judged_of(preferences, np.zeros((300, 2))), seed=0).points == []
