"""What a reward model says it made of each preference."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.recipes import reward_effects
from rlhf_backend.recipes.reward_effects import Opinions, effect_rows
from rlhf_backend.stats.preference_regression import probability_a
from rlhf_backend.types import ComparisonRow, Message, PreferenceEffectRow, RewardModelReport
from tests.engine.tiny import comparisons, report_of, write_run

THRESHOLD = 0.5


def train(
    directory: Path, backbone: Path, rows: list[dict[str, Any]], *, predecessor: Path | None = None, **config: Any
) -> tuple[RewardModelReport, dict[int, PreferenceEffectRow]]:
    models = {"backbone": str(backbone)} | ({"predecessor": str(predecessor)} if predecessor else {})
    run = write_run(directory, {"kind": "reward_model", "config": {"heads": 3} | config, **models}, comparisons=rows)
    report = report_of(run, RewardModelReport)
    lines = (run / "effects.jsonl").read_text().splitlines()
    effects = [PreferenceEffectRow.model_validate_json(line) for line in lines]
    return report, {effect.preference_id: effect for effect in effects}


def said_by(directory: Path, rows: list[dict[str, Any]]) -> list[float]:
    """P(what each row says) by the reward model of a directory, from its scores."""
    model = load_reward_model(str(directory), warn=lambda _: None)
    prompts = [[Message.model_validate(m) for m in row["prompt"]] for row in rows]
    a, b = (
        model.score([(p, row[f"completion_{side}"]) for p, row in zip(prompts, rows, strict=True)]).mean
        for side in "ab"
    )
    p = probability_a((a - b).double().numpy() * model.scale / model.temperature, threshold=THRESHOLD)
    even = 1 - np.abs(2 * p - 1)
    verdicts = np.array([row["verdict"] for row in rows])
    return np.where(verdicts == "a", p, np.where(verdicts == "b", 1 - p, even)).tolist()  # type: ignore[no-any-return]


def row(preference_id: int, verdict: str, weight: float = 1.0) -> ComparisonRow:
    prompt = [Message(role="user", content="Say.")]
    return ComparisonRow.model_validate(
        {"id": preference_id, "prompt": prompt, "completion_a": "x", "completion_b": "y", "verdict": verdict,
         "weight": weight}
    )  # fmt: skip


@pytest.mark.parametrize("backbone", ["judge_dir", "llama_dir"])
def test_a_head_tells_what_both_models_say_of_every_preference(
    backbone: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = request.getfixturevalue(backbone)
    earlier, later = comparisons(60, seed=1, prompts=12), comparisons(90, prompts=12)
    later[3]["verdict"] = "both_bad"
    _, alone = train(tmp_path / "first", directory, earlier)
    assert {effect.before for effect in alone.values()} == {None}
    first = tmp_path / "first" / "model"
    report, effects = train(tmp_path / "second", directory, later, predecessor=first)
    told = [r for r in later if r["verdict"] != "both_bad"]
    assert sorted(effects) == [r["id"] for r in told]
    found = [effects[r["id"]] for r in told]
    np.testing.assert_allclose([e.after for e in found], said_by(tmp_path / "second" / "model", told), atol=0.01)
    np.testing.assert_allclose([e.before for e in found], said_by(first, told), atol=0.01)  # type: ignore[arg-type]
    decided = [e.held_out for e, r in zip(found, told, strict=True) if r["verdict"] != "tie"]
    assert report.accuracy.value == pytest.approx(np.mean([p > 0.5 for p in decided if p is not None]))
    monkeypatch.setattr(reward_effects, "_reads_alike", lambda *_: False)
    _, read_again = train(tmp_path / "third", directory, later, predecessor=first)
    for preference_id, effect in effects.items():
        assert effect.before == pytest.approx(read_again[preference_id].before, abs=1e-3)
        assert effect.model_copy(update={"before": None}) == read_again[preference_id].model_copy(
            update={"before": None}
        )


def test_a_verdict_turned_round_moves_the_model_more_and_its_unseen_opinion_by_the_temperature_alone(
    judge_dir: Path, tmp_path: Path
) -> None:
    rows = comparisons(240, prompts=40)
    _, honest = train(tmp_path / "honest", judge_dir, rows)
    decided = [r for r in rows if r["verdict"] != "tie"]
    turned = max(decided, key=lambda r: honest[r["id"]].held_out or 0.0)
    turned["verdict"] = "b" if turned["verdict"] == "a" else "a"
    _, effects = train(tmp_path / "turned", judge_dir, rows)
    was, is_ = honest[turned["id"]], effects[turned["id"]]
    assert was.held_out is not None
    assert was.held_out > 0.9
    # Its fold's fit has not seen it, and so says the same. The temperature is taken from other folds, whose fits have.
    assert is_.held_out == pytest.approx(1 - was.held_out, abs=0.01)
    assert is_.after > 1 - was.after
    assert is_.pull > 3 * was.pull
    assert min(effects[r["id"]].pull for r in decided) > 0


@pytest.mark.parametrize("trainable", ["full", "lora"])
def test_a_trained_backbone_has_unseen_opinions_of_held_out_prompts_only(
    trainable: str, judge_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = comparisons(60, prompts=10)
    config = {"trainable": trainable, "epochs": 1, "learning_rate": 0.01}
    report, effects = train(tmp_path / "run", judge_dir, rows, predecessor=reward_model_dir, **config)
    unseen = [effect for effect in effects.values() if effect.held_out is not None]
    assert f"{len(unseen)} preferences of held-out prompts" == report.method
    assert all(effect.pull == 0 for effect in unseen)
    verdicts = {r["id"]: r["verdict"] for r in rows}
    for effect in unseen:  # the same difference; its temperature has not seen the prompt either
        if verdicts[effect.preference_id] != "tie":
            assert effect.held_out is not None
            assert (effect.held_out > 0.5) == (effect.after > 0.5)
            assert effect.held_out == pytest.approx(effect.after, abs=0.1)
    trained = [effect for effect in effects.values() if effect.held_out is None]
    assert all(effect.pull != 0 for effect in trained)
    assert len(trained) + len(unseen) == 60
    assert all(effect.before is not None for effect in effects.values())
    np.testing.assert_allclose(
        [effects[r["id"]].after for r in rows], said_by(tmp_path / "run" / "model", rows), atol=0.02
    )


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_predecessor_that_cannot_be_read_stops_no_training(damage: str, judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(30)
    train(tmp_path / "first", judge_dir, rows)
    first = tmp_path / "first" / "model"
    if damage == "gone":
        first.rename(tmp_path / "elsewhere")
    else:
        (first / "heads.safetensors").write_bytes(b"not what the manifest says")
    _, effects = train(tmp_path / "second", judge_dir, rows, predecessor=first)
    assert {effect.before for effect in effects.values()} == {None}
    assert "not compared with the reward model before" in (tmp_path / "second" / "events.jsonl").read_text()


def test_what_the_predecessor_has_no_room_for_is_not_compared(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(30)
    train(tmp_path / "first", judge_dir, rows, max_tokens=64)
    rows[4]["completion_a"] = "e" * 100
    _, effects = train(tmp_path / "second", judge_dir, rows, predecessor=tmp_path / "first" / "model")
    assert [preference_id for preference_id, effect in effects.items() if effect.before is None] == [4]


def test_a_preference_of_several_rows_is_the_mean_by_their_weights() -> None:
    rows = [row(7, "a", 0.75), row(7, "b", 0.25), row(2, "tie"), row(5, "both_good"), row(9, "b")]
    before = np.array([0.6, 0.4, 0.5, 0.5, np.nan])
    opinions = Opinions(
        after=np.array([np.log(3), np.log(3), np.log(3), 0.0, 0.0]),
        held_out=np.array([0.0, 0.0, 0.0, 0.0, np.nan]),
        shifts=np.array([0.4, 0.4, 2 * np.log(3) + 0.1, 0.0, -0.3]),
        threshold=0.0,
    )
    tie, soft, other = effect_rows(rows, before, opinions)
    assert (soft.preference_id, tie.preference_id, other.preference_id) == (7, 2, 9)
    assert soft.before == pytest.approx(0.75 * 0.6 + 0.25 * 0.4)
    assert soft.after == pytest.approx(0.75 * 0.75 + 0.25 * 0.25)
    assert soft.pull == pytest.approx(0.75 * 0.4 - 0.25 * 0.4)
    assert soft.held_out == pytest.approx(0.5)
    assert tie.after == pytest.approx(0.5)  # P(a) .75 is half way from even to certain
    assert tie.held_out == pytest.approx(1)
    assert tie.pull == pytest.approx(0.1)  # from −(ln 3 + .1) to ln 3
    assert (other.before, other.held_out) == (None, None)
    assert other.after == pytest.approx(0.5)
    assert other.pull == pytest.approx(0.3)


def test_nothing_that_compares_gives_no_rows() -> None:
    nothing = np.zeros(1)
    assert effect_rows([row(1, "both_bad")], nothing, Opinions(nothing, nothing, nothing, 0.5)) == []
