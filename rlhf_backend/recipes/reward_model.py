"""Reward model from preferences: a Bayesian linear head on frozen features, or the backbone trained as well.

Differs from the papers: ties have a likelihood of their own (Rao-Kupper), strength is a margin (Llama 2), and instead
of one head there are K, whose spread is handed on with every reward.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.slices import slice_names
from rlhf_backend.models.reward import RewardModel, normalised_heads
from rlhf_backend.recipes.annotator_weights import weighed_material
from rlhf_backend.recipes.judged import Judged
from rlhf_backend.recipes.labeler_groups import labeler_groups
from rlhf_backend.recipes.principles import learn_principles
from rlhf_backend.recipes.reward_effects import Opinions, ReadBefore, read_before, write_effects
from rlhf_backend.recipes.reward_evaluation import evaluate_reward_model
from rlhf_backend.recipes.reward_files import KeptBeside, save_reward_model
from rlhf_backend.recipes.reward_fit import Fitted
from rlhf_backend.recipes.reward_head import fit_head, head_refit
from rlhf_backend.recipes.reward_material import (
    Material,
    RewardInputs,
    encode_preferences,
    open_reader,
    read_inputs,
    read_material,
    refuse_too_few,
    with_feedback,
)
from rlhf_backend.recipes.reward_report import held_out_report
from rlhf_backend.recipes.reward_training import train_backbone
from rlhf_backend.recipes.reward_trust import Trust, calibrated, cloud_of, with_temperatures
from rlhf_backend.recipes.self_labeling import self_labeled_material
from rlhf_backend.recipes.smoothed_head import fit_smoothed_head
from rlhf_backend.recipes.trained_prompts import TrainedPrompts, trained_prompts
from rlhf_backend.reward_sections import LabelerWeight, SelfLabels
from rlhf_backend.run import Run
from rlhf_backend.types import RewardModelReport

_GROUPS_PRECISION = 0.1
"""Of the prior with which groups of labelers are looked for where the fit chose none."""


def train_reward_model(run: Run, job: RewardModelJob) -> RewardModelReport:
    """Fit, measure on held-out preferences, write `effects.jsonl` and `model/`.

    Raises: DataError: too few usable preferences. ConfigError: the backbone cannot be loaded.
    """
    config, inputs = job.config, read_inputs(run)
    prepared = _prepared(run, job, inputs)
    material = prepared.material
    fitted = _fit(run, job, material)
    held_out = material.preferences.subset(fitted.held_out)
    trust = calibrated(held_out, fitted.differences, threshold=fitted.threshold, seed=run.seed)
    model = _finished(run, config, material, fitted, trust)
    judged = _judged(run, job, inputs, material, fitted, model)
    read, panel = ReadBefore(fitted.reader, fitted.features), judged.panel if config.evaluate else None
    before = read_before(run, job.predecessor, material.preferences, read, panel=panel)
    if before is not None:
        judged = replace(judged, before=before.differences, before_on_panel=before.panel)
    principles, obeyed = learn_principles(run, job, judged, fitted.features)
    report = _report(judged, fitted, trust, prepared.excluded)
    report = evaluate_reward_model(run, config, judged, report, predecessor=job.predecessor)
    precision = fitted.prior_precision or _GROUPS_PRECISION
    sections = {
        "slices": with_temperatures(report.slices, trust),
        "labelers": prepared.labelers,
        "groups": labeler_groups(material, config, precision=precision) if config.evaluate else None,
        "self_labels": prepared.self_labels,
        "principles": obeyed,
    }
    report = report.model_copy(update=sections)
    write_effects(run, material.preferences, _opinions(fitted, model, trust, judged), before, fitted.outcomes)
    beside: list[KeptBeside] = [_trained_prompts(job, judged), *([principles] if principles is not None else [])]
    save_reward_model(run, job, model, report, beside=beside)
    return report


@dataclass(frozen=True)
class _Prepared:
    """What is fitted to, and what became of the inputs on the way there. excluded: reason → number left out."""

    material: Material
    labelers: list[LabelerWeight]
    self_labels: SelfLabels | None
    excluded: Counter[str]


def _prepared(run: Run, job: RewardModelJob, inputs: RewardInputs) -> _Prepared:
    """Everything is read, labelers are weighed, pairs without a verdict labeled, and all that was said is added."""
    config, reader = job.config, open_reader(job.backbone, job.config, run)
    preferences, dialogues, excluded = encode_preferences(inputs.comparisons, reader, config, details=inputs.details)
    refuse_too_few(preferences, excluded, config)
    material = read_material(run, reader, preferences, dialogues)
    material, labelers = weighed_material(run, material, config)
    material, self_labels = self_labeled_material(run, material, inputs.unlabeled, config)
    material, left_out = with_feedback(run, material, config)
    return _Prepared(material, labelers, self_labels, excluded + left_out)


def _fit(run: Run, job: RewardModelJob, material: Material) -> Fitted:
    if job.config.trainable != "head":
        return train_backbone(run, job, material)
    return (fit_smoothed_head if job.config.smoothing_rate > 0 else fit_head)(run, job, material)


def _finished(run: Run, config: RewardModelConfig, material: Material, fitted: Fitted, trust: Trust) -> RewardModel:
    """Rewards normalised on the training completions, with what says how far they can be believed."""
    offset, scale = normalised_heads(fitted.heads, fitted.features)
    return RewardModel(
        reader=fitted.reader,
        weight=fitted.heads,
        offset=offset,
        scale=scale,
        cloud=cloud_of(fitted, material.preferences, is_trained=config.trainable != "head", seed=run.seed),
        temperature=trust.temperature,
        slice_temperatures=trust.slices,
        tie_threshold=fitted.threshold,
    )


def _judged(
    run: Run, job: RewardModelJob, inputs: RewardInputs, material: Material, fitted: Fitted, model: RewardModel
) -> Judged:
    """What all figures of the report are taken from."""
    panel, _, _ = encode_preferences(inputs.panel, fitted.reader, job.config, details=inputs.details)
    return Judged(
        everything=material.preferences,
        held_out=fitted.held_out,
        rewards=fitted.rewards,
        model=model,
        threshold=fitted.threshold,
        panel=panel if len(panel) else None,
        refit=head_refit(material, job.config),
    )


def _opinions(fitted: Fitted, model: RewardModel, trust: Trust, judged: Judged) -> Opinions:
    """What was made of the preferences, as probabilities that can be believed."""
    unseen = np.full(len(judged.everything), np.nan)
    unseen[judged.held_out] = trust.tempered
    return fitted.opinions.tempered(model.temperatures(slice_names(judged.everything)), unseen)


def _trained_prompts(job: RewardModelJob, judged: Judged) -> TrainedPrompts:
    """A head is fitted to all preferences in the end, a backbone never to those held out."""
    rows = np.arange(len(judged.everything))
    return trained_prompts(
        judged.everything, rows if job.config.trainable == "head" else np.setdiff1d(rows, judged.held_out)
    )


def _report(judged: Judged, fitted: Fitted, trust: Trust, excluded: Counter[str]) -> RewardModelReport:
    report = held_out_report(
        judged.preferences,
        trust.tempered,
        method=fitted.method,
        threshold=judged.threshold,
        training=judged.everything,
        excluded=excluded,
        prior_precision=fitted.prior_precision,
    )
    return report.model_copy(
        update={"feedback": fitted.feedback, "smoothing": fitted.smoothing, "temperature": trust.temperature}
    )
