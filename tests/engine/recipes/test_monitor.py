"""Looks at the policy while it is tuned: what they leave behind, when they pause, and that they are not made twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from rlhf_backend.config import PolicyJob
from rlhf_backend.durable import verify_directory
from rlhf_backend.errors import RunCancelled
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.recipes.monitor import open_monitor
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.runtime import execute, read_job
from rlhf_backend.tuning_sections import CheckpointFigures
from rlhf_backend.types import CheckpointEvent, CompletionRow, Event, PolicyReport
from tests.engine.recipes.test_resume import dpo_job, rloo_job
from tests.engine.tiny import comparisons, metrics_of, open_run, prompts, report_of, result_of, write_run

WATCHED = {"every": 2, "prompts": 5, "kept": 2, "preflight": False}
LOOSE = {"kl_above": 1e6, "length_ratio": 1e3, "diversity_drop": 1.0, "outside_above": 1.0}
"""Limits that nothing reaches."""
STRICT = LOOSE | {"kl_above": 0.01}
"""A limit that tuning at a high rate oversteps at once."""


def watched_run(directory: Path, job: dict[str, Any], **changes: Any) -> Path:
    job = job | {"monitor": WATCHED | LOOSE | changes}
    return write_run(
        directory, job, seed=3, prompts=prompts(6), panel_prompts=prompts(7), comparisons=comparisons(40, prompts=8)
    )


def checkpoints_of(run: Path) -> list[CheckpointFigures]:
    lines = (run / "events.jsonl").read_text().splitlines()
    events = [TypeAdapter(Event).validate_json(line) for line in lines]
    return [event.figures for event in events if isinstance(event, CheckpointEvent)]


def edit_job(run: Path, **changes: Any) -> None:
    """What the site does before it runs the directory of a paused run again."""
    job = json.loads((run / "job.json").read_text())
    (run / "job.json").write_text(json.dumps(job | changes))
    (run / "result.json").unlink()


def test_a_look_before_every_few_steps_and_at_the_end(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    run = watched_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir))
    report = report_of(run, PolicyReport)
    assert [figures.step for figures in report.checkpoints] == [0, 2, 4, 5]
    assert [figures.step for figures in checkpoints_of(run)] == [0, 2, 4, 5]
    start, last = report.checkpoints[0], report.checkpoints[-1]
    assert (start.prompts, start.reward.n, start.claimed_win_rate) == (5, 10, None)
    assert start.kl.value == pytest.approx(0, abs=1e-3)
    assert start.perplexity == pytest.approx(start.reference_perplexity, rel=1e-3)
    assert last.claimed_win_rate is not None
    assert last.claimed_win_rate.n == 5
    assert last.outside is not None
    assert last.entropy > 0
    assert not any(figures.fired for figures in report.checkpoints)


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_samples_and_the_newest_weights_are_kept(
    lora_rank: int, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = rloo_job(llama_dir, reward_model_dir, learning_rate=0.05, lora_rank=lora_rank)
    run = watched_run(tmp_path / "run", job)
    report = report_of(run, PolicyReport)
    assert sorted(path.name for path in (run / "policies").iterdir()) == ["step-00000004", "step-00000005"]
    assert [figures.step for figures in report.checkpoints if figures.kept] == [4, 5]
    last = run / "policies" / "step-00000005"
    verify_directory(last)
    assert (last / "model.safetensors").read_bytes() == (run / "model" / "model.safetensors").read_bytes()
    assert AutoModelForCausalLM.from_pretrained(last, dtype="auto").dtype == torch.bfloat16
    lines = (run / "panel" / "step-00000004.jsonl").read_text().splitlines()
    rows = [CompletionRow.model_validate_json(line) for line in lines]
    assert [row.prompt_id for row in rows] == [i // 2 for i in range(10)]
    assert all(row.reward is not None and row.ref_logprob is not None for row in rows)
    figures = report.checkpoints[2]
    assert figures.kl.value == pytest.approx(sum((r.logprob or 0) - (r.ref_logprob or 0) for r in rows) / 10)


def test_an_unchanged_policy_writes_the_same_at_every_look(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = watched_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir, learning_rate=1e-12))
    first, *others = report_of(run, PolicyReport).checkpoints
    for figures in others:
        assert figures.claimed_win_rate is not None
        assert figures.claimed_win_rate.value == 0.5
        assert (figures.reward, figures.distinct_2) == (first.reward, first.distinct_2)


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_watching_changes_nothing_of_what_is_learned(
    lora_rank: int, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = rloo_job(llama_dir, reward_model_dir, lora_rank=lora_rank)
    seen, unseen = watched_run(tmp_path / "seen", job), watched_run(tmp_path / "unseen", job, prompts=0)
    assert execute(seen) == 0
    assert execute(unseen) == 0
    assert metrics_of(seen) == metrics_of(unseen)
    weights = ((run / "model" / "model.safetensors").read_bytes() for run in (seen, unseen))
    assert next(weights) == next(weights)
    assert not (unseen / "panel").exists()


def test_direct_methods_are_watched_where_a_reward_model_is_given(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    judged = watched_run(tmp_path / "judged", dpo_job(llama_dir) | {"reward_model": str(reward_model_dir)})
    assert [figures.step for figures in report_of(judged, PolicyReport).checkpoints] == [0, 2, 4, 5]
    alone = watched_run(tmp_path / "alone", dpo_job(llama_dir))
    assert report_of(alone, PolicyReport).checkpoints == []
    assert "no reward model" in (alone / "events.jsonl").read_text()


def paused_run(directory: Path, llama_dir: Path, reward_model_dir: Path, **changes: Any) -> Path:
    job = rloo_job(llama_dir, reward_model_dir, learning_rate=0.05)
    run = watched_run(directory, job, **(STRICT | changes))
    assert execute(run) == 0
    return run


def test_a_rule_pauses_and_goes_on_once_it_is_accepted(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    run = paused_run(tmp_path / "run", llama_dir, reward_model_dir)
    result = result_of(run)
    assert result.status == "paused"
    assert [rule.rule for rule in result.paused_by] == ["kl"]
    paused_at = max(metrics_of(run))
    edit_job(run, accepted_rules=["kl"])
    report = report_of(run, PolicyReport)
    whole = paused_run(tmp_path / "whole", llama_dir, reward_model_dir, pause=False)
    assert result_of(whole).report == report.model_copy(
        update={"samples_per_second": result_of(whole).report.samples_per_second}  # type: ignore[union-attr]
    )
    assert metrics_of(run) == metrics_of(whole)
    assert [figures.step for figures in checkpoints_of(run)] == [0, 2, 4, 5]
    assert any(figures.fired for figures in report.checkpoints if figures.step >= paused_at)
    assert (run / "model" / "model.safetensors").read_bytes() == (whole / "model" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_a_paused_run_ends_with_the_checkpoint_that_is_asked_for(
    lora_rank: int, llama_dir: Path, reward_model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = watched_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir, learning_rate=0.05, lora_rank=lora_rank))
    assert execute(run) == 0
    # Nothing is trained any more: what several processes have shared one can end.
    monkeypatch.setattr("rlhf_backend.models.device.memory_bytes", lambda: 2**18)
    edit_job(run, finish_at=4)
    steps = metrics_of(run)
    report = report_of(run, PolicyReport)
    assert (report.finished_at, report.steps) == (4, 4)
    assert report.kl == report.checkpoints[2].kl.value
    assert metrics_of(run) == steps
    kept = run / "policies" / "step-00000004" / "model.safetensors"
    assert (run / "model" / "model.safetensors").read_bytes() == kept.read_bytes()
    verify_directory(run / "model")
    edit_job(run, finish_at=0)
    assert report_of(run, PolicyReport).finished_at == 0
    before = AutoModelForCausalLM.from_pretrained(llama_dir).state_dict()
    after = AutoModelForCausalLM.from_pretrained(run / "model").state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_checkpoint_without_weights_cannot_be_the_end(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = watched_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir))
    assert execute(run) == 0
    edit_job(run, finish_at=2)
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "Steps with weights: 0, 4, 5" in failure.message


def test_a_look_that_was_cut_off_is_made_again_and_others_are_not(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = paused_run(tmp_path / "run", llama_dir, reward_model_dir)
    (run / "panel" / "step-00000000.json").unlink()
    edit_job(run, accepted_rules=["kl"])
    assert execute(run) == 0
    assert [figures.step for figures in checkpoints_of(run)].count(0) == 2
    assert [figures.step for figures in checkpoints_of(run)].count(2) == 1
    first, second = [figures for figures in checkpoints_of(run) if figures.step == 0]
    assert first == second


def test_a_cancel_is_heard_during_a_look(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    run = watched_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir))
    job = read_job(run).job
    assert isinstance(job, PolicyJob)
    policy = TunedPolicy(job.policy, lora_rank=0, warn=print)
    reference = Reference(job.reference, policy, is_policy=False, warn=print)
    tuning = Tuning(policy, reference, load_reward_model(str(reward_model_dir), warn=print))
    monitor = open_monitor(open_run(run), job, tuning)
    assert monitor is not None
    (run / "cancel").touch()
    with pytest.raises(RunCancelled, match="looked at step 0"):
        monitor.look(0)
    assert monitor.figures == []


def test_a_policy_with_damaged_weights_is_found_before_it_is_tuned(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(llama_dir, broken)
    weights = load_file(broken / "model.safetensors")
    next(iter(weights.values())).fill_(float("nan"))
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    run = watched_run(tmp_path / "run", dpo_job(broken) | {"reward_model": str(reward_model_dir)})
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "config"
    assert "weights are damaged" in failure.message
    assert not checkpoints_of(run)
