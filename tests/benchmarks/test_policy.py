"""The benchmarks of policy tuning run, and their arms do the same work. No timing is asserted."""

import tempfile
from pathlib import Path

import pytest

from benchmarks.lockstep import Figures
from benchmarks.policy import dpo_config, online_config, summary
from benchmarks.policy_arms import trl_trainer
from benchmarks.policy_gpu import Work, online_work
from benchmarks.policy_gpu import summary as gpu_summary
from benchmarks.policy_gradients import gradient_error
from benchmarks.policy_work import TextReward, job_of, prepare, read_pairs, tokens_of
from benchmarks.reward_pairs import TINY
from rlhf_backend.models.loading import load_language_model
from tests.benchmarks.test_reward import run_benchmark

ONLINE, DPO = online_config(steps=1, prompts=3, samples=3, new_tokens=6), dpo_config(steps=2, pairs=3)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("policy") / "work"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.policy_work.comparisons", made_up)
        prepare(directory, ONLINE, DPO, passes=1, shape=TINY)
    return directory


def made_up(count: int) -> object:
    from benchmarks.reward_pairs import comparisons

    return comparisons(count, data=Path("/nowhere"))


@pytest.mark.effect
def test_the_benchmark_runs_and_all_read_the_same_tokens(tmp_path: Path) -> None:
    figures = run_benchmark("benchmarks.policy", "--quick", data=tmp_path)
    for name in ("samples_per_s", "trl_samples_per_s", "ratio", "ratio_default", "peak_rss_ratio", "dpo_ratio"):
        assert figures[name] > 0
    assert figures["dpo_token_ratio"] == 1
    assert figures["token_ratio"] == pytest.approx(1, abs=0.05)  # a completion may end before its time
    assert figures["grad_rel_err"] <= 1e-4


@pytest.mark.effect
def test_the_benchmark_for_accelerators_runs_in_small(tmp_path: Path) -> None:
    small = {"shape": "tiny", "steps": "1", "passes": "1", "prompts": "2", "samples": "2", "new-tokens": "4"}
    arguments = [part for name, value in small.items() for part in (f"--{name}", value)]
    figures = run_benchmark("benchmarks.policy_gpu", *arguments, data=tmp_path)
    for name in ("rollout_tokens_per_s", "update_tokens_per_s", "update_peak_share", "peak_mb"):
        assert figures[name] > 0
        assert figures[f"trl_{name}"] > 0


def test_our_gradient_of_rloo_is_trls_on_its_own_samples(work: Path) -> None:
    assert 0 < gradient_error(work) <= 1e-4


def test_trl_reads_the_token_ids_of_pairs_that_we_read(work: Path) -> None:
    codec = load_language_model(job_of(work, DPO).policy, warn=lambda _: None).codec
    with tempfile.TemporaryDirectory() as root:
        rows = list(trl_trainer(work, Path(root), "dpo", {"bf16": False}).train_dataset)
    total = 0
    for row, theirs in zip(read_pairs(work), rows, strict=True):
        sides = [row.completion_a, row.completion_b]
        chosen, rejected = (codec.encode_completion(text) for text in (sides if row.verdict == "a" else sides[::-1]))
        prompt = codec.encode_prompt(row.prompt, max_tokens=10**6)
        assert (theirs["prompt_ids"], theirs["chosen_ids"], theirs["rejected_ids"]) == (prompt, chosen, rejected)
        total += 2 * len(prompt) + len(chosen) + len(rejected)
    assert tokens_of(work, "dpo", []) == total


def test_the_reward_of_both_is_that_of_the_text() -> None:
    scores = TextReward().score([([], "eel"), ([], "")])
    assert scores.mean.tolist() == pytest.approx([2.2, 0.0])
    assert scores.sd.tolist() == [0.0, 0.0]


def test_figures_by_hand() -> None:
    def took(seconds: float, mb: float) -> Figures:
        return Figures(seconds, 2 * seconds, {"peak_rss_mb": mb, "tokens": 50.0})

    online = {"ours": took(10, 600), "trl": took(30, 1200), "trl_default": took(60, 900)}
    figures = summary(online, "online", count=100)
    assert (figures["ratio"], figures["ratio_default"], figures["peak_rss_ratio"]) == (3.0, 6.0, 0.5)
    assert (figures["samples_per_s"], figures["trl_samples_per_s"], figures["token_ratio"]) == (10.0, 3.3, 1.0)
    dpo = summary({"ours_dpo": took(10, 600), "trl_dpo": took(45, 1200)}, "dpo", count=100)
    assert (dpo["dpo_pairs_per_s"], dpo["trl_dpo_pairs_per_s"], dpo["dpo_ratio"]) == (10.0, 2.2, 4.5)


def test_online_work_is_counted_by_hand() -> None:
    work = online_work(TINY, [3], ONLINE, vocabulary=10)
    weights, head, attention = 2 * (4 * 64 * 64 + 3 * 64 * 176), 6 * 10 * 64 * 18, 12 * 2 * 64
    assert (work.rollout_tokens, work.update_tokens) == (18, 27)
    assert work.shared_flops == pytest.approx(8 / 6 * (6 * weights * 21 + attention * (6 + 3 * 39) + head))
    assert work.apart_flops == pytest.approx(8 / 6 * (6 * weights * 27 + attention * 3 * 45 + head))


def test_rollouts_and_updates_share_the_time_of_a_step() -> None:
    def took(seconds: float, rollout: float) -> Figures:
        return Figures(seconds, seconds, {"rollout_seconds": rollout, "peak_rss_mb": 10.0})

    found = {"ours": took(4, 2), "trl": took(16, 6)}
    figures = gpu_summary(found, Work(600, 1000, shared_flops=2e9, apart_flops=5e9), peak=1e9)
    assert (figures["ratio"], figures["rollout_tokens_per_s"], figures["trl_rollout_tokens_per_s"]) == (4.0, 300, 100)
    assert (figures["update_tokens_per_s"], figures["trl_update_tokens_per_s"]) == (500, 100)
    assert (figures["update_peak_share"], figures["trl_update_peak_share"]) == (1.0, 0.5)
