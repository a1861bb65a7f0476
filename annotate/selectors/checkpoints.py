"""Checkpoints of tuning runs: what the monitor saw, what people say of their samples."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db.models import Count, F, Q, QuerySet
from pydantic import Field

from annotate.models import (
    Comparison,
    ComparisonKind,
    PolicyCheckpoint,
    PreferenceKind,
    Project,
)
from annotate.selectors.model_sources import model_directory
from annotate.selectors.panel import UNDECIDED
from annotate.selectors.rounds import VersionRef, version_ref
from annotate.selectors.training_exclusions import preferences_in_force
from annotate.types import ReadModel
from rlhf_backend.config import PolicyJob
from rlhf_backend.stats.frontier import Frontier, frontier
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.stats.monitor_rules import people_disagree
from rlhf_backend.tuning_sections import CheckpointFigures, FiredRule
from rlhf_backend.types import Interval

_EVEN = 0.5
"""The win rate of the policy before tuning against itself."""


class CheckpointOut(ReadModel):
    """The policy of a tuning run after `step` optimiser steps. Ranked by people alone, never by the reward model."""

    id: int
    step: int
    figures: CheckpointFigures
    win_rate: Interval | None = Field(
        description="Share of people's verdicts for its samples against those of step 0, undecided ones half."
    )
    verdicts: int = Field(description="People's verdicts that `win_rate` rests on.")
    queued: int = Field(description="Pairs of its samples that were queued for people and not withdrawn.")
    checked_at: datetime | None
    rank: int | None = Field(
        description="By `win_rate` among the checkpoints of the run that people judged; 1 is best."
    )
    has_weights: bool = Field(description="Whether its policy is kept on disk; step 0 needs no copy.")
    model_version: VersionRef | None = Field(description="The policy that was made of it.")


class CheckpointsOut(ReadModel):
    """A run's checkpoints by step."""

    checkpoints: list[CheckpointOut]
    people: FiredRule | None = Field(description="The rule that fires when people stop preferring what tuning gives.")
    frontier: Frontier | None = Field(
        description="People's win rate over √KL, of the checkpoints that people judged, by step; null without any."
    )


def checkpoints_read(*, run_id: int) -> CheckpointsOut:
    """The checkpoints of a run by step. Five SQL statements."""
    found = PolicyCheckpoint.objects.defer("samples").filter(run=run_id)
    rows = list(found.select_related("model_version", "run__project").order_by("step"))
    shown = [CheckpointOut.model_validate(fields) for fields in checkpoint_fields(rows)]
    return CheckpointsOut(checkpoints=shown, people=_people_disagree(shown), frontier=_frontier(shown))


def checkpoint_read(*, checkpoint: PolicyCheckpoint) -> CheckpointOut:
    """One checkpoint as its run's list shows it."""
    shown = checkpoints_read(run_id=checkpoint.run_id).checkpoints
    return next(each for each in shown if each.id == checkpoint.pk)


def people_rule(*, run_id: int) -> FiredRule | None:
    """Whether people like the run's checkpoints less and less while its reward rises. Five SQL statements."""
    return checkpoints_read(run_id=run_id).people


def checkpoint_directory(*, checkpoint: PolicyCheckpoint) -> Path | None:
    """Where its weights are; None when they are not kept, and of step 0, which is the policy that tuning began with."""
    if checkpoint.step == 0:
        return None
    return model_directory(source=f"runs/{checkpoint.run_id}/policies/step-{checkpoint.step:08d}")


def checkpoint_card(*, checkpoint: PolicyCheckpoint) -> str:
    """The card of a policy that is made of it, as Markdown; load it with its run and project."""
    run, figures = checkpoint.run, CheckpointFigures.model_validate(checkpoint.figures)
    job = PolicyJob.model_validate(run.job)
    rate = checkpoint_win_rates(project=checkpoint.run.project, checkpoint_ids=[checkpoint.pk]).get(checkpoint.pk)
    facts = {
        "reward model": f"`{job.reward_model}`" if job.reward_model else "none",
        "steps": f"{checkpoint.step} of {job.config.steps}",
        "mean reward on panel prompts": f"{figures.reward.value:.3f}",
        "KL to the reference": f"{figures.kl.value:.2f} nats per completion",
        "people prefer it to the policy before tuning": (
            f"{rate.value:.0%} ({rate.low:.0%} to {rate.high:.0%}) of {rate.n} verdicts" if rate else "nobody was asked"
        ),
        "rules that fired": ", ".join(rule.rule for rule in figures.fired) or "none",
        "seed": str(run.seed),
    }
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return (
        f"---\nlibrary_name: transformers\ntags: [policy, {job.config.method}]\n---\n\n# Policy\n\n"
        f"A checkpoint of run {run.pk}, tuned by {job.config.method.upper()} from `{job.policy}`.\n\n"
        f"| figure | value |\n|---|---|\n{rows}\n\n"
        f"Settings:\n\n```json\n{job.config.model_dump_json(indent=1)}\n```\n"
    )


