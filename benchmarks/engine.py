"""Speed of the engine on the starter: sampling, RLOO, reward models. Each figure is a run of its own process.

    python -m benchmarks.engine [--steps 10] [--pairs 2000]

Prints a table and one JSON line. Seconds count from the first to the last event of the phase, so that start-up (its own
row) does not blur rates. CPU seconds are over all cores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from rlhf_backend.config import Job, JobFile, PolicyJob, RewardModelConfig, RewardModelJob, SamplingConfig, SamplingJob
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.types import CompletionRow, RunResult

STARTER = Path(__file__).parents[1] / "rlhf_backend" / "starter"
POLICY, JUDGE = str(STARTER / "weights" / "policy"), str(STARTER / "weights" / "judge")


@dataclass
class Measured:
    """One finished run."""

    directory: Path
    result: RunResult
    start_seconds: float
    work_seconds: float
    cpu_seconds: float

    @property
    def summary(self) -> dict[str, float]:
        return {
            "start_s": round(self.start_seconds, 2),
            "work_s": round(self.work_seconds, 2),
            "cpu_s": round(self.cpu_seconds, 1),
            "peak_mb": round(self.result.peak_rss_mb),
        }


def write_run(directory: Path, job: JobFile, **inputs: Iterable[dict[str, Any]]) -> None:
    """A run directory: the job, and `inputs/NAME.jsonl` row by row."""
    (directory / "inputs").mkdir(parents=True)
    (directory / "job.json").write_text(job.model_dump_json())
    for name, rows in inputs.items():
        with (directory / "inputs" / f"{name}.jsonl").open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)


def read_result(directory: Path) -> RunResult:
    """Raises: RuntimeError: the run did not come to its end."""
    result = RunResult.model_validate_json((directory / "result.json").read_bytes())
    if result.status != "done":
        raise RuntimeError(f"{directory.name}: {result.failure}")
    return result


def run(directory: Path, job: Job, **inputs: list[dict[str, Any]]) -> Measured:
    """Run a job in a process of its own; raises CalledProcessError or KeyError where it does not finish."""
    write_run(directory, JobFile(seed=1, job=job), **inputs)
    before = os.times()
    subprocess.run([sys.executable, "-m", "rlhf_backend", str(directory)], check=True)
    after = os.times()
    result = read_result(directory)
    events = [json.loads(line) for line in (directory / "events.jsonl").read_text().splitlines()]
    worked = [event for event in events if event["type"] in {"progress", "metrics"} and event.get("phase") != "loading"]
    marks = [event["at"] for event in worked]
    work = marks[-1] - marks[0]
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Measured(directory, result, after.elapsed - before.elapsed - work, work, cpu)


def prompts() -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (STARTER / "demo_prompts.jsonl").read_text("utf-8").splitlines()]
    return [{"id": i, "messages": [{"role": "user", "content": row["prompt"]}]} for i, row in enumerate(rows)]


def comparisons(sampled: Measured, asked: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Pairs of samples with arbitrary verdicts: what is measured is time."""
    lines = (sampled.directory / "completions.jsonl").read_text().splitlines()
    texts: dict[int, list[str]] = {}
    for row in map(CompletionRow.model_validate_json, lines):
        texts.setdefault(row.prompt_id, []).append(row.text)
    rng = Random(0)
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        prompt = rng.choice(asked)
        a, b = rng.sample(texts[prompt["id"]], 2)
        verdict = rng.choice(["a", "b", "tie"])
        rows.append(
            {"id": len(rows), "prompt": prompt["messages"], "completion_a": a, "completion_b": b, "verdict": verdict}
        )
    return rows


def measure(root: Path, *, steps: int, pairs: int) -> dict[str, dict[str, float]]:
    """Every figure, by name."""
    asked = prompts()
    sampled = run(root / "sampling", SamplingJob(config=SamplingConfig(), policy=POLICY), prompts=asked)
    labels = comparisons(sampled, asked, pairs)
    few = RewardModelJob(config=RewardModelConfig(), backbone=JUDGE)
    head = run(root / "head 100", few, comparisons=labels[:100])
    large = run(root / "head", few, comparisons=labels)
    full_config = RewardModelConfig(trainable="full", epochs=1)
    full = run(root / "full", RewardModelJob(config=full_config, backbone=POLICY), comparisons=labels)
    tuning = PolicyJob(
        config=PolicyConfig(steps=steps), policy=POLICY, reference=POLICY, reward_model=str(head.directory / "model")
    )
    rloo = run(root / "rloo", tuning, prompts=asked)
    dpo_job = tuning.model_copy(update={"config": PolicyConfig(method="dpo", steps=steps)})
    dpo = run(root / "dpo", dpo_job, comparisons=labels[:200])
    completions = 4 * len(asked)
    return {
        "sampling": sampled.summary | {"samples_per_s": round(completions / sampled.work_seconds, 1)},
        "reward head, 100 preferences": head.summary,
        f"reward head, {pairs} preferences": large.summary,
        "reward model, all weights": full.summary | {"pairs_per_s": round(0.8 * pairs / full.work_seconds, 1)},
        "rloo": rloo.summary | {"samples_per_s": round(64 * steps / rloo.work_seconds, 1)},
        "dpo": dpo.summary | {"pairs_per_s": round(16 * steps / dpo.work_seconds, 1)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the engine on the starter.")
    parser.add_argument("--steps", type=int, default=10, help="optimiser steps of RLOO and DPO")
    parser.add_argument("--pairs", type=int, default=2000, help="preferences of the larger reward models")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        figures = measure(Path(root), steps=arguments.steps, pairs=arguments.pairs)
    for name, values in figures.items():
        print(f"{name:32}" + "  ".join(f"{key} {value}" for key, value in values.items()))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
