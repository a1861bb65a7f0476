"""Completions for the queue, and one policy against another."""

from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.recipes.evaluation import win_rate
from rlhf_backend.runtime import execute
from rlhf_backend.types import CompletionRow, EvaluationReport, SamplingReport
from tests.engine.served import completions, serving
from tests.engine.tiny import byte_tokenizer, prompts, result_of, write_run, write_tiny_llama


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


def test_a_reference_tells_how_new_completions_are_and_writes_its_own(
    llama_dir: Path, other_llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = sampling_job(other_llama_dir, reward_model_dir, samples_per_prompt=3, top_p=0.9)
    rows = sample(tmp_path / "run", job | {"reference": str(llama_dir), "anchors": 2})
    assert [(r.prompt_id, r.index, r.by_reference) for r in rows] == [
        (p, k, k >= 3) for p in range(5) for k in range(5)
    ]
    anchors, own = [r for r in rows if r.by_reference], [r for r in rows if not r.by_reference]
    assert all(r.ref_logprob == r.logprob for r in anchors)
    # Two untrained models: each finds the other's text far less likely than its own.
    assert all(r.ref_logprob is not None and r.logprob is not None and r.ref_logprob < r.logprob - 1 for r in own)
    report = result_of(tmp_path / "run").report
    assert isinstance(report, SamplingReport)
    assert report.novelty is not None
    assert report.anchor_novelty is not None
    assert report.novelty > report.anchor_novelty
    # The policy's own completions do not depend on whether there are anchors.
    alone = sample(tmp_path / "alone", job)
    assert [r.text for r in alone] == [r.text for r in own]
    assert {r.ref_logprob for r in alone} == {None}


def test_a_policy_that_is_its_own_reference_is_as_likely_there(llama_dir: Path, tmp_path: Path) -> None:
    rows = sample(tmp_path / "run", sampling_job(llama_dir) | {"reference": str(llama_dir), "anchors": 1})
    for row in rows:
        assert row.ref_logprob == pytest.approx(row.logprob, abs=0.1)  # decoded and scored in bfloat16
    texts = {(r.prompt_id, r.text) for r in rows if not r.by_reference}
    assert not texts & {(r.prompt_id, r.text) for r in rows if r.by_reference}


def test_an_interrupted_run_with_anchors_keeps_whole_prompts(
    llama_dir: Path, other_llama_dir: Path, tmp_path: Path
) -> None:
    job = sampling_job(other_llama_dir, samples_per_prompt=2, batch_size=4)
    job |= {"reference": str(llama_dir), "anchors": 1}
    whole = sample(tmp_path / "whole", job)
    broken = write_run(tmp_path / "broken", job, seed=9, prompts=prompts(5))
    (broken / "completions.jsonl.part").write_text("".join(r.model_dump_json() + "\n" for r in whole[:7]))
    assert execute(broken) == 0
    assert (broken / "completions.jsonl").read_text() == (tmp_path / "whole/completions.jsonl").read_text()


def test_a_reference_with_other_tokens_is_refused(llama_dir: Path, tmp_path: Path) -> None:
    other = write_tiny_llama(tmp_path / "other", seed=0, vocab_size=262)
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens(["zebra"])
    tokenizer.save_pretrained(other)
    run = write_run(tmp_path / "run", sampling_job(llama_dir) | {"reference": str(other)}, prompts=prompts(1))
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "different tokenizers" in failure.message


def test_a_server_writes_for_a_policy(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    with serving((200, completions("a calm answer", "another one", logprobs=[-1.5, -2.5]))) as served:
        job = sampling_job(llama_dir, reward_model_dir, samples_per_prompt=2, server=served.address)
        rows = sample(tmp_path / "run", job | {"server_model": "policy-3", "reference": str(llama_dir)})
    assert [(r.prompt_id, r.index, r.text) for r in rows[:2]] == [(0, 0, "a calm answer"), (0, 1, "another one")]
    assert {(r.logprob, r.tokens, r.ended) for r in rows} == {(-4.0, 2, True)}
    assert all(r.reward is not None and r.ref_logprob is not None for r in rows)
    assert len({tuple(body["prompt"]) for body in served.asked}) == 5


def test_what_a_server_had_written_before_it_went_away_is_kept(llama_dir: Path, tmp_path: Path) -> None:
    answers = [(200, completions("one", "two"))] * 3 + [(400, "no more")]
    with serving(*answers) as served:
        job = sampling_job(llama_dir, samples_per_prompt=2, batch_size=2, server=served.address)
        run = write_run(tmp_path / "run", job | {"server_model": "policy-3"}, prompts=prompts(5))
        assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "no more" in failure.message
    assert len((run / "completions.jsonl.part").read_text().splitlines()) == 6


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
