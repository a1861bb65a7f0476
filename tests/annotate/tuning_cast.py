"""Projects in a round whose policy is being tuned by the fake engine, and people who judge its checkpoints."""

from collections.abc import Sequence
from typing import Any

from annotate.models import Comparison, PolicyCheckpoint, Project, Round, RoundTrigger, Run, User
from annotate.services.round_starts import round_start
from tests.annotate.rounds_cast import label, project_prepare, script, work


def tuned(
    project: Project,
    ada: User,
    *,
    fire: dict[int, list[str]] | None = None,
    looks: Sequence[int] = (0, 5, 10),
    **monitor: Any,
) -> Run:
    """The policy run of a new round, worked on until it ends or pauses; the fake engine looks at the steps `looks`."""
    project_prepare(project=project, monitor=monitor)
    script(looks=list(looks), fire=fire or {})
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    work()
    return Run.objects.get(round=round_, kind="policy", repeats=None)


def checkpoint_of(run: Run, step: int) -> PolicyCheckpoint:
    return PolicyCheckpoint.objects.get(run=run, step=step)


def pairs_of(checkpoint: PolicyCheckpoint) -> list[Comparison]:
    """The check pairs of a checkpoint, by prompt."""
    found = Comparison.objects.filter(strategy="check").order_by("prompt")
    return [c for c in found if checkpoint.pk in (c.completion_a.checkpoint_id, c.completion_b.checkpoint_id)]


def judge(pair: Comparison, *, tuned_wins: bool | None) -> None:
    """A verdict for the checkpoint's sample, for step 0's, or a tie."""
    assert pair.completion_a.checkpoint is not None
    side = "b" if pair.completion_a.checkpoint.step == 0 else "a"
    other = "a" if side == "b" else "b"
    label(comparison=pair, winner=None if tuned_wins is None else side if tuned_wins else other)


def round_of(run: Run) -> Round:
    assert run.round is not None
    return run.round
