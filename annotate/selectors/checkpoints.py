"""Checkpoints of tuning runs: what the monitor saw, what people say of their samples, several side by side."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db.models import Count, F, Q, QuerySet
from pydantic import Field

from annotate.errors import invalid
from annotate.models import (
    Comparison,
    ComparisonKind,
    PolicyCheckpoint,
    Preference,
    PreferenceKind,
    Project,
    Prompt,
)
from annotate.selectors.model_sources import model_directory
from annotate.selectors.rounds import RoundRef, VersionRef, version_ref
from annotate.types import ReadModel
from rlhf_backend.config import PolicyMethod
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import CheckpointFigures, FiredRule, Interval, Message

COMPARED_MOST = 8
"""More columns than this fit on no screen."""
PROMPTS_MOST = 100
_HALF = frozenset({PreferenceKind.TIE, PreferenceKind.BOTH_BAD, PreferenceKind.BOTH_GOOD})


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


class ComparedCheckpoint(CheckpointOut):
    """A checkpoint beside others, with the run that it belongs to."""

    run_id: int
    round: RoundRef | None
    method: PolicyMethod
    seed: int


class CheckpointSample(ReadModel):
    checkpoint_id: int
    texts: list[str] = Field(description="The completions of the prompt that the monitor saw.")
    reward: float | None = Field(description="Their mean reward.")


class PromptSamples(ReadModel):
    """What each checkpoint answers to the same prompt, in the order asked for."""

    prompt_id: int
    messages: list[Message]
    samples: list[CheckpointSample]


class CheckpointComparisonOut(ReadModel):
    """`prompts` holds those that all of the checkpoints answered, at most 100."""

    checkpoints: list[ComparedCheckpoint]
    prompts: list[PromptSamples]


def checkpoints_read(*, run_id: int) -> CheckpointsOut:
    """The checkpoints of a run. Three SQL statements."""
    rows = list(
        PolicyCheckpoint.objects.defer("samples").filter(run=run_id).select_related("model_version").order_by("step")
    )
    return CheckpointsOut(checkpoints=[CheckpointOut(**fields) for fields in _fields(rows)], people=None)


def checkpoint_read(*, checkpoint: PolicyCheckpoint) -> CheckpointOut:
    """One checkpoint as its run's list shows it."""
    shown = checkpoints_read(run_id=checkpoint.run_id).checkpoints
    return next(each for each in shown if each.id == checkpoint.pk)


def checkpoints_compare(*, project: Project, ids: Sequence[int]) -> CheckpointComparisonOut:
    """Checkpoints of any runs of the project beside each other, in the order of `ids`.

    Raises: AnnotateError 400: none or too many are named, or one is not of this project.
    """
    wanted = list(dict.fromkeys(ids))
    if not 1 <= len(wanted) <= COMPARED_MOST:
        raise invalid("checkpoints", f"{len(wanted)} are named; name between 1 and {COMPARED_MOST} of the project")
    found = PolicyCheckpoint.objects.filter(run__project=project, pk__in=wanted)
    by_id = {row.pk: row for row in found.select_related("run__round", "model_version")}
    if missing := [pk for pk in wanted if pk not in by_id]:
        raise invalid("checkpoints", f"no checkpoint {missing[0]} in this project")
    rows = [by_id[pk] for pk in wanted]
    return CheckpointComparisonOut(
        checkpoints=[_compared(row, fields) for row, fields in zip(rows, _fields(rows), strict=True)],
        prompts=_prompt_samples(rows),
    )


def checkpoint_directory(*, checkpoint: PolicyCheckpoint) -> Path | None:
    """Where its weights are; None when they are not kept, and of step 0, which is the policy that tuning began with."""
    if checkpoint.step == 0:
        return None
    return model_directory(source=f"runs/{checkpoint.run_id}/policies/step-{checkpoint.step:08d}")


def checkpoint_comparisons(*, checkpoint_ids: Sequence[int]) -> QuerySet[Comparison]:
    """Pairs of these checkpoints' samples against step 0's, each with the checkpoint as `checkpoint_id`."""
    panel = Comparison.objects.filter(kind=ComparisonKind.PANEL)
    of_a = Q(completion_a__checkpoint__in=checkpoint_ids, completion_a__checkpoint__step__gt=0)
    of_b = Q(completion_b__checkpoint__in=checkpoint_ids, completion_b__checkpoint__step__gt=0)
    return panel.filter(of_a | of_b)


