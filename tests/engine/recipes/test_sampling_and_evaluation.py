"""Completions for the queue, and one policy against another."""

from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.recipes.evaluation import win_rate
from rlhf_backend.runtime import execute
from rlhf_backend.types import CompletionRow, EvaluationReport, SamplingReport
from tests.engine.tiny import prompts, result_of, write_run


def sampling_job(policy: Path, reward_model: Path | None = None, **config: Any) -> dict[str, Any]:
    job = {"kind": "sampling", "config": {"max_new_tokens": 16} | config, "policy": str(policy)}
    return job | ({"reward_model": str(reward_model)} if reward_model else {})


def sample(directory: Path, job: dict[str, Any], count: int = 5) -> list[CompletionRow]:
    run = write_run(directory, job, seed=9, prompts=prompts(count))
    assert execute(run) == 0
    result = result_of(run)
    assert result.status == "done", result.failure
    assert isinstance(result.report, SamplingReport)
    lines = (run / "completions.jsonl").read_text().splitlines()
    rows = [CompletionRow.model_validate_json(line) for line in lines]
    assert result.report.completions == len(rows)
    return rows


def test_every_prompt_gets_its_samples_with_rewards(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    rows = sample(tmp_path / "run", sampling_job(llama_dir, reward_model_dir, samples_per_prompt=3))
    assert [(row.prompt_id, row.index) for row in rows] == [(p, k) for p in range(5) for k in range(3)]
    assert len({row.text for row in rows}) > 10
    for row in rows:
        assert row.logprob < 0
        assert 1 <= row.tokens <= 16
        assert row.ended or row.tokens == 16
        assert row.reward is not None
        assert row.reward_sd is not None
        assert row.reward_sd > 0


def test_without_a_reward_model_there_are_no_rewards(llama_dir: Path, tmp_path: Path) -> None:
    rows = sample(tmp_path / "run", sampling_job(llama_dir))
    assert {(row.reward, row.reward_sd) for row in rows} == {(None, None)}


def test_samples_do_not_depend_on_the_batch_size(
    gpt2_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)
    one, two = (
        [row.text for row in sample(tmp_path / f"{size}", sampling_job(gpt2_dir, batch_size=size))] for size in (4, 32)
    )
    assert one == two


def test_an_interrupted_run_keeps_what_it_had(llama_dir: Path, tmp_path: Path) -> None:
    job = sampling_job(llama_dir, samples_per_prompt=2, batch_size=4)
    whole = sample(tmp_path / "whole", job)
    broken = write_run(tmp_path / "broken", job, seed=9, prompts=prompts(5))
    kept = [row.model_copy(update={"text": f"kept {i}"}) for i, row in enumerate(whole[:4])]
    torn = whole[4].model_dump_json()[:20]
    (broken / "completions.jsonl.part").write_text("".join(r.model_dump_json() + "\n" for r in kept) + torn)
    assert execute(broken) == 0
    lines = (broken / "completions.jsonl").read_text().splitlines()
    rows = [CompletionRow.model_validate_json(line) for line in lines]
    assert rows == [*kept, *whole[4:]]
    assert not (broken / "completions.jsonl.part").exists()


def test_a_longest_completion_that_fills_the_context_is_a_setting_to_change(llama_dir: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", sampling_job(llama_dir, max_new_tokens=256), prompts=prompts(1))
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "longest completion" in failure.message


def evaluate(directory: Path, policy: Path, predecessor: Path, reward_model: Path) -> EvaluationReport:
    job = {
        "kind": "evaluation",
        "config": {"max_new_tokens": 12, "samples_per_prompt": 2},
        "policy": str(policy),
        "predecessor": str(predecessor),
        "reference": str(predecessor),
        "reward_model": str(reward_model),
    }
    run = write_run(directory, job, prompts=prompts(8))
    assert execute(run) == 0
    result = result_of(run)
    assert isinstance(result.report, EvaluationReport), result.failure
    return result.report


def test_an_unchanged_policy_ties_with_itself(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    report = evaluate(tmp_path / "run", llama_dir, llama_dir, reward_model_dir)
    assert report.win_rate.value == 0.5
    assert report.before == report.after
    assert abs(report.after.kl.value) < 1e-3
    assert len(report.samples) == 8


def test_another_policy_is_far_from_the_reference(
    llama_dir: Path, other_llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    report = evaluate(tmp_path / "run", other_llama_dir, llama_dir, reward_model_dir)
    assert report.after.kl.low > 1
    assert report.after.reference_nll > report.before.reference_nll
    assert report.win_rate.n == 8


def test_win_rates_by_hand() -> None:
    assert win_rate([[1.0, 2.0]], [[2.0, 3.0]], confidence=0.9).value == pytest.approx((0.5 + 1 + 1 + 1) / 4)
