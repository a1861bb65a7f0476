"""The benchmarks of reward-model training run, and what they claim of gradients holds. No timing is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lockstep import Figures
from benchmarks.reward import gradient_error, prepare, summary
from benchmarks.reward_gpu import Work, peak_flops, work_of
from benchmarks.reward_gpu import summary as gpu_summary
from benchmarks.reward_pairs import TINY, comparisons
from rlhf_backend.data.dialogues import Dialogue

ROOT = Path(__file__).parents[2]


def run_benchmark(module: str, *arguments: str, data: Path) -> dict[str, Any]:
    environment = os.environ | {"PREFLOOP_TEST_DATA": str(data), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.mark.effect
def test_the_benchmark_runs_and_a_shared_prompt_changes_no_gradient(tmp_path: Path) -> None:
    figures = run_benchmark("benchmarks.reward", "--quick", data=tmp_path)
    for name in ("pairs_per_s", "trl_pairs_per_s", "ratio", "ratio_default", "peak_rss_ratio"):
        assert figures[name] > 0
    assert figures["grad_rel_err"] <= 1e-5


@pytest.mark.effect
def test_the_benchmark_for_accelerators_runs_in_small(tmp_path: Path) -> None:
    arguments = ["--shape", "tiny", "--steps", "1", "--passes", "1", "--batch-size", "2"]
    figures = run_benchmark("benchmarks.reward_gpu", *arguments, data=tmp_path)
    assert figures["tokens_per_s"] > 0
    assert figures["trl_tokens_per_s"] > 0


def test_gradients_on_sixteen_pairs_are_those_of_two_rows(tmp_path: Path) -> None:
    prepare(tmp_path / "work", steps=4, passes=1, batch_size=4, shape=TINY)
    assert 0 < gradient_error(tmp_path / "work") <= 1e-5


def test_pairs_are_made_up_where_there_are_none(tmp_path: Path) -> None:
    source, rows = comparisons(50, data=tmp_path)
    assert source == "generated, long-tailed lengths"
    assert len(rows) == 200
    lengths = sorted(len(row.completion_a) for row in rows)
    assert lengths[-1] > 5 * lengths[len(lengths) // 2]
    assert comparisons(50, data=tmp_path)[1] == rows
    assert {row.verdict for row in rows} == {"a", "b"}


def test_the_faster_attention_of_the_other_counts() -> None:
    def took(seconds: float, mb: float) -> Figures:
        return Figures(seconds, 2 * seconds, {"peak_rss_mb": mb})

    found = {"ours": took(10, 500), "trl": took(30, 900), "trl_eager": took(20, 1000), "trl_default": took(60, 700)}
    figures = summary(found, pairs=100)
    assert (figures["ratio"], figures["ratio_default"], figures["peak_rss_ratio"]) == (2.0, 6.0, 0.5)
    assert (figures["pairs_per_s"], figures["trl_pairs_per_s"]) == (10.0, 5.0)


def test_work_is_counted_by_hand() -> None:
    group = [Dialogue([1, 2, 3], [4, 5]), Dialogue([1, 2, 3], [6])]
    work = work_of(TINY, [group])
    weights = 2 * (4 * 64 * 64 + 3 * 64 * 176)
    assert work.tokens == 5 + 4
    assert work.shared_flops == 6 * weights * 6 + 12 * 2 * 64 * (6 + 9 + 4)
    assert work.apart_flops == 6 * weights * 9 + 12 * 2 * 64 * (15 + 10)


def test_shares_of_the_peak() -> None:
    found = {name: Figures(seconds, seconds, {}) for name, seconds in (("ours", 2.0), ("trl", 8.0))}
    figures = gpu_summary(found, Work(tokens=800, shared_flops=1e9, apart_flops=2e9), peak=1e9)
    assert figures == {
        "tokens_per_s": 400, "trl_tokens_per_s": 100, "ratio": 4.0, "peak_share": 0.5, "trl_peak_share": 0.25,
    }  # fmt: skip
    assert peak_flops(32) > 0


@pytest.mark.skipif(
    not Path(os.environ.get("PREFLOOP_TEST_DATA", ROOT.parent / "shared" / "data")).is_dir(),
    reason="no folder of data sets: name it in PREFLOOP_TEST_DATA",
)
@pytest.mark.effect
def test_real_preferences_are_judged_beside_baselines() -> None:
    data = Path(os.environ.get("PREFLOOP_TEST_DATA", ROOT.parent / "shared" / "data"))
    figures = run_benchmark("benchmarks.real_preferences", "--quick", "--only", "llmbar-natural", data=data)
    found = figures["llmbar-natural"]
    assert found["pairs"] == 60
    assert {"longer", "first", "bag_of_words", "judge_head", "lm_head", "lm_full"} <= found.keys()
    for method, (value, low, high) in ((m, i) for m, i in found.items() if m != "pairs"):
        assert 0 <= low <= value <= high <= 1, method
