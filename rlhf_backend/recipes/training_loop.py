"""The loop of optimiser steps that recipes share: schedule, guard, metrics, checkpoints, stop, several processes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from rlhf_backend.checkpoint import capture, restore
from rlhf_backend.distributed import dismiss, first_alone, is_first, is_tied, spread_from_first, sum_gradients
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.shards import clip_gradients, own_part
from rlhf_backend.run import Run
from rlhf_backend.stop import RunPaused
from rlhf_backend.tuning_sections import FiredRule

Metrics = dict[str, float]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a phase trains, and how often its state is kept.

    updates: optimiser steps that make one step. delay: steps in which all but what has a rate of its own rests.
    part_rates: peak learning rates of parts of the network, by a component of their parameters' names; from step 0 on.
    """

    phase: str
    steps: int
    learning_rate: float
    warmup_share: float
    max_grad_norm: float
    checkpoint_every: int
    updates: int = 1
    delay: int = 0
    part_rates: Mapping[str, float] = field(default_factory=dict)

    def rate(self, step: int) -> float:
        """Learning rate of a step (from 0): a linear rise over the warm-up, then a linear fall towards 0."""
        step, steps = step - self.delay, self.steps - self.delay
        if step < 0:
            return 0.0
        warmup = math.ceil(self.warmup_share * steps)
        if step < warmup:
            return self.learning_rate * (step + 1) / (warmup + 1)
        return self.learning_rate * (steps - step) / (steps - warmup)

    def part_rate(self, part: str, step: int) -> float:
        """The same of a part of the network; of all else where `part` is empty."""
        if not part:
            return self.rate(step)
        return replace(self, learning_rate=self.part_rates[part], delay=0).rate(step)

    def groups(self, network: torch.nn.Module) -> list[dict[str, Any]]:
        """The trained parameters, or this process's parts of them, as groups of an optimizer.

        Those without a rate of their own come first.
        """
        parts: dict[str, list[torch.nn.Parameter]] = {"": [], **{part: [] for part in self.part_rates}}
        for name, parameter in network.named_parameters():
            if parameter.requires_grad:
                own = next((part for part in self.part_rates if part in name.split(".")), "")
                parts[own].append(own_part(parameter))
        return [{"params": parameters, "part": part} for part, parameters in parts.items() if parameters]


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
    put_together: Callable[[], None] = lambda: None,
) -> TrainingLog:
    """Run all steps that are left. `gradient_step(step)` leaves gradients on the network and returns what it measured.

    With several updates a step, it is told the number of the update: step × updates, and so on.

    Of several processes each leaves the gradient of its share of an update, and calls a loss what all of them together
    lost; the first alone keeps checkpoints and goes on behind the last step.

    Args:
        beside: tensors that steps change in place beside the network; checkpoints keep them as well.
        watch: told the number of finished steps after each; rules that it returns, the same in all processes, pause
            the run.
        put_together: called by all processes behind the last step, once the optimizer's memory is free.
    Raises: RunPaused: after a checkpoint. RunCancelled, RunInterrupted: after a checkpoint, too, where `watch` did not
    raise it. ConfigError: a loss is not finite.
    """
    groups = schedule.groups(network)
    optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, weight_decay=0.0, fused=True)
    log: list[Metrics] = []
    first = 0
    state = run.checkpoints.load_latest()
    if state is not None:
        restore(state, network, optimizer, beside)
        first, log = state.step, list(state.numbers["log"])
        run.events.log(f"goes on after step {first} of {schedule.steps}")
    del state  # as large as weights and optimizer
    spread_from_first([p for p in network.parameters() if p.requires_grad] + list((beside or {}).values()))

    def keep(done: int) -> None:
        if is_first() or is_tied():
            state = capture(done, network, optimizer, {"log": log}, beside)
        if is_first():
            run.checkpoints.save(state)

    for step in range(first, schedule.steps):
        if first_alone(lambda: run.stop.is_made):
            keep(step)
            dismiss()
            run.stop.raise_if_made(done=f"after step {step} of {schedule.steps}; the checkpoint is kept")
        run.events.progress(schedule.phase, step, schedule.steps)
        rate = schedule.rate(step)
        for group in optimizer.param_groups:
            group["lr"] = schedule.part_rate(group["part"], step)
        metrics: Metrics = {}
        for update in range(step * schedule.updates, (step + 1) * schedule.updates):
            metrics |= gradient_step(update)
            sum_gradients(network)
            # Each part by itself: a critic that is far off must not slow the policy down.
            norms = [clip_gradients(group["params"], schedule.max_grad_norm) for group in groups]
            _refuse_non_finite(metrics["train/loss"], sum(norms), step=step + 1, rate=rate)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        log.append(metrics | {"train/grad_norm": norms[0], "train/lr": rate})
        run.events.metrics(step + 1, log[-1])
        fired = list(watch(step + 1)) if watch is not None else []
        if fired or ((step + 1) % schedule.checkpoint_every == 0 and step + 1 < schedule.steps):
            keep(step + 1)
        if fired:
            dismiss()
            raise RunPaused(fired, done=f"after step {step + 1} of {schedule.steps}")
    optimizer.state.clear()
    put_together()
    dismiss()
    run.events.progress(schedule.phase, schedule.steps, schedule.steps)
    return TrainingLog(log)


def _refuse_non_finite(loss: float, norm: float, *, step: int, rate: float) -> None:
    if not math.isfinite(loss) or not math.isfinite(norm):
        raise ConfigError(
            f"training broke down at step {step}: loss {loss}, gradient norm {norm}, learning rate {rate:.2g}. "
            "Lower the learning rate (a third of it is a good next try), or raise the KL coefficient of a policy"
        )
