"""Texts of model cards: what a model is made of, how, and what was measured."""

import json

from rlhf_backend.config import PolicyJob, RewardModelJob
from rlhf_backend.types import Interval, PolicyReport, RewardModelReport


def reward_model_card(job: RewardModelJob, report: RewardModelReport, *, seed: int) -> str:
    """The card of a reward model, figures from its report."""
    excluded = ", ".join(f"{n} {reason}" for reason, n in report.excluded.items()) or "none"
    return f"""---
library_name: transformers
tags: [reward-model]
---
# Reward model

Scores a completion by how an annotator of these preferences would like it beside others of the same prompt. Rewards are
in standard deviations over the completions it was trained on; their mean there is 0. Rewards of two different reward
models cannot be compared.

| figure | value |
|---|---|
| backbone | `{job.backbone}` |
| trained | {job.config.trainable}, {job.config.heads} heads |
| preferences | {report.preferences}, {report.ties} of them ties; left out: {excluded} |
| held-out accuracy | {_interval(report.accuracy)}, {report.method} |
| the longer completion wins | {_interval(report.baseline_longer)} |
| a always wins | {_interval(report.baseline_always_a)} |
| log-loss | {report.log_loss:.3f} nats |
| calibration error | {report.calibration_error:.3f} |
| seed | {seed} |

Settings:

```json
{json.dumps(job.config.model_dump(), indent=1)}
```
"""


def policy_card(job: PolicyJob, report: PolicyReport, *, seed: int) -> str:
    """The card of a tuned policy, figures from its report."""
    rewards = (
        ""
        if report.reward_last is None
        else f"| mean reward | {report.reward_first:.3f} → {report.reward_last:.3f} |\n"
    )
    return f"""---
library_name: transformers
tags: [policy, {report.method}]
---
# Policy

Tuned by {report.method.upper()} from `{job.policy}`, held near `{job.reference}` by a KL penalty.

| figure | value |
|---|---|
| reward model | `{job.reward_model or "none: the preferences themselves"}` |
| steps | {report.steps} |
{rewards}| KL to the reference | {report.kl:.2f} nats per completion |
| seed | {seed} |

Settings:

```json
{json.dumps(job.config.model_dump(), indent=1)}
```
"""


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f}, n = {interval.n})"
