"""What the heads of an ensemble cost beside a single one, and how fast a file is scored.

    python -m benchmarks.ensemble [--pairs 400] [--turns 5] [--score 0]

One process trains the same pairs on the starter's judge with 1, 4 and 8 heads, a linear head on frozen features and
every weight, in turn, so that all meet the same machine; CPU seconds are of whole runs, the report's extra sections
left out. A cost is the median of its ratios to the single head of the same turn. On so small a backbone heads weigh
more than on any larger one. `--score N` also scores a file of N completions in a process of its own.

Prints a table and one JSON line.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.engine import JUDGE, read_result, write_run
from rlhf_backend.config import JobFile, RewardModelConfig, RewardModelJob, ScoringConfig, ScoringJob
from rlhf_backend.starter.grammar import corpus
from rlhf_backend.types import ScoringReport

HEADS = (1, 4, 8)
SCORED_DIFFERENT = 20_000
"""Completions that are written anew; a longer file repeats them under other ids."""


def pairs(count: int) -> list[dict[str, Any]]:
    """Comparisons of replies of the starter's grammar; the shorter one is better."""
    samples, rows = list(corpus(seed=11, size=2 * count)), []
    for i in range(count):
        one, other = samples[2 * i], samples[2 * i + 1]
        verdict = "a" if len(one.reply) <= len(other.reply) else "b"
        texts = {"completion_a": one.reply, "completion_b": other.reply, "verdict": verdict}
        rows.append({"id": i, "prompt": one.messages} | texts)
    return rows


def trained(directory: Path, comparisons: list[dict[str, Any]], *, trainable: str, heads: int) -> tuple[float, Path]:
    """CPU seconds of a run in this process, and the reward model it made."""
    from rlhf_backend.runtime import execute

    config = RewardModelConfig.model_validate(
        {"trainable": trainable, "heads": heads, "epochs": 1, "evaluate": False, "prior_precision": 0.1}
    )
    job = JobFile(seed=1, job=RewardModelJob(config=config, backbone=JUDGE))
    write_run(directory, job, comparisons=comparisons)
    before = time.process_time()
    execute(directory)
    seconds = time.process_time() - before
    read_result(directory)
    return seconds, directory / "model"


def costs(root: Path, *, count: int, turns: int) -> dict[str, dict[str, float]]:
    """Kind of training → CPU seconds with one head, and the cost of more beside it."""
    comparisons, found = pairs(count), {}
    for trainable in ("head", "full"):
        seconds: dict[int, list[float]] = {heads: [] for heads in HEADS}
        trained(root / f"{trainable} warm", comparisons, trainable=trainable, heads=1)
        for turn in range(turns):
            for heads in Random(turn).sample(HEADS, len(HEADS)):
                place = root / f"{trainable} {heads} {turn}"
                seconds[heads].append(trained(place, comparisons, trainable=trainable, heads=heads)[0])
        ratios = {
            f"cost_of_{heads}": round(
                median(many / one for many, one in zip(seconds[heads], seconds[1], strict=True)), 3
            )
            for heads in HEADS[1:]
        }
        found[trainable] = {"cpu_s_of_1": round(median(seconds[1]), 2)} | ratios
    return found


def scored(root: Path, *, count: int) -> dict[str, float]:
    """Rate and largest memory of a process that scores a file, and the file's size."""
    _, model = trained(root / "scorer", pairs(200), trainable="head", heads=8)
    run = root / "scoring"
    write_run(
        run, JobFile(job=ScoringJob(config=ScoringConfig(), reward_model=str(model))), completions=_completions(count)
    )
    subprocess.run([sys.executable, "-m", "rlhf_backend", str(run)], check=True)
    result = read_result(run)
    assert isinstance(result.report, ScoringReport)
    return {
        "completions": count,
        "input_mb": round((run / "inputs" / "completions.jsonl").stat().st_size / 2**20),
        "completions_per_second": round(result.report.completions_per_second, 1),
        "seconds": round(result.seconds, 1),
        "peak_rss_mb": round(result.peak_rss_mb),
    }


def _completions(count: int) -> Iterator[dict[str, Any]]:
    samples = list(corpus(seed=12, size=min(count, SCORED_DIFFERENT)))
    for i in range(count):
        sample = samples[i % len(samples)]
        yield {"id": i, "prompt": sample.messages, "completion": sample.reply}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--score", type=int, default=0, help="completions to score; 0 scores none")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        found: dict[str, Any] = costs(Path(root), count=asked.pairs, turns=asked.turns) if asked.turns else {}
        if asked.score:
            found["scoring"] = scored(Path(root), count=asked.score)
    for name, figures in found.items():
        print(f"{name:8}", "  ".join(f"{key} {value}" for key, value in figures.items()), file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
