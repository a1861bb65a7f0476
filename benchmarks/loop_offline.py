"""The loop without the site: simulated labels → reward model → RLOO → gold reward of new samples, on the starter.

    python benchmarks/loop_offline.py --tastes warm_and_specific --seeds 0 1 --rounds 3 --labels 100

Every step is the engine's own recipe in its own run directory; only people and queue are simulated. For each taste
and seed one JSON line tells the gold reward on the panel prompts (in standard deviations of the starter's corpus)
before and after each round, the share of samples without a broken phrase, the KL to the starter, and what the same
tuning attains on the gold reward itself.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.random import Generator

import rlhf_backend.starter
from rlhf_backend.config import Job, JobFile, PolicyJob, RewardModelConfig, RewardModelJob, SamplingConfig, SamplingJob
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes import preference_tuning
from rlhf_backend.runtime import execute
from rlhf_backend.simulation.annotators import PRESETS
from rlhf_backend.simulation.gold import TASTES, Taste, gold_reward
from rlhf_backend.starter.fluency import is_clean
from rlhf_backend.stats.selection import Candidate, select_pairs
from rlhf_backend.types import ComparisonRow, CompletionRow, Message, PromptRow

STARTER = Path(rlhf_backend.starter.__file__).parent
POLICY, JUDGE = str(STARTER / "weights" / "policy"), str(STARTER / "weights" / "judge")
UNIFORM_SHARE = 0.3
THREADS = int(os.environ.get("OMP_NUM_THREADS", "0")) or None


def prompts_of(split: str) -> list[PromptRow]:
    rows = [json.loads(line) for line in (STARTER / "demo_prompts.jsonl").read_text("utf-8").splitlines()]
    texts = [row["prompt"] for row in rows if row["split"] == split]
    return [PromptRow(id=i, messages=[Message(role="user", content=text)]) for i, text in enumerate(texts)]


TRAIN, PANEL = prompts_of("train"), prompts_of("panel")


# ------------------------------------------------------------------------------------------------ engine runs


def run_job(directory: Path, job: Job, seed: int, **inputs: Sequence[Any]) -> dict[str, Any]:
    """Run a job with the given input rows; its report.

    Raises: RuntimeError: the run failed; the message is the engine's.
    """
    (directory / "inputs").mkdir(parents=True)
    for name, rows in inputs.items():
        lines = "".join(row.model_dump_json() + "\n" for row in rows)
        (directory / "inputs" / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (directory / "job.json").write_text(
        JobFile(seed=seed, threads=THREADS, job=job).model_dump_json(), encoding="utf-8"
    )
    execute(directory)
    result = json.loads((directory / "result.json").read_text(encoding="utf-8"))
    if result["status"] != "done":
        raise RuntimeError(result["failure"]["message"])
    report: dict[str, Any] = result["report"]
    return report


def sample(
    directory: Path, policy: str, prompts: list[PromptRow], seed: int, reward_model: str | None
) -> list[CompletionRow]:
    job = SamplingJob(config=SamplingConfig(), policy=policy, reward_model=reward_model)
    run_job(directory, job, seed, prompts=prompts)
    lines = (directory / "completions.jsonl").read_text(encoding="utf-8").splitlines()
    return [CompletionRow.model_validate_json(line) for line in lines]


# ---------------------------------------------------------------------------------------------------- people


def gold_of(taste: Taste, prompt: PromptRow, text: str) -> float:
    return gold_reward(taste, [message.model_dump() for message in prompt.messages], text)


def label(
    rows: list[CompletionRow], taste: Taste, preset: str, *, labels: int, first_id: int, rng: Generator
) -> list[ComparisonRow]:
    """Verdicts of simulated annotators on the pairs that the queue would ask for next."""
    candidates = [Candidate(row.prompt_id, i, row.reward, row.reward_sd) for i, row in enumerate(rows)]
    pairs = select_pairs(candidates, pairs=labels, uniform_share=UNIFORM_SHARE, rng=rng)
    annotators, verdicts = PRESETS[preset], []
    for number, pair in enumerate(pairs):
        prompt, a, b = TRAIN[pair.prompt_id], rows[pair.a].text, rows[pair.b].text
        who = int(rng.integers(len(annotators)))
        verdict = annotators[who].judge(
            rng, gold_a=gold_of(taste, prompt, a), gold_b=gold_of(taste, prompt, b), a_is_left=bool(rng.random() < 0.5)
        )
        verdicts.append(
            ComparisonRow(
                id=first_id + number,
                prompt=prompt.messages,
                completion_a=a,
                completion_b=b,
                verdict=verdict.choice,
                strength=verdict.strength,
                annotator=who,
            )
        )
    return verdicts


# --------------------------------------------------------------------------------------------------- figures


@dataclass(frozen=True)
class Figures:
    """A policy on the panel prompts."""

    gold: float
    gold_error: float  # standard error over prompts
    clean_share: float
    words: float
    texts: list[str] = field(repr=False)


def measure(directory: Path, policy: str, taste: Taste, seed: int) -> Figures:
    rows = sample(directory, policy, PANEL, seed, None)
    gold = np.array([gold_of(taste, PANEL[row.prompt_id], row.text) for row in rows]).reshape(len(PANEL), -1).mean(1)
    return Figures(
        gold=float(gold.mean()),
        gold_error=float(gold.std(ddof=1) / len(gold) ** 0.5),
        clean_share=float(np.mean([is_clean(row.text) for row in rows])),
        words=float(np.mean([len(row.text.split()) for row in rows])),
        texts=[row.text for row in rows],
    )


@dataclass(frozen=True)
class GoldScores:
    """What a reward model returns, with the gold reward in it."""

    mean: torch.Tensor
    sd: torch.Tensor


class GoldRewardModel:
    """The gold reward where RLOO expects a reward model: shows what the tuning attains with perfect rewards."""

    def __init__(self, taste: Taste) -> None:
        self._taste = taste

    def score(self, judged: Sequence[tuple[Sequence[Message], str]], *, tags: Sequence[Collection[str]]) -> GoldScores:
        values = [gold_reward(self._taste, [m.model_dump() for m in messages], text) for messages, text in judged]
        return GoldScores(torch.tensor(values), torch.zeros(len(values)))


# ------------------------------------------------------------------------------------------------------ loop


@dataclass(frozen=True)
class Settings:
    taste: Taste
    preset: str
    seed: int
    rounds: int
    labels: int
    reward: RewardModelConfig
    policy: PolicyConfig
    fresh: bool  # start each round from the starter instead of from the last policy


def play(root: Path, s: Settings) -> dict[str, Any]:
    """All rounds of one taste and seed."""
    rng = np.random.default_rng(s.seed)
    policy, reward_model = POLICY, None
    verdicts: list[ComparisonRow] = []
    before = measure(root / "base", policy, s.taste, s.seed)
    rounds = []
    for number in range(1, s.rounds + 1):
        here, seed = root / str(number), 1000 * s.seed + number
        rows = sample(here / "sampling", policy, TRAIN, seed, reward_model)
        verdicts += label(rows, s.taste, s.preset, labels=s.labels, first_id=len(verdicts), rng=rng)
        started = time.monotonic()
        judged = run_job(here / "reward", RewardModelJob(config=s.reward, backbone=JUDGE), seed, comparisons=verdicts)
        reward_model = str(here / "reward" / "model")
        tuning = PolicyJob(
            config=s.policy, policy=POLICY if s.fresh else policy, reference=POLICY, reward_model=reward_model
        )
        tuned = run_job(here / "policy", tuning, seed, prompts=TRAIN, comparisons=verdicts)
        policy = str(here / "policy" / "model")
        seconds = time.monotonic() - started
        after = measure(here / "panel", policy, s.taste, s.seed)
        rounds.append(
            row_of(after, seconds=seconds, kl=tuned["kl"], labels=len(verdicts), accuracy=judged["accuracy"]["value"])
        )
        print(json.dumps({"round": number, **rounds[-1]}), "|", after.texts[0].replace("\n", " / "), flush=True)
    return {"taste": s.taste.name, "seed": s.seed, "before": row_of(before), "rounds": rounds}


def attain(root: Path, s: Settings) -> dict[str, Any]:
    """As many rounds of the same tuning on the gold reward itself."""
    policy, loaded = POLICY, preference_tuning.load_reward_model
    preference_tuning.load_reward_model = lambda *_, **__: GoldRewardModel(s.taste)  # type: ignore[assignment]
    try:
        for number in range(1, (1 if s.fresh else s.rounds) + 1):
            job = PolicyJob(config=s.policy, policy=policy, reference=POLICY, reward_model="gold")
            report = run_job(root / f"gold-{number}", job, 1000 * s.seed + number, prompts=TRAIN)
            policy = str(root / f"gold-{number}" / "model")
    finally:
        preference_tuning.load_reward_model = loaded
    return row_of(measure(root / "gold-panel", policy, s.taste, s.seed), kl=report["kl"])


def row_of(figures: Figures, **more: float) -> dict[str, float]:
    own = {"gold": figures.gold, "gold_error": figures.gold_error, "clean": figures.clean_share, "words": figures.words}
    return {name: round(value, 3) for name, value in {**own, **more}.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tastes", nargs="+", choices=TASTES, default=list(TASTES)[:3])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--labels", type=int, default=100, help="new labels in each round")
    parser.add_argument("--preset", choices=PRESETS, default="bt")
    parser.add_argument("--reward", type=json.loads, default={}, help="settings of RewardModelConfig as JSON")
    parser.add_argument("--policy", type=json.loads, default={}, help="settings of PolicyConfig as JSON")
    parser.add_argument("--fresh", action="store_true", help="start each round from the starter")
    parser.add_argument("--attainable", action="store_true", help="also tune on the gold reward itself")
    arguments = parser.parse_args()
    for name in arguments.tastes:
        for seed in arguments.seeds:
            settings = Settings(
                taste=TASTES[name],
                preset=arguments.preset,
                seed=seed,
                rounds=arguments.rounds,
                labels=arguments.labels,
                reward=RewardModelConfig(**arguments.reward),
                policy=PolicyConfig(**arguments.policy),
                fresh=arguments.fresh,
            )
            with tempfile.TemporaryDirectory(prefix="loop-offline-") as directory:
                line = play(Path(directory), settings)
                if arguments.attainable:
                    line["attainable"] = attain(Path(directory), settings)
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
