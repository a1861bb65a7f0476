"""Self-labels in a run: what is written, what is trained on, and what stays people's."""

import json
from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.types import RewardModelReport, SelfLabelRow
from tests.engine.tiny import comparisons, report_of, write_run

SETTINGS = {"heads": 3, "evaluate": False, "self_label_share": 0.5, "self_label_audit_share": 0.1}


def pairs(count: int, *, start: int = 1000, seed: int = 9) -> list[dict[str, Any]]:
    kept = ("id", "prompt", "completion_a", "completion_b")
    return [{key: row[key] for key in kept} | {"id": start + row["id"]} for row in comparisons(count, seed=seed)]


def trained(
    directory: Path, backbone: Path, unlabeled: list[dict[str, Any]], rows: list[dict[str, Any]], **config: Any
) -> tuple[RewardModelReport, Path]:
    job = {"kind": "reward_model", "config": SETTINGS | config, "backbone": str(backbone)}
    run = write_run(directory, job, comparisons=rows, unlabeled=unlabeled)
    report = report_of(run, RewardModelReport)
    return report, run


def written(run: Path) -> list[SelfLabelRow]:
    return [SelfLabelRow.model_validate_json(line) for line in (run / "self_labels.jsonl").read_text().splitlines()]


def test_a_run_labels_what_waits_and_says_loop_by_loop_how_it_went(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(200, prompts=20)
    report, run = trained(tmp_path / "run", judge_dir, pairs(300), rows)
    section, labels = report.self_labels, written(run)
    assert section is not None
    assert section.loops[0].status == "seed"
    assert sum(loop.admitted for loop in section.loops if loop.kept) == len(labels)
    assert section.audited == sum(label.audit for label in labels)
    assert {label.comparison_id for label in labels} <= {pair["id"] for pair in pairs(300)}
    assert report.preferences == len(rows)
    log = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    told = [event["message"] for event in log if event["type"] == "log" and "self-labels, loop" in event["message"]]
    assert len(told) == len(section.loops)


def test_what_people_judged_is_not_labeled_again(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(200, prompts=20)
    kept = ("prompt", "completion_a", "completion_b")
    again = [{key: row[key] for key in kept} | {"id": 5000 + row["id"]} for row in rows]
    mirrored = [
        pair | {"id": pair["id"] + 1000, "completion_a": pair["completion_b"], "completion_b": pair["completion_a"]}
        for pair in again
    ]
    report, run = trained(tmp_path / "run", judge_dir, again + mirrored, rows)
    assert written(run) == []
    assert report.self_labels is not None
    assert report.self_labels.stopped == "no comparison waits for its first verdict"


def test_effects_and_held_out_figures_are_of_people_alone(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(200, prompts=20)
    report, run = trained(tmp_path / "run", judge_dir, pairs(300), rows)
    effects = [json.loads(line) for line in (run / "effects.jsonl").read_text().splitlines()]
    assert {effect["preference_id"] for effect in effects} == {row["id"] for row in rows}
    assert report.accuracy.n == sum(row["verdict"] != "tie" for row in rows)


def test_without_a_share_nothing_is_labeled(judge_dir: Path, tmp_path: Path) -> None:
    report, run = trained(tmp_path / "run", judge_dir, pairs(50), comparisons(60), self_label_share=0.0)
    assert report.self_labels is None
    assert not (run / "self_labels.jsonl").exists()


def test_the_same_run_labels_and_audits_the_same_pairs(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(200, prompts=20)
    one, two = (trained(tmp_path / name, judge_dir, pairs(300), rows)[1] for name in ("one", "two"))
    assert (one / "self_labels.jsonl").read_bytes() == (two / "self_labels.jsonl").read_bytes()


@pytest.mark.parametrize("config", [{"smoothing_rate": 0.003}, {"trainable": "lora", "epochs": 1}])
def test_self_labels_go_with_smoothing_and_with_a_trained_backbone(
    judge_dir: Path, tmp_path: Path, config: dict[str, Any]
) -> None:
    rows = comparisons(120, prompts=20)
    report, run = trained(tmp_path / "run", judge_dir, pairs(100), rows, **config)
    without, plain = trained(tmp_path / "plain", judge_dir, [], rows, **config)
    assert report.self_labels is not None
    assert len(written(run)) > 0
    assert report.preferences == without.preferences == len(rows)
    assert report.accuracy.n == without.accuracy.n
    heads = [(each / "model" / "heads.safetensors").read_bytes() for each in (run, plain)]
    assert heads[0] != heads[1]
