"""The loop of optimiser steps that policy recipes share: schedule, guard, metrics, checkpoints, stop, saving."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from rlhf_backend.checkpoint import capture, restore
from rlhf_backend.config import PolicyConfig, PolicyJob
from rlhf_backend.durable import replaced_directory
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.cards import policy_card
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.run import Run
from rlhf_backend.types import PolicyReport

_PHASE = "policy"

Metrics = dict[str, float]


@dataclass(frozen=True)
class TrainingLog:
    """Metrics of every step of the run, those before a resume included."""

    steps: list[Metrics]

    def mean(self, name: str, *, first: bool = False) -> float:
        """Mean over the last tenth of the steps (or the first), at least one."""
        count = max(1, len(self.steps) // 10)
        values = [step[name] for step in (self.steps[:count] if first else self.steps[-count:])]
        return sum(values) / len(values)


def train_steps(
    run: Run, policy: TunedPolicy, config: PolicyConfig, gradient_step: Callable[[int], Metrics]
) -> TrainingLog:
    """Run all steps that are left. `gradient_step(step)` leaves gradients on the policy and returns what it measured.

    Raises: RunCancelled, RunInterrupted: after a checkpoint. ConfigError: the loss or its gradient is not finite.
    """
    optimizer = torch.optim.AdamW(policy.parameters(), lr=config.learning_rate, weight_decay=0.0, fused=True)
    log: list[Metrics] = []
    state = run.checkpoints.load_latest()
    if state is not None:
        restore(state, policy.network, optimizer)
        log = list(state.numbers["log"])
        run.events.log(f"goes on after step {state.step} of {config.steps}")
    for step in range(state.step if state else 0, config.steps):
        if run.stop.is_made:
            _checkpoint(run, step, policy, optimizer, log)
            run.stop.raise_if_made(done=f"after step {step} of {config.steps}; the checkpoint is kept")
        run.events.progress(_PHASE, step, config.steps)
        rate = config.learning_rate * rate_share(step, steps=config.steps, warmup_share=config.warmup_share)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        metrics = gradient_step(step)
        norm = float(torch.nn.utils.clip_grad_norm_(policy.parameters(), config.max_grad_norm))
        _refuse_non_finite(metrics["train/loss"], norm, step=step + 1, rate=rate)
        optimizer.step()
        log.append(metrics | {"train/grad_norm": norm, "train/lr": rate})
        run.events.metrics(step + 1, log[-1])
        if (step + 1) % config.checkpoint_every == 0 and step + 1 < config.steps:
            _checkpoint(run, step + 1, policy, optimizer, log)
    run.events.progress(_PHASE, config.steps, config.steps)
    return TrainingLog(log)


def rate_share(step: int, *, steps: int, warmup_share: float) -> float:
    """Share of the peak learning rate at a step: a linear rise over the warm-up, then a linear fall towards 0."""
    warmup = math.ceil(warmup_share * steps)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return (steps - step) / (steps - warmup)


def save_policy(run: Run, job: PolicyJob, policy: TunedPolicy, report: PolicyReport) -> None:
    """Write `model/` whole or not at all."""
    with replaced_directory(run.model_directory) as directory:
        policy.save(directory)
        (directory / "README.md").write_text(policy_card(job, report, seed=run.seed), encoding="utf-8")


def _checkpoint(run: Run, step: int, policy: TunedPolicy, optimizer: Any, log: list[Metrics]) -> None:
    run.checkpoints.save(capture(step, policy.network, optimizer, {"log": log}))


def _refuse_non_finite(loss: float, norm: float, *, step: int, rate: float) -> None:
    if not math.isfinite(loss) or not math.isfinite(norm):
        raise ConfigError(
            f"training broke down at step {step}: loss {loss}, gradient norm {norm}, learning rate {rate:.2g}. "
            "Lower the learning rate (a third of it is a good next try) or raise the KL coefficient"
        )
