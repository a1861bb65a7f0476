"""Pairs that nobody judged, labeled by the reward model itself: between reading the inputs and fitting.

Whatever is trained afterwards, the linear head on frozen features labels: it takes seconds a loop, and its own held-out
verdicts gate it. `stats/self_labeling.py` has the method and its source.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import torch

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import to_lines
from rlhf_backend.durable import write_text
from rlhf_backend.recipes.reward_head import linear_verdicts, prior_precision, prompt_folds, unit_length
from rlhf_backend.recipes.reward_material import Material, encode_preferences
from rlhf_backend.reward_sections import SelfLabelLoop, SelfLabels
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.stats.self_label_lanes import Admitted, Limits, Pool, trained_on
from rlhf_backend.stats.self_labeling import Loop, self_label
from rlhf_backend.types import ComparisonRow, SelfLabelRow, UnlabeledPairRow

SELF_LABELS = "self_labels.jsonl"
_PHASE = "self-labels"


def self_labeled_material(
    run: Run, material: Material, unlabeled: Sequence[UnlabeledPairRow], config: RewardModelConfig
) -> tuple[Material, SelfLabels | None]:
    """The material with the self-labels that passed the gate, and the report's section; writes `self_labels.jsonl`.

    Raises: RunCancelled, RunInterrupted: nothing was trained yet. OSError: no disk.
    """
    if config.self_label_share == 0:
        return material, None
    pairs, dialogues = _readable(unlabeled, material, config)
    run.events.log(f"{len(pairs)} of {len(unlabeled)} comparisons that nobody judged can be labeled")
    if not pairs:
        write_text(run.directory / SELF_LABELS, "")
        return material, SelfLabels(loops=[], audited=0, stopped="no comparison waits for its first verdict")
    features = material.reader.read(dialogues, on_progress=lambda done: _on_read(run, done, len(dialogues)))
    pool = _pool(material, unit_length(features), config, seed=run.seed)
    limits = Limits(config.self_label_share, config.self_label_loops)
    outcome = self_label(pool, limits, seed=run.seed, on_loop=lambda loop: _tell(run, loop, config.self_label_loops))
    run.events.log(f"self-labels: {outcome.stopped}")
    rows = _rows(pairs, outcome.admitted, config, seed=run.seed)
    write_text(run.directory / SELF_LABELS, to_lines(rows))
    section = SelfLabels(
        loops=[_section(loop) for loop in outcome.loops],
        audited=sum(row.audit for row in rows),
        stopped=outcome.stopped,
    )
    return _with_labels(material, pairs, dialogues, features, outcome.admitted), section


def _readable(
    unlabeled: Sequence[UnlabeledPairRow], material: Material, config: RewardModelConfig
) -> tuple[list[ComparisonRow], list[Dialogue]]:
    """Pairs that could be learned from, with their dialogues (2m); those that people judged are not among them.

    As rows they have ids below 0, which no preference has, and a verdict that stands for none.
    """
    judged = {_texts(row) for row in material.preferences.rows}
    rows = [
        ComparisonRow(
            id=-pair.id,
            prompt=pair.prompt,
            completion_a=pair.completion_a,
            completion_b=pair.completion_b,
            verdict="a",
        )
        for pair in unlabeled
    ]
    fresh = [row for row in rows if _texts(row) not in judged]
    preferences, dialogues, _ = encode_preferences(fresh, material.reader, config)
    return preferences.rows, dialogues


def _texts(row: ComparisonRow) -> tuple[str, frozenset[str]]:
    prompt = "\x1e".join(f"{message.role}\x1f{message.content}" for message in row.prompt)
    return prompt, frozenset((row.completion_a, row.completion_b))


def _pool(material: Material, unjudged: Array, config: RewardModelConfig, *, seed: int) -> Pool:
    """Verdicts and pairs as the loops see them; the mean of all their completions is the reference. (2m, F)"""
    preferences = material.preferences
    verdicts = linear_verdicts(material.features, preferences, config)
    folds = prompt_folds(preferences, config.folds, seed)
    return Pool(
        human=verdicts,
        said=preferences.said,
        counts=preferences.given_weights,
        folds=folds,
        clusters=preferences.groups,
        reference=np.concatenate([unit_length(material.features), unjudged]).mean(0),
        a=unjudged[0::2],
        b=unjudged[1::2],
        precision=prior_precision(verdicts, preferences, config),
    )


def _rows(
    pairs: Sequence[ComparisonRow], admitted: Admitted, config: RewardModelConfig, *, seed: int
) -> list[SelfLabelRow]:
    """What was admitted; the audited ones are drawn by the run's seed."""
    count = ceil(config.self_label_audit_share * len(admitted))
    audited = set(np.random.default_rng(seed).permutation(len(admitted))[:count].tolist())
    columns = zip(admitted.rows.tolist(), admitted.loops.tolist(), admitted.shares.tolist(), strict=True)
    return [
        SelfLabelRow(comparison_id=-pairs[row].id, loop=loop, share_a=share, audit=i in audited)
        for i, (row, loop, share) in enumerate(columns)
    ]


def _with_labels(
    material: Material,
    pairs: list[ComparisonRow],
    dialogues: list[Dialogue],
    features: torch.Tensor,
    admitted: Admitted,
) -> Material:
    """The material with admitted pairs behind the verdicts of people, and what each fold may know of their labels."""
    targets, places = trained_on(admitted.shares), [2 * row + side for row in admitted.rows for side in (0, 1)]
    rows = [
        pairs[row].model_copy(update={"verdict": "a" if target == 1 else "b"})
        for row, target in zip(admitted.rows, targets, strict=True)
    ]
    said = np.broadcast_to(material.preferences.targets, (len(admitted.unseen), len(material.preferences)))
    return replace(
        material,
        preferences=material.preferences.with_labeled(rows, targets),
        dialogues=[*material.dialogues, *(dialogues[place] for place in places)],
        features=torch.cat([material.features, features[places]]),
        targets_unseen=np.concatenate([said, trained_on(admitted.unseen)], axis=1),
    )


def _section(loop: Loop) -> SelfLabelLoop:
    return SelfLabelLoop(
        loop=loop.number,
        status=loop.status,
        admitted=loop.admitted,
        remaining=loop.remaining,
        accuracy=loop.accuracy,
        change=loop.change,
        kept=loop.kept,
    )


def _tell(run: Run, loop: Loop, of: int) -> None:
    run.stop.raise_if_made(done=f"after {loop.number} loops of self-labels; nothing was trained yet")
    run.events.progress(_PHASE, loop.number, of)
    change = "" if loop.change is None else f", change {_points(loop.change.low)} to {_points(loop.change.high)} points"
    run.events.log(
        f"self-labels, loop {loop.number} ({loop.status}): {loop.admitted} admitted, {loop.remaining} left, held-out "
        f"accuracy {loop.accuracy.value:.1%}{change}: {'kept' if loop.kept else 'rolled back'}"
    )


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _on_read(run: Run, done: int, of: int) -> None:
    run.events.progress("features of self-labels", done, of)
    run.stop.raise_if_made(done=f"after {done} completions were read for self-labels; nothing was trained yet")
