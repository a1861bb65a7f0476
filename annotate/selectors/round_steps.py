"""The steps of a round as people see them: where each is, and what its run waits for."""

from typing import Literal

from django.utils import timezone
from pydantic import Field

from annotate.models import Round, RoundStatus, RoundTrigger, Run, RunStatus
from annotate.types import ReadModel
from rlhf_backend.tuning_sections import FiredRule

StepName = Literal[
    "snapshot", "reward_model", "reward_gate", "policy", "evaluation", "policy_gate", "sampling", "queueing"
]
StepState = Literal["pending", "active", "done", "failed", "skipped", "cancelled"]
STEPS: tuple[StepName, ...] = (
    "snapshot",
    "reward_model",
    "reward_gate",
    "policy",
    "evaluation",
    "policy_gate",
    "sampling",
    "queueing",
)
"""The order of a round."""
BOOTSTRAP_STEPS: frozenset[StepName] = frozenset({"sampling", "queueing"})


class ProgressOut(ReadModel):
    """Where a run is; `eta_seconds` is for the current phase."""

    phase: str
    step: int
    of: int
    eta_seconds: float | None = None


class StepOut(ReadModel):
    name: StepName
    state: StepState
    run_id: int | None
    progress: ProgressOut | None
    seconds: float | None
    paused_by: list[FiredRule] = Field(description="Why its run is paused and waits for an admin; empty otherwise.")


def step_out(round_: Round, name: StepName, run: Run | None) -> StepOut:
    """A step of a round; `run` is the last attempt at it."""
    progress = None
    if run is not None and run.status in (RunStatus.RUNNING, RunStatus.PAUSED) and run.progress:
        progress = ProgressOut.model_validate(run.progress)
    seconds = None
    if run is not None and run.started_at is not None:
        seconds = round(((run.finished_at or timezone.now()) - run.started_at).total_seconds(), 1)
    return StepOut(
        name=name,
        state=_step_state(round_, name),
        run_id=run.pk if run else None,
        progress=progress,
        seconds=seconds,
        paused_by=paused_by(run) if run is not None else [],
    )


def paused_by(run: Run) -> list[FiredRule]:
    """The rules for which a run is paused; none where it is not."""
    return [FiredRule.model_validate(rule) for rule in run.paused_by] if run.status == RunStatus.PAUSED else []


def _step_state(round_: Round, name: StepName) -> StepState:
    if round_.trigger == RoundTrigger.BOOTSTRAP and name not in BOOTSTRAP_STEPS:
        return "skipped"
    if round_.status == RoundStatus.DONE:
        return "done"
    if round_.status == RoundStatus.WAITING:
        return "done" if STEPS.index(name) <= STEPS.index("policy_gate") else "pending"
    at: dict[str, tuple[str, StepState]] = {
        RoundStatus.BLOCKED: (round_.blocked_at, "failed"),
        RoundStatus.FAILED: (round_.stopped_at, "failed"),
        RoundStatus.CANCELLED: (round_.stopped_at, "cancelled"),
    }
    here, state = at.get(round_.status, (round_.status, "active"))
    position, current = STEPS.index(name), STEPS.index(here)
    if position == current:
        return state
    return "done" if position < current else "pending"
