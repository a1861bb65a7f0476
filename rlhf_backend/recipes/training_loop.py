"""The loop of optimiser steps that recipes share: schedule, guard, metrics, checkpoints, stop."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rlhf_backend.checkpoint import capture, restore
from rlhf_backend.errors import ConfigError
from rlhf_backend.run import Run
from rlhf_backend.stop import RunPaused
from rlhf_backend.types import FiredRule

Metrics = dict[str, float]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a phase trains, and how often its state is kept."""

    phase: str
    steps: int
    learning_rate: float
    warmup_share: float
    max_grad_norm: float
    checkpoint_every: int

    def rate(self, step: int) -> float:
        """Learning rate of a step (from 0): a linear rise over the warm-up, then a linear fall towards 0."""
        warmup = math.ceil(self.warmup_share * self.steps)
        if step < warmup:
            return self.learning_rate * (step + 1) / (warmup + 1)
        return self.learning_rate * (self.steps - step) / (self.steps - warmup)


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
    run: Run,
    network: torch.nn.Module,
    schedule: Schedule,
    gradient_step: Callable[[int], Metrics],
    *,
    beside: Mapping[str, Tensor] | None = None,
    watch: Callable[[int], Sequence[FiredRule]] | None = None,
) -> TrainingLog:
    """Run all steps that are left. `gradient_step(step)` leaves gradients on the network and returns what it measured.

    Args:
        beside: tensors that steps change in place beside the network; checkpoints keep them as well.
        watch: told the number of finished steps after each; rules that it returns pause the run.
    Raises: RunCancelled, RunInterrupted, RunPaused: after a checkpoint. ConfigError: a loss is not finite.
    """
    trained = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=schedule.learning_rate, weight_decay=0.0, fused=True)
    log: list[Metrics] = []
    first = 0
    state = run.checkpoints.load_latest()
    if state is not None:
        restore(state, network, optimizer, beside)
        first, log = state.step, list(state.numbers["log"])
        run.events.log(f"goes on after step {first} of {schedule.steps}")
    for step in range(first, schedule.steps):
        if run.stop.is_made:
            run.checkpoints.save(capture(step, network, optimizer, {"log": log}, beside))
            run.stop.raise_if_made(done=f"after step {step} of {schedule.steps}; the checkpoint is kept")
        run.events.progress(schedule.phase, step, schedule.steps)
        rate = schedule.rate(step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        metrics = gradient_step(step)
        norm = float(torch.nn.utils.clip_grad_norm_(trained, schedule.max_grad_norm))
        _refuse_non_finite(metrics["train/loss"], norm, step=step + 1, rate=rate)
        optimizer.step()
        log.append(metrics | {"train/grad_norm": norm, "train/lr": rate})
        run.events.metrics(step + 1, log[-1])
        fired = list(watch(step + 1)) if watch is not None else []
        if fired or ((step + 1) % schedule.checkpoint_every == 0 and step + 1 < schedule.steps):
            run.checkpoints.save(capture(step + 1, network, optimizer, {"log": log}, beside))
        if fired:
            raise RunPaused(fired, done=f"after step {step + 1} of {schedule.steps}")
    run.events.progress(schedule.phase, schedule.steps, schedule.steps)
    return TrainingLog(log)


def _refuse_non_finite(loss: float, norm: float, *, step: int, rate: float) -> None:
    if not math.isfinite(loss) or not math.isfinite(norm):
        raise ConfigError(
            f"training broke down at step {step}: loss {loss}, gradient norm {norm}, learning rate {rate:.2g}. "
            "Lower the learning rate (a third of it is a good next try), or raise the KL coefficient of a policy"
        )
