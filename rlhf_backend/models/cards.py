"""Texts of model cards: what a model is made of, how, and what was measured."""

import json
from pathlib import Path

from rlhf_backend.config import PolicyJob, RewardModelJob
from rlhf_backend.models.card_sections import report_sections, table
from rlhf_backend.types import PolicyReport, RewardModelReport


def reward_model_card(job: RewardModelJob, report: RewardModelReport, *, seed: int) -> str:
    """The card of a reward model: every figure of its report, then its settings."""
    return f"""---
library_name: transformers
tags: [reward-model]
---
# Reward model

Scores a completion by how an annotator of these preferences would like it beside others of the same prompt. Rewards are
in standard deviations over the completions it was trained on; their mean there is 0. Rewards of two different reward
models cannot be compared.

{_reward_model_figures(job, report, seed)}

{report_sections(report)}
Settings:

```json
{json.dumps(job.config.model_dump(), indent=1)}
```
"""


def _reward_model_figures(job: RewardModelJob, report: RewardModelReport, seed: int) -> str:
    excluded = ", ".join(f"{n} {reason}" for reason, n in report.excluded.items()) or "none"
    feedback = ", ".join(f"{n:,} {kind}" for kind, n in report.feedback.items()) or "comparisons only"
    rows = [
        ("backbone", model_name(job.backbone)),
        ("trained", f"{job.config.trainable}, {job.config.heads} heads"),
        ("preferences", f"{report.preferences:,}, {report.ties:,} of them ties; left out: {excluded}"),
        ("feedback", feedback),
        ("held-out accuracy", report.accuracy),
        ("held out", report.method),
        ("two people agree", report.ceiling),
        ("the longer completion wins", report.baseline_longer),
        ("a always wins", report.baseline_always_a),
        ("log-loss, nats", report.log_loss),
        ("calibration error", report.calibration_error),
        ("seed", seed),
    ]
    return table(("figure", "value"), rows)


def policy_card(job: PolicyJob, report: PolicyReport, *, seed: int) -> str:
    """The card of a tuned policy, figures from its report."""
    rewards = (
        ""
        if report.reward_last is None
        else f"| mean reward | {report.reward_first:.3f} → {report.reward_last:.3f} |\n"
    )
    imitates = job.config.method in ("sft", "best_of_n")
    reference = model_name(job.reference)
    held = "" if imitates else f", held near `{reference}`"
    judge = f"`{model_name(job.reward_model)}`" if job.reward_model else "none: the preferences themselves"
    return f"""---
library_name: transformers
tags: [policy, {report.method}]
---
# Policy

Tuned by {report.method.upper().replace("_", " ")} from `{model_name(job.policy)}`{held}.

| figure | value |
|---|---|
| reward model | {judge} |
| steps | {report.steps} |
{rewards}| KL to `{reference}` | {report.kl:.2f} nats per completion |
| seed | {seed} |

Settings:

```json
{json.dumps(job.config.model_dump(), indent=1)}
```
"""


def model_name(source: str) -> str:
    """A hub id as it is; of a directory its last two parts: where it lies on one machine says nothing elsewhere."""
    return "/".join(Path(source).parts[-2:]) if Path(source).is_dir() else source
