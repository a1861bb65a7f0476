"""Reward-model runs on more than comparisons."""

import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.runtime import execute
from rlhf_backend.types import RewardModelReport
from tests.engine.tiny import comparisons, report_of, result_of, write_run

EVERYTHING = {
    "levels": True, "rankings": "plackett_luce", "rating_weight": 1.0, "aspect_weight": 0.5, "passage_weight": 0.5,
}  # fmt: skip
Rows = list[dict[str, Any]]


def said(pairs: int = 40, rankings: int = 5) -> tuple[Rows, Rows]:
    """Verdicts of somebody who likes the letter e, with all else that a form can ask for."""
    rng = random.Random(0)
    rows, details = comparisons(pairs, prompts=12), []
    for row in rows:
        share = {place: min(1.0, row[f"completion_{side}"].count("e") / 8) for place, side in enumerate("ab")}
        marked = {"place": 0, "start": 0, "end": 2, "good": "e" in row["completion_a"][:2]}
        aspects = {"letters": {"verdict": row["verdict"], "strength": 1}}
        if row["verdict"] == "tie":
            row["verdict"] = rng.choice(["both_good", "both_bad"])
        details.append({"id": row["id"], "ratings": share, "passages": [marked], "aspects": aspects})
    for number in range(pairs, pairs + rankings):
        texts = ["".join(rng.choices("aeiou xyz", k=12)) + f"{number}{k}" for k in range(4)]
        counts = sorted({text.count("e") for text in texts}, reverse=True)
        ranks = [1 + counts.index(text.count("e")) for text in texts]
        prompt = [{"role": "user", "content": f"prompt number {number % 12}"}]
        for i, j in combinations(range(4), 2):
            verdict = "tie" if ranks[i] == ranks[j] else "a" if ranks[i] < ranks[j] else "b"
            row = {"completion_a": texts[i], "completion_b": texts[j], "verdict": verdict, "weight": 0.5}
            rows.append({"id": number, "prompt": prompt, **row})
        details.append({"id": number, "completions": texts, "ranks": ranks})
    return rows, details


def trained(directory: Path, backbone: Path, details: Rows, rows: Rows, **config: Any) -> RewardModelReport:
    settings = {"heads": 2, "folds": 2, "evaluate": False} | config
    job = {"kind": "reward_model", "config": settings, "backbone": str(backbone)}
    run = write_run(directory, job, comparisons=rows, details=details)
    return report_of(run, RewardModelReport)


@pytest.mark.parametrize("config", [{}, {"ties": "davidson", "prior_precision": 1.0}])
def test_a_head_learns_from_everything_and_says_from_how_much(
    config: dict[str, Any], judge_dir: Path, tmp_path: Path
) -> None:
    rows, details = said()
    report = trained(tmp_path / "run", judge_dir, details, rows, **config, **EVERYTHING)
    assert report.feedback == {
        "comparisons": 40,
        "rankings": 5,
        "ratings": 80,
        "marked passages": 40,
        "verdicts on aspects": 40,
        "levels": sum(row["verdict"].startswith("both") for row in rows),
    }
    assert report.preferences == 70
    assert report.accuracy.value > 0.5


@pytest.mark.parametrize("trainable", ["full", "lora"])
def test_a_backbone_learns_from_everything(trainable: str, judge_dir: Path, tmp_path: Path) -> None:
    rows, details = said()
    config = {"trainable": trainable, "epochs": 1, "learning_rate": 1e-3}
    report = trained(tmp_path / "run", judge_dir, details, rows, **config, **EVERYTHING)
    assert report.feedback["ratings"] > 0
    assert report.feedback["rankings"] > 0
    assert report.feedback["marked passages"] > 0


def test_what_the_details_have_wrong_is_counted_in_the_report(judge_dir: Path, tmp_path: Path) -> None:
    rows, details = said()
    details[0]["ratings"] = {0: 7.0}
    details[1]["passages"] = [{"place": 0, "start": 0, "end": 999, "good": True}]
    details[-1]["ranks"] = [1, 2]
    report = trained(tmp_path / "run", judge_dir, details, rows, prior_precision=1.0, **EVERYTHING)
    assert report.excluded == {
        "rating outside of its scale": 1,
        "marked passage outside of its completion": 1,
        "ranking that does not fit its completions": 1,
    }
    assert report.feedback["rankings"] == 4


def test_two_rows_of_details_for_one_preference_are_refused(judge_dir: Path, tmp_path: Path) -> None:
    rows, details = said(pairs=20, rankings=0)
    job = {"kind": "reward_model", "config": {}, "backbone": str(judge_dir)}
    run = write_run(tmp_path / "run", job, comparisons=rows, details=[*details, details[3]])
    execute(run)
    failure = result_of(run).failure
    assert failure is not None
    assert "several rows of preference 3" in failure.message
