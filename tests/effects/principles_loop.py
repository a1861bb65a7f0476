"""The starter policy under two lists of principles: one reward model, one set of labels, two tuned policies."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loop_offline import JUDGE, PANEL, POLICY, TRAIN, run_job, sample
from rlhf_backend.config import PolicyJob, Principle, RewardModelConfig, RewardModelJob
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.simulation.style import StyleReading, read_style
from rlhf_backend.types import (
    AspectVerdict,
    ComparisonRow,
    CompletionRow,
    PreferenceDetailsRow,
    PromptRow,
    RewardModelReport,
)

PAIRS, FLIPS, STEPS = 300, 0.1, 12
MEASURES = {"long": lambda style: float(style.words), "warm": lambda style: style.tone}


@dataclass(frozen=True)
class Written:
    """Means over the panel prompts."""

    words: float
    tone: float


def style_of(prompt: PromptRow, text: str) -> StyleReading:
    return read_style([message.model_dump() for message in prompt.messages], text)


def principle(key: str, weight: float) -> Principle:
    return Principle(key=key, name=key, positive=f"Be {key}.", negative=f"Do not be {key}.", weight=weight)


def label(rows: list[CompletionRow], *, seed: int) -> tuple[list[ComparisonRow], list[PreferenceDetailsRow]]:
    """Overall verdicts that reward length and nothing else, and verdicts on two aspects; each is flipped by chance."""
    rng = np.random.default_rng(seed)
    by_prompt: dict[int, list[CompletionRow]] = {}
    for row in rows:
        by_prompt.setdefault(row.prompt_id, []).append(row)
    comparisons: list[ComparisonRow] = []
    details: list[PreferenceDetailsRow] = []
    while len(comparisons) < PAIRS:
        prompt = TRAIN[int(rng.choice(list(by_prompt)))]
        a, b = (by_prompt[prompt.id][i].text for i in rng.choice(len(by_prompt[prompt.id]), 2, replace=False))
        if a == b or not a.strip() or not b.strip():
            continue
        said = {}
        for key, measure in MEASURES.items():
            lead = measure(style_of(prompt, a)) - measure(style_of(prompt, b))
            winner: Any = "tie" if lead == 0 else "a" if (lead > 0) != (rng.random() < FLIPS) else "b"
            said[key] = AspectVerdict(verdict=winner)
        number = len(comparisons)
        verdict = said["long"].verdict
        comparisons.append(
            ComparisonRow(id=number, prompt=prompt.messages, completion_a=a, completion_b=b, verdict=verdict)
        )
        details.append(PreferenceDetailsRow(id=number, aspects=said))
    return comparisons, details


class Loop:
    """Labels and a reward model, made once; policies are tuned from it."""

    def __init__(self, root: Path, *, seed: int) -> None:
        self.root, self.seed = root, seed
        comparisons, details = label(sample(root / "first", POLICY, TRAIN, seed, None), seed=seed)
        job = RewardModelJob(
            config=RewardModelConfig(evaluate=False), backbone=JUDGE, principles=[principle("long", 1)]
        )
        report = run_job(root / "reward", job, seed, comparisons=comparisons, details=details)
        self.report = RewardModelReport.model_validate(report)

    def fingerprint(self) -> str:
        """Of all labels and of the reward model."""
        digest = hashlib.sha256()
        for path in sorted((self.root / "reward" / "inputs").iterdir()):
            digest.update(path.read_bytes())
        digest.update((self.root / "reward" / "model" / "manifest.json").read_bytes())
        return digest.hexdigest()

    def tuned(self, name: str, principles: list[Principle]) -> Written:
        job = PolicyJob(
            config=PolicyConfig(steps=STEPS),
            policy=POLICY,
            reference=POLICY,
            reward_model=str(self.root / "reward" / "model"),
            principles=principles,
        )
        run_job(self.root / name, job, self.seed, prompts=TRAIN)
        return self.written(name, str(self.root / name / "model"))

    def written(self, name: str, policy: str) -> Written:
        rows = sample(self.root / f"{name}-panel", policy, PANEL, self.seed, None)
        styles = [style_of(PANEL[row.prompt_id], row.text) for row in rows]
        return Written(float(np.mean([s.words for s in styles])), float(np.mean([s.tone for s in styles])))
