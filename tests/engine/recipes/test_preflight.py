"""The pre-flight of a run: what it rests on, what it decides, and that it is done once."""

from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter

from rlhf_backend.models.reward import RewardScores
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.online import driving_scores
from rlhf_backend.recipes.preflight import _as_driven
from rlhf_backend.runtime import execute
from rlhf_backend.tuning_sections import Preflight
from rlhf_backend.types import Event, PolicyReport, PreflightEvent
from tests.engine.recipes.test_monitor import LOOSE
from tests.engine.recipes.test_resume import dpo_job, interrupt, rloo_job
from tests.engine.tiny import comparisons, metrics_of, prompts, report_of, write_run


def preflight_run(directory: Path, job: dict[str, Any], *, verdicts: int = 60, **changes: Any) -> Path:
    monitor = {"every": 5, "prompts": 6, "preflight_samples": 8} | LOOSE | changes
    panel = {"panel": comparisons(verdicts, seed=1)} if verdicts else {}
    inputs = {"prompts": prompts(6), "panel_prompts": prompts(7), "comparisons": comparisons(40, prompts=8)}
    return write_run(directory, job | {"monitor": monitor}, seed=3, **inputs, **panel)


def told(run: Path) -> list[Preflight]:
    lines = (run / "events.jsonl").read_text().splitlines()
    events = [TypeAdapter(Event).validate_json(line) for line in lines]
    return [event.preflight for event in events if isinstance(event, PreflightEvent)]


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_it_predicts_before_the_first_step_and_is_kept(
    lora_rank: int, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = preflight_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir, lora_rank=lora_rank))
    report = report_of(run, PolicyReport)
    assert report.preflight is not None
    assert told(run) == [report.preflight]
    assert (report.preflight.prompts, report.preflight.samples, report.preflight.verdicts) == (6, 8, 60)
    assert all(point.predicted is not None for point in report.preflight.points)
    assert report.preflight.points[0].claimed < report.preflight.points[-1].claimed
    lines = (run / "events.jsonl").read_text().splitlines()
    types = [TypeAdapter(Event).validate_json(line).type for line in lines]
    assert types.index("preflight") < types.index("checkpoint") < types.index("metrics")


def test_few_verdicts_predict_nothing_and_the_default_penalty_is_taken(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    for verdicts in (0, 15):
        run = preflight_run(tmp_path / f"{verdicts}", rloo_job(llama_dir, reward_model_dir), verdicts=verdicts)
        preflight = report_of(run, PolicyReport).preflight
        assert preflight is not None
        assert (preflight.verdicts, preflight.suggested_beta, preflight.used_kl_coef) == (verdicts, None, 0.05)
        assert all(point.predicted is None for point in preflight.points)
        assert "too few verdicts" in preflight.note


def test_rewards_are_tilted_in_the_unit_that_the_methods_penalty_is_weighed_against() -> None:
    """Ten times the reward asks RLOO for ten times the β, PPO-max and GRPO for the same; a missing end costs."""
    rewards, ended = torch.linspace(-1, 3, 12).square(), torch.ones(12, dtype=torch.bool)
    found = {}
    for method, settings in (("rloo", {}), ("ppo", {"reward_scaling": "normalise"}), ("grpo", {})):
        config = PolicyConfig.model_validate({"method": method, **settings})
        one, ten = (RewardScores(k * rewards, torch.zeros(12), k * rewards[:, None]) for k in (1, 10))
        found[method] = [_as_driven(driving_scores(s, ended, config), config, samples=4) for s in (one, ten)]
        cut = _as_driven(driving_scores(one, ended.index_fill(0, torch.tensor([5]), False), config), config, samples=4)
        assert cut[1, 1] < found[method][0][1, 1]
    assert found["rloo"][1] == pytest.approx(10 * found["rloo"][0])
    for method in ("ppo", "grpo"):
        assert found[method][1] == pytest.approx(found[method][0], rel=1e-3)


def test_a_penalty_set_by_hand_stands(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    run = preflight_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir, kl_coef=0.3))
    preflight = report_of(run, PolicyReport).preflight
    assert preflight is not None
    assert preflight.used_kl_coef == 0.3


@pytest.mark.parametrize("kind", ["switched off", "no panel", "direct"])
def test_there_is_none_where_nothing_would_use_it(
    kind: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = rloo_job(llama_dir, reward_model_dir)
    if kind == "direct":
        job = dpo_job(llama_dir) | {"reward_model": str(reward_model_dir)}
    run = preflight_run(tmp_path / "run", job, preflight=kind != "switched off")
    if kind == "no panel":
        (run / "inputs" / "panel_prompts.jsonl").unlink()
    assert report_of(run, PolicyReport).preflight is None
    assert told(run) == []
    # Somebody who left the penalty open hears of what was taken instead.
    assert ("the KL penalty is 0.05" in (run / "events.jsonl").read_text()) == (kind != "direct")


def test_a_resumed_run_reads_it_back(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    job = rloo_job(llama_dir, reward_model_dir)
    whole, broken = (preflight_run(tmp_path / name, job) for name in ("whole", "broken"))
    assert execute(whole) == 0
    interrupt(broken, after=3)
    assert execute(broken) == 0
    assert metrics_of(broken) == metrics_of(whole)
    assert told(broken) == told(whole)
    assert len(told(broken)) == 1
