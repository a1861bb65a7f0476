"""Checkpoints of tuning runs as rows, and pairs by which people check them against the policy before tuning."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import (
    Comparison,
    ComparisonKind,
    Completion,
    CompletionSource,
    PolicyCheckpoint,
    Prompt,
    Run,
    User,
    WithdrawnFor,
)
from annotate.selectors.checkpoints import checkpoint_comparisons
from annotate.services.audit import audit_record
from annotate.services.pair_standing import CHECK_PRIORITY, pairs_restore, pairs_withdraw
from annotate.services.qualifications import qualifications_apply
from annotate.services.queueing import comparisons_insert
from rlhf_backend.config import PolicyJob
from rlhf_backend.policy_config import MonitorConfig
from rlhf_backend.stats.candidates import heads_to_bytes

_ON_DEMAND = MonitorConfig().check_pairs
"""How many pairs an admin gets who asks for a check in a project that queues none by itself."""


@dataclass(frozen=True)
class Look:
    """What the monitor saw at one step: `CheckpointFigures` and `CompletionRow`s as JSON."""

    figures: dict[str, Any]
    samples: list[dict[str, Any]]


def checkpoints_store(*, run: Run, looks: Iterable[Look]) -> None:
    """Keep what the monitor saw; a step that is known stays as it is, so events may be read twice."""
    rows = [
        PolicyCheckpoint(run=run, step=look.figures["step"], figures=look.figures, samples=look.samples)
        for look in looks
    ]
    PolicyCheckpoint.objects.bulk_create(rows, ignore_conflicts=True)


def checkpoint_check_paused(*, run: Run) -> None:
    """Queue the newest checkpoint of a run that a rule has just paused for people; without pairs to ask, nothing."""
    newest = PolicyCheckpoint.objects.filter(run=run, step__gt=0).order_by("step").last()
    wanted = _job(run).monitor.check_pairs
    if newest is not None and wanted:
        _queue(newest, actor=None, wanted=wanted)


@transaction.atomic
def checkpoint_check(*, checkpoint: PolicyCheckpoint, actor: User) -> None:
    """Queue pairs of the checkpoint's samples against those of step 0 for people, or bring withdrawn ones back.

    Raises: AnnotateError checkpoint/nothing-to-check: step 0, or no prompt with two different texts.
    """
    if checkpoint.step == 0:
        raise _nothing("It is the policy before tuning, which the others are compared with.")
    _queue(checkpoint, actor=actor, wanted=_job(checkpoint.run).monitor.check_pairs or _ON_DEMAND)
    if not checkpoint_comparisons(checkpoint_ids=[checkpoint.pk]).exists():
        raise _nothing("Its samples read as those of step 0 on every panel prompt, or no samples were kept.")


def checks_withdraw(*, run: Run) -> None:
    """Take a cancelled run's pairs that nobody has judged out of the queue; verdicts given stay."""
    ids = PolicyCheckpoint.objects.filter(run=run, checked_at__isnull=False).values_list("pk", flat=True)
    pairs_withdraw(comparisons=checkpoint_comparisons(checkpoint_ids=list(ids)), reason=WithdrawnFor.ADMIN)


def _queue(checkpoint: PolicyCheckpoint, *, actor: User | None, wanted: int) -> None:
    """Holds the run: checks of its checkpoints share the completions of step 0, and a pause or cancel queues or
    withdraws as well.
    """
    Run.objects.select_for_update().get(pk=checkpoint.run_id)
    held = PolicyCheckpoint.objects.select_related("run__project").get(pk=checkpoint.pk)
    mine = checkpoint_comparisons(checkpoint_ids=[held.pk])
    restored = pairs_restore(comparisons=mine, reason=WithdrawnFor.ADMIN)
    queued = 0
    if held.checked_at is None:
        rng = np.random.default_rng([held.run.pk, held.step])
        comparisons = _comparisons(held, wanted, rng)
        comparisons_insert(comparisons, rng)
        qualifications_apply(project=held.run.project, prompts={c.prompt_id for c in comparisons})
        queued = len(comparisons)
        if comparisons:
            held.checked_at = timezone.now()
            held.save(update_fields=["checked_at"])
    if queued or restored:
        audit_record(
            actor=actor,
            action="checkpoint.check",
            project=held.run.project,
            target=str(held),
            queued=queued,
            restored=restored,
        )


def _comparisons(checkpoint: PolicyCheckpoint, wanted: int, rng: np.random.Generator) -> list[Comparison]:
    """Checkpoint against step 0 on panel prompts drawn by chance, in random order; never on equal texts."""
    run = checkpoint.run
    before = PolicyCheckpoint.objects.filter(run=run, step=0).first()
    if before is None:
        return []
    old, new = _first_samples(before), _first_samples(checkpoint)
    known = set(Prompt.objects.filter(project=run.project, pk__in=list(new)).values_list("pk", flat=True))
    usable = [pk for pk in sorted(known & set(old)) if old[pk]["text"].strip() != new[pk]["text"].strip()]
    chosen = [usable[i] for i in rng.permutation(len(usable))[:wanted]]
    written = {c.prompt_id: c for c in Completion.objects.filter(checkpoint=before)}
    sides = [(written.get(pk) or _completion(before, old[pk]), _completion(checkpoint, new[pk])) for pk in chosen]
    Completion.objects.bulk_create([c for pair in sides for c in pair if c.pk is None])
    overlap = run.project.typed_settings().queue.overlap
    comparisons = []
    for first, second in sides:
        a, b = (first, second) if rng.random() < 0.5 else (second, first)
        comparisons.append(
            Comparison(
                project=run.project,
                prompt_id=first.prompt_id,
                completion_a=a,
                completion_b=b,
                kind=ComparisonKind.PANEL,
                strategy="check",
                propensity=len(chosen) / len(usable),
                priority=CHECK_PRIORITY,
                wanted=overlap,
            )
        )
    return comparisons


def _first_samples(checkpoint: PolicyCheckpoint) -> dict[int, dict[str, Any]]:
    """Prompt → the first completion of it that the monitor saw."""
    found: dict[int, dict[str, Any]] = {}
    for sample in checkpoint.samples:
        found.setdefault(sample["prompt_id"], sample)
    return found


def _completion(checkpoint: PolicyCheckpoint, sample: dict[str, Any]) -> Completion:
    run = checkpoint.run
    return Completion(
        project=run.project,
        prompt_id=sample["prompt_id"],
        source=CompletionSource.POLICY,
        run=run,
        checkpoint=checkpoint,
        text=sample["text"],
        sampling={"step": checkpoint.step, "index": sample["index"], "ended": sample["ended"]},
        seed=sample["seed"],
        logprob=sample["logprob"],
        ref_logprob=sample["ref_logprob"],
        tokens=sample["tokens"],
        reward=sample["reward"],
        reward_sd=sample["reward_sd"],
        reward_ood=sample["reward_ood"],
        head_rewards=heads_to_bytes(sample["head_rewards"]),
    )


def _job(run: Run) -> PolicyJob:
    return PolicyJob.model_validate(run.job)


def _nothing(why: str) -> AnnotateError:
    return AnnotateError(ErrorCode.CHECKPOINT_NOTHING_TO_CHECK, f"There is nothing to check. {why}")
