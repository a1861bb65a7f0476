"""Principles from the labels of a run to the rewards of the next: learned, reported, obeyed, prohibited."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rlhf_backend.config import Principle
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.runtime import execute
from rlhf_backend.types import CompletionRow, Message, PrincipleScoresRow, RewardModelReport, ScoreRow
from tests.engine.tiny import comparisons, metrics_of, prompts, report_of, result_of, write_run

PAIRS = 240


def principle(key: str, weight: float = 1.0, **changes: object) -> Principle:
    words = {"key": key, "name": key, "positive": "more of it", "negative": "none of it", "weight": weight}
    return Principle.model_validate(words | changes)


def aspects_of(row: dict[str, Any], *, rng: np.random.Generator, flips: float = 0.05) -> dict[str, Any]:
    """`long`: the longer completion; `vowels`: the larger share of vowels; some labels say the opposite."""
    texts = row["completion_a"], row["completion_b"]
    leads = {
        "long": len(texts[0]) - len(texts[1]),
        "vowels": sum(texts[0].count(v) for v in "aiou") - sum(texts[1].count(v) for v in "aiou"),
    }
    said = {}
    for key, lead in leads.items():
        winner = "tie" if lead == 0 else "a" if (lead > 0) != (rng.random() < flips) else "b"
        said[key] = {"verdict": winner, "strength": 1 if winner == "tie" else min(4, 1 + abs(lead) // 4)}
    return said


def train(directory: Path, backbone: Path, *, labels: int = PAIRS, principles: list[Principle]) -> RewardModelReport:
    rows = comparisons(PAIRS, prompts=40)
    rng = np.random.default_rng(0)
    details = [
        {"id": r["id"], "tags": ["support"] if i % 2 else [], "aspects": aspects_of(r, rng=rng)}
        for i, r in enumerate(rows)
    ]
    job = {
        "kind": "reward_model",
        "config": {"heads": 4, "evaluate": False},
        "backbone": str(backbone),
        "principles": [item.model_dump() for item in principles],
    }
    run = write_run(directory, job, comparisons=rows, details=details[:labels])
    return report_of(run, RewardModelReport)


@pytest.fixture(scope="module")
def learned(llama_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RewardModelReport]:
    directory = tmp_path_factory.mktemp("principles") / "run"
    return directory, train(directory, llama_dir, principles=[principle("long", 2.0), principle("honest")])


def loaded(directory: Path, *principles: Principle, warnings: list[str] | None = None) -> RewardModel:
    heard = warnings if warnings is not None else []
    return load_reward_model(str(directory / "model"), warn=heard.append, principles=principles)


def fresh() -> tuple[list[tuple[list[Message], str]], np.ndarray[Any, Any]]:
    """Completions that no run has seen, and their lengths."""
    texts = [row[f"completion_{side}"] for row in comparisons(120, seed=9, prompts=7) for side in "ab"]
    prompt = [Message(role="user", content="prompt number 3")]
    return [(prompt, text) for text in texts], np.array([len(text) for text in texts])


def test_the_report_says_how_far_each_principle_is_obeyed(learned: tuple[Path, RewardModelReport]) -> None:
    section = learned[1].principles
    assert section is not None
    figures = {figure.key: figure for figure in section.figures}
    # Those of the list in its order, then what was learned besides, then those without labels.
    assert list(figures) == ["long", "vowels", "honest"]
    long, honest = figures["long"], figures["honest"]
    assert long.accuracy is not None
    assert long.negated_accuracy is not None
    assert min(long.accuracy.low, long.negated_accuracy.low) > 0.53
    assert long.labels == PAIRS
    assert long.effect > 0.3
    assert (honest.labels, honest.accuracy, honest.effect) == (0, None, 0.0)
    assert figures["vowels"].effect == 0.0  # learned, not in force
    assert section.blind_accuracy is not None
    assert section.blind_accuracy.low < 0.5 < section.blind_accuracy.high


def test_a_prohibition_turns_rewards_around_without_a_new_label(learned: tuple[Path, RewardModelReport]) -> None:
    directory = learned[0]
    inputs = hashlib.sha256((directory / "inputs" / "comparisons.jsonl").read_bytes()).hexdigest()
    manifest = (directory / "model" / "manifest.json").read_bytes()
    pairs, lengths = fresh()
    wanted = loaded(directory, principle("long", 2.0)).score(pairs).mean.numpy()
    prohibited = loaded(directory, principle("long", -2.0)).score(pairs).mean.numpy()
    assert np.corrcoef(wanted, lengths)[0, 1] > 0.5
    assert np.corrcoef(prohibited, lengths)[0, 1] < -0.5
    assert (directory / "model" / "manifest.json").read_bytes() == manifest
    assert hashlib.sha256((directory / "inputs" / "comparisons.jsonl").read_bytes()).hexdigest() == inputs


def test_without_principles_in_force_rewards_are_what_they_were(learned: tuple[Path, RewardModelReport]) -> None:
    pairs, _ = fresh()
    plain, asleep = loaded(learned[0]), loaded(learned[0], principle("long", 0.0))
    assert asleep.principles is None
    assert torch.equal(plain.score(pairs).mean, asleep.score(pairs).mean)


def test_rewards_in_force_keep_their_unit_and_their_uncertainty(learned: tuple[Path, RewardModelReport]) -> None:
    """The unit is the spread over the training completions, so the KL penalty means the same under any weights."""
    rows = comparisons(PAIRS, prompts=40)
    seen = [
        ([Message.model_validate(m) for m in row["prompt"]], row[f"completion_{side}"]) for row in rows for side in "ab"
    ]
    for weight in (3.0, -3.0):
        scores = loaded(learned[0], principle("long", weight), principle("vowels", 1.0)).score(seen)
        assert float(scores.mean.std()) == pytest.approx(1, abs=0.02)
        assert float(scores.mean.mean()) == pytest.approx(0, abs=0.02)
        assert (scores.sd > 0).all()


def test_a_scoped_principle_counts_on_prompts_with_its_tags_only(learned: tuple[Path, RewardModelReport]) -> None:
    pairs, _ = fresh()
    scoped = loaded(learned[0], principle("long", 2.0, tags=["support"]))
    everywhere, nowhere = loaded(learned[0], principle("long", 2.0)), loaded(learned[0])
    tags = [["support", "de"] if i % 2 else ["de"] for i in range(len(pairs))]
    mixed = scoped.score(pairs, tags=tags).mean
    assert torch.allclose(mixed[1::2], everywhere.score(pairs).mean[1::2], atol=1e-6)
    assert torch.allclose(mixed[0::2], nowhere.score(pairs).mean[0::2], atol=1e-6)


def test_an_unknown_principle_is_reported_and_the_others_are_obeyed(learned: tuple[Path, RewardModelReport]) -> None:
    warnings: list[str] = []
    model = loaded(learned[0], principle("honest"), principle("long"), warnings=warnings)
    assert model.principles is not None
    assert [item.key for item in model.principles.principles] == ["long"]
    assert len(warnings) == 1
    assert "'honest'" in warnings[0]


def test_too_few_labels_teach_no_principle_and_old_directories_load(judge_dir: Path, tmp_path: Path) -> None:
    report = train(tmp_path / "run", judge_dir, labels=15, principles=[principle("long")])
    assert report.principles is not None
    assert [(figure.labels, figure.accuracy) for figure in report.principles.figures] == [(15, None)]
    assert not (tmp_path / "run" / "model" / "principles.json").exists()
    warnings: list[str] = []
    assert loaded(tmp_path / "run", principle("long"), warnings=warnings).principles is None
    assert len(warnings) == 1


def test_the_scores_kept_for_previews_are_those_of_the_reward_model(learned: tuple[Path, RewardModelReport]) -> None:
    lines = (learned[0] / "model" / "principle_scores.jsonl").read_text().splitlines()
    kept = [PrincipleScoresRow.model_validate_json(line) for line in lines]
    rows = {row["id"]: row for row in comparisons(PAIRS, prompts=40)}
    assert len(kept) == 200
    assert min(row.preference_id for row in kept) >= PAIRS - 205  # the newest; a few rows are no usable comparison
    model, keys = loaded(learned[0]), json.loads((learned[0] / "model" / "principles.json").read_text())["keys"]
    first = rows[kept[0].preference_id]
    prompt = [Message.model_validate(m) for m in first["prompt"]]
    assert float(model.score([(prompt, first["completion_a"])]).mean) == pytest.approx(kept[0].a[0], abs=1e-3)
    assert len(kept[0].b) == 1 + len(keys)


def test_damaged_principles_are_refused(learned: tuple[Path, RewardModelReport], tmp_path: Path) -> None:
    shutil.copytree(learned[0] / "model", tmp_path / "model")
    described = json.loads((tmp_path / "model" / "principles.json").read_text())
    (tmp_path / "model" / "principles.json").write_text(json.dumps(described | {"keys": ["long"]}))
    with pytest.raises(ConfigError):
        loaded(tmp_path, principle("long"))


def obey(directory: Path, job: dict[str, Any], learned: Path, weight: float, **inputs: list[dict[str, Any]]) -> Path:
    """The run of a job by the learned reward model, with the scoped principle in force."""
    listed = [principle("long", weight, tags=["support"]).model_dump()]
    run = write_run(directory, job | {"reward_model": str(learned / "model"), "principles": listed}, **inputs)
    assert execute(run) == 0
    assert result_of(run).status == "done", result_of(run).failure
    return run


def tagged_prompts(count: int) -> list[dict[str, Any]]:
    return [row | {"tags": ["support"] if row["id"] % 2 else []} for row in prompts(count)]


def test_sampling_and_scoring_obey_a_scope(
    learned: tuple[Path, RewardModelReport], llama_dir: Path, tmp_path: Path
) -> None:
    job = {"kind": "sampling", "config": {"max_new_tokens": 16, "samples_per_prompt": 2}, "policy": str(llama_dir)}
    asked = tagged_prompts(6)
    sampled = obey(tmp_path / "sampled", job, learned[0], 2.0, prompts=asked)
    lines = (sampled / "completions.jsonl").read_text().splitlines()
    rows = [CompletionRow.model_validate_json(line) for line in lines]
    pairs = [([Message.model_validate(m) for m in asked[row.prompt_id]["messages"]], row.text) for row in rows]
    plain = loaded(learned[0]).score(pairs).mean.tolist()
    forced = loaded(learned[0], principle("long", 2.0)).score(pairs).mean.tolist()
    expected = [forced[i] if row.prompt_id % 2 else plain[i] for i, row in enumerate(rows)]
    assert [row.reward for row in rows] == pytest.approx(expected, abs=1e-4)

    texts = [
        {
            "id": i,
            "prompt": asked[row.prompt_id]["messages"],
            "completion": row.text,
            "tags": asked[row.prompt_id]["tags"],
        }
        for i, row in enumerate(rows)
    ]
    scored = obey(tmp_path / "scored", {"kind": "scoring", "config": {}}, learned[0], 2.0, completions=texts)
    scores = [ScoreRow.model_validate_json(line) for line in (scored / "scores.jsonl").read_text().splitlines()]
    assert [row.reward for row in scores] == pytest.approx(expected, abs=1e-4)


def test_tuning_is_rewarded_by_the_principles_in_force(
    learned: tuple[Path, RewardModelReport], llama_dir: Path, tmp_path: Path
) -> None:
    """The first step samples the same under both lists; only how it is rewarded differs, and only on tagged prompts."""
    config = {"steps": 1, "prompts_per_step": 4, "samples_per_prompt": 4, "max_new_tokens": 16}
    job = {"kind": "policy", "config": config, "policy": str(llama_dir), "reference": str(llama_dir)}

    def first_step(name: str, weight: float, asked: list[dict[str, Any]]) -> dict[str, float]:
        return metrics_of(obey(tmp_path / name, job, learned[0], weight, prompts=asked))[1]

    everywhere = [row | {"tags": ["support"]} for row in prompts(4)]
    wanted, prohibited = first_step("wanted", 3.0, everywhere), first_step("prohibited", -3.0, everywhere)
    assert wanted["completion/tokens"] == prohibited["completion/tokens"]
    assert wanted["reward/mean"] != pytest.approx(prohibited["reward/mean"], abs=0.1)
    outside = [first_step(f"outside {weight}", weight, prompts(4))["reward/mean"] for weight in (3.0, -3.0)]
    assert outside[0] == pytest.approx(outside[1], abs=1e-5)