def checkpoint_comparisons(*, checkpoint_ids: Sequence[int]) -> QuerySet[Comparison]:
    """Pairs of these checkpoints' samples against those of step 0."""
    panel = Comparison.objects.filter(kind=ComparisonKind.PANEL)
    of_a = Q(completion_a__checkpoint__in=checkpoint_ids, completion_a__checkpoint__step__gt=0)
    of_b = Q(completion_b__checkpoint__in=checkpoint_ids, completion_b__checkpoint__step__gt=0)
    return panel.filter(of_a | of_b)


def checkpoint_win_rates(*, project: Project, checkpoint_ids: Sequence[int]) -> dict[int, Interval]:
    """Checkpoint → share of verdicts in force for it against step 0, undecided ones half; none where there are none.

    Two SQL statements.
    """
    pairs = checkpoint_comparisons(checkpoint_ids=checkpoint_ids)
    given = preferences_in_force(project=project).filter(comparison__in=pairs)
    given = given.exclude(kind=PreferenceKind.CANNOT_JUDGE)
    wins: dict[int, list[float]] = defaultdict(list)
    fields = ("kind", "winner", "comparison__completion_a__checkpoint", "comparison__completion_b__checkpoint")
    wanted = set(checkpoint_ids)
    for kind, winner, of_a, of_b, step_a in given.values_list(*fields, "comparison__completion_a__checkpoint__step"):
        tuned, side = (of_b, "b") if step_a == 0 else (of_a, "a")
        if tuned in wanted:
            wins[tuned].append(0.5 if kind in UNDECIDED else float(winner == side))
    return {pk: wilson_interval(sum(each), len(each)) for pk, each in wins.items()}


def checkpoint_metrics(*, checkpoint: PolicyCheckpoint) -> dict[str, float]:
    """Its figures by the names that evaluations give them; the win rate is people's.

    Load it with its run and project.
    """
    figures = CheckpointFigures.model_validate(checkpoint.figures)
    metrics = {
        "reward": figures.reward.value,
        "kl": figures.kl.value,
        "tokens": figures.tokens.value,
        "ended_share": figures.ended_share,
    }
    rate = checkpoint_win_rates(project=checkpoint.run.project, checkpoint_ids=[checkpoint.pk]).get(checkpoint.pk)
    if rate is not None:
        metrics |= {
            "people_win_rate": rate.value,
            "people_win_rate_low": rate.low,
            "people_win_rate_high": rate.high,
            "people_win_rate_n": float(rate.n),
        }
    return metrics


def _people_disagree(checkpoints: Sequence[CheckpointOut]) -> FiredRule | None:
    return people_disagree([each.figures.reward for each in checkpoints], [each.win_rate for each in checkpoints])


def _frontier(checkpoints: Sequence[CheckpointOut]) -> Frontier | None:
    judged = [(each.figures.kl.value, each.win_rate) for each in checkpoints if each.win_rate is not None]
    distances = [max(kl, 0.0) ** 0.5 for kl, _ in judged]
    return frontier(distances, [rate for _, rate in judged], start=_EVEN)


def checkpoint_fields(rows: Sequence[PolicyCheckpoint]) -> list[dict[str, object]]:
    """What `CheckpointOut` shows of each, all of one project; ranks are among the judged ones of the same run."""
    if not rows:
        return []
    runs = {row.run_id for row in rows}
    siblings = dict(PolicyCheckpoint.objects.filter(run__in=runs, checked_at__isnull=False).values_list("pk", "run"))
    rates = checkpoint_win_rates(project=rows[0].run.project, checkpoint_ids=list(siblings))
    queued = _queued(list(siblings))
    shown = []
    for row in rows:
        rate = rates.get(row.pk)
        better = [
            other for pk, other in rates.items() if siblings[pk] == row.run_id and rate and other.value > rate.value
        ]
        version = getattr(row, "model_version", None)
        shown.append(
            {
                "id": row.pk,
                "step": row.step,
                "figures": row.figures,
                "win_rate": rate,
                "verdicts": rate.n if rate else 0,
                "queued": queued.get(row.pk, 0),
                "checked_at": row.checked_at,
                "rank": len(better) + 1 if rate else None,
                "has_weights": checkpoint_directory(checkpoint=row) is not None,
                "model_version": version_ref(version),
            }
        )
    return shown


def _queued(checkpoint_ids: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    pairs = checkpoint_comparisons(checkpoint_ids=checkpoint_ids).filter(withdrawn_at=None)
    sides = pairs.values_list(F("completion_a__checkpoint"), F("completion_b__checkpoint"))
    for of_a, of_b, n in sides.annotate(n=Count("pk")):
        for pk in {of_a, of_b}.intersection(checkpoint_ids):
            counts[pk] += n
    return counts