def checkpoint_win_rates(*, checkpoint_ids: Sequence[int]) -> dict[int, Interval]:
    """Checkpoint → share of live verdicts for it against step 0, undecided ones half; none for those nobody judged."""
    live = Preference.objects.filter(
        comparison__in=checkpoint_comparisons(checkpoint_ids=checkpoint_ids), superseded_at=None
    ).exclude(kind=PreferenceKind.CANNOT_JUDGE)
    wins: dict[int, list[float]] = defaultdict(list)
    fields = ("kind", "winner", "comparison__completion_a__checkpoint", "comparison__completion_b__checkpoint")
    wanted = set(checkpoint_ids)
    for kind, winner, of_a, of_b, step_a in live.values_list(*fields, "comparison__completion_a__checkpoint__step"):
        tuned, side = (of_b, "b") if step_a == 0 else (of_a, "a")
        if tuned in wanted:
            wins[tuned].append(0.5 if kind in _HALF else float(winner == side))
    return {pk: wilson_interval(sum(each), len(each)) for pk, each in wins.items()}


def checkpoint_metrics(*, checkpoint: PolicyCheckpoint) -> dict[str, float]:
    """Its figures by the names that evaluations give them; the win rate is people's, where there is one."""
    figures = CheckpointFigures.model_validate(checkpoint.figures)
    metrics = {
        "reward": figures.reward.value,
        "kl": figures.kl.value,
        "tokens": figures.tokens.value,
        "ended_share": figures.ended_share,
    }
    rate = checkpoint_win_rates(checkpoint_ids=[checkpoint.pk]).get(checkpoint.pk)
    if rate is not None:
        metrics |= {
            "people_win_rate": rate.value,
            "people_win_rate_low": rate.low,
            "people_win_rate_high": rate.high,
            "people_win_rate_n": float(rate.n),
        }
    return metrics


def _fields(rows: Sequence[PolicyCheckpoint]) -> list[dict[str, object]]:
    """What `CheckpointOut` shows of each; ranks are among the judged ones of the same run."""
    runs = {row.run_id for row in rows}
    siblings = dict(PolicyCheckpoint.objects.filter(run__in=runs, checked_at__isnull=False).values_list("pk", "run"))
    rates = checkpoint_win_rates(checkpoint_ids=list(siblings))
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


def _compared(row: PolicyCheckpoint, fields: dict[str, object]) -> ComparedCheckpoint:
    run = row.run
    return ComparedCheckpoint.model_validate(
        {
            **fields,
            "run_id": run.pk,
            "round": RoundRef(id=run.round.pk, number=run.round.number) if run.round else None,
            "method": run.job["config"]["method"],
            "seed": run.seed,
        }
    )


def _prompt_samples(rows: Sequence[PolicyCheckpoint]) -> list[PromptSamples]:
    answers = [_by_prompt(row) for row in rows]
    shared = set.intersection(*(set(each) for each in answers))
    prompts = Prompt.objects.in_bulk(sorted(shared)[:PROMPTS_MOST])
    return [
        PromptSamples(
            prompt_id=pk,
            messages=[Message.model_validate(message) for message in prompt.messages],
            samples=[_sample(row.pk, answer[pk]) for row, answer in zip(rows, answers, strict=True)],
        )
        for pk, prompt in sorted(prompts.items())
    ]


def _by_prompt(row: PolicyCheckpoint) -> dict[int, list[dict[str, object]]]:
    found: dict[int, list[dict[str, object]]] = defaultdict(list)
    for sample in row.samples:
        found[sample["prompt_id"]].append(sample)
    return found


def _sample(checkpoint_id: int, rows: list[dict[str, object]]) -> CheckpointSample:
    rewards = [float(str(row["reward"])) for row in rows if row.get("reward") is not None]
    return CheckpointSample(
        checkpoint_id=checkpoint_id,
        texts=[str(row["text"]) for row in rows],
        reward=sum(rewards) / len(rewards) if rewards else None,
    )
