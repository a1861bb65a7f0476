"""A reward model whose backbone is trained as well, every weight or LoRA adapters, with K heads on top.

The heads start from the fit on frozen features, so training goes on from the best linear model instead of from noise.
Source: Stiennon et al. 2020, arXiv:2009.01325; bootstrap heads on one trunk: Osband et al. 2016, arXiv:1602.04621.
Differs from the papers: all kinds of feedback as in `reward_objective`, length buckets, K heads instead of one.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.feedback import Feedback
from rlhf_backend.data.observations import feedback_of
from rlhf_backend.data.preferences import Preferences
from rlhf_backend.distributed import world
from rlhf_backend.errors import DataError
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.shards import IN_SHARDS
from rlhf_backend.recipes.feedback_head import fit_feedback_ensemble, fit_heads
from rlhf_backend.recipes.head_fits import head_fits
from rlhf_backend.recipes.label_smoothing import label_outcomes, smoothing_section
from rlhf_backend.recipes.reward_effects import Opinions
from rlhf_backend.recipes.reward_fit import Fitted
from rlhf_backend.recipes.reward_head import linear_verdicts, prior_precision, prompt_folds, tie_threshold
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.recipes.reward_network import RewardNetwork
from rlhf_backend.recipes.reward_objective import Heads, Objective, fresh_heads
from rlhf_backend.recipes.reward_steps import FeedbackSteps, TrainingSet
from rlhf_backend.recipes.smoothed_head import smoothing_curve
from rlhf_backend.recipes.training_loop import train_steps
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array, fit_ensemble


def train_backbone(run: Run, job: RewardModelJob, material: Material) -> Fitted:
    """Train on four fifths of the prompts (with 5 folds); the rest is held out.

    Raises: DataError: one prompt only, or no decided preference to measure on. ConfigError: training breaks down.
        ResourceError: the weights do not fit in memory.
    """
    config = job.config
    folds = _folds(material.preferences, config, seed=run.seed)
    trained, feedback = _without_the_first(material, config, folds)
    training, heads = _start(trained, feedback, config, folds, seed=run.seed)
    groups = training.groups
    share_prompts = _can_share_prompts(material.reader, groups)
    run.events.log("completions share one encoding of their prompt" if share_prompts else "prompts are encoded twice")
    network = RewardNetwork(
        material.reader,
        heads,
        lora=config.trainable == "lora",
        share_prompts=share_prompts,
        only_pairs=training.feedback.only_pairs,
    )
    if len(network.parts(groups[: config.batch_size])) > 1:
        run.events.log("memory does not hold a step at once: it is computed in parts, with the same gradient")
    steps = FeedbackSteps(config, run.seed, network, training)
    if network.is_sharded:
        run.events.log(IN_SHARDS.format(world()))
    train_steps(
        run, network, steps.schedule, steps.gradient_step, beside=steps.beside, put_together=network.put_together
    )
    fitted = _fitted(network, material, training, folds, _rewards_apart(material.features, heads))
    if steps.labels is None:
        return fitted
    return _smoothed(run, config, material, fitted, labels=steps.labels.current, trained=folds != 0)


def _folds(preferences: Preferences, config: RewardModelConfig, *, seed: int) -> npt.NDArray[np.int64]:
    """Folds by prompt, of which the first is measured on; −1 for what a model labeled. (n,)"""
    folds = prompt_folds(preferences, config.folds, seed)
    prompts = len(np.unique(preferences.groups[preferences.given]))
    if prompts < 2 or not preferences.decided[folds == 0].any():
        raise DataError(
            f"{len(preferences)} preferences on {prompts} prompts leave none to measure on: "
            "label comparisons of more prompts, or train the head only"
        )
    return folds


def _without_the_first(
    material: Material, config: RewardModelConfig, folds: npt.NDArray[np.int64]
) -> tuple[Material, Feedback]:
    """The material as a model without the first fold labeled it, and what was said of all but that fold."""
    feedback, passages = material.feedback, material.passages
    if feedback is None:
        locate = material.reader.backbone.codec.completion_tokens
        feedback, _ = feedback_of(material.preferences, config, locate=locate)
    kept = torch.from_numpy(folds != 0)
    if passages is not None:
        passages = passages[kept[feedback.passages.rows]]
    feedback, targets = feedback.of_rows(kept), material.targets_without(0)
    pairs = replace(feedback.pairs, targets=torch.from_numpy(targets)[feedback.pairs.rows])
    feedback, preferences = replace(feedback, pairs=pairs), replace(material.preferences, targets=targets)
    return replace(material, preferences=preferences, feedback=feedback, passages=passages), feedback


def _start(
    material: Material, feedback: Feedback, config: RewardModelConfig, folds: npt.NDArray[np.int64], *, seed: int
) -> tuple[TrainingSet, Heads]:
    """What is trained on, and the heads that fit it best while the backbone is frozen."""
    preferences = material.preferences
    verdicts = linear_verdicts(material.features, preferences, config)
    fits = head_fits(material, verdicts, config)
    train, unit = np.flatnonzero(folds != 0), material.features.shape[1] ** -0.5
    precision = prior_precision(verdicts, preferences, config, rows=train)
    objective = Objective(config.ties, tie_threshold(preferences.subset(train), config))
    training = TrainingSet(preferences, material.dialogues, feedback, objective, precision)
    if fits.evidence is None:
        units = preferences.units[train]
        weight = fit_ensemble(verdicts.rows(train), precision=precision, heads=config.heads, seed=seed, units=units)
        return training, fresh_heads(torch.from_numpy(weight) * unit, feedback)
    weight = fit_feedback_ensemble(fits.evidence, precision=precision, heads=config.heads, seed=seed)
    mode, k = fit_heads(fits.evidence, precision=precision), config.heads
    heads = Heads(
        torch.from_numpy(weight) * unit,
        mode.levels.repeat(k, 1),
        mode.ratings.repeat(k, 1),
        mode.aspects.repeat(1, k, 1) * unit,
    )
    return training, heads


def _fitted(
    network: RewardNetwork, material: Material, training: TrainingSet, folds: npt.NDArray[np.int64], first: Array
) -> Fitted:
    """What came of the network: its features of everything, its rewards of the fold it has not seen."""
    reader, heads = network.finished_reader(), network.weight.detach().cpu()
    features = reader.read(material.dialogues)
    rewards = (features @ heads.T).mean(-1).double().numpy().reshape(-1, 2)
    test = np.flatnonzero(folds == 0)
    return Fitted(
        reader=reader,
        heads=heads,
        features=features,
        held_out=test,
        rewards=rewards[test],
        method=f"{len(test)} preferences of held-out prompts",
        opinions=_opinions(
            rewards[:, 0] - rewards[:, 1], first, test=folds == 0, threshold=training.deciding_threshold
        ),
        threshold=training.deciding_threshold,
        feedback=training.feedback.counts(),
    )


def _smoothed(
    run: Run,
    config: RewardModelConfig,
    material: Material,
    fitted: Fitted,
    *,
    labels: Tensor,
    trained: npt.NDArray[np.bool_],
) -> Fitted:
    """What became of the labels that were trained on, beside the curves of heads on the features as they were."""
    curve = smoothing_curve(run, material, config, updates=config.epochs)
    preferences, followed = material.preferences.subset(np.flatnonzero(trained)), labels.double().cpu().numpy()[trained]
    return replace(
        fitted,
        smoothing=smoothing_section(preferences, followed, curve),
        outcomes=label_outcomes(preferences, followed),
    )


def _rewards_apart(features: Tensor, heads: Heads) -> Array:
    """Mean reward of a minus that of b over the heads, from features of a and b in turn. (2n, F) → (n,)"""
    rewards = (features.double() @ heads.weight.double().T).mean(-1).numpy()
    differences: Array = rewards[0::2] - rewards[1::2]
    return differences


def _opinions(differences: Array, first: Array, *, test: npt.NDArray[np.bool_], threshold: float) -> Opinions:
    """What the trained model says of all preferences; only those of held-out prompts have an unseen opinion.

    Leaving a preference out would mean training again. What it moved is taken to be how far its own difference went
    from the first evaluation, by the heads on the frozen backbone, to the last: the others' doing is in that as well.
    """
    return Opinions(differences, np.where(test, differences, np.nan), np.where(test, 0, differences - first), threshold)


def _can_share_prompts(reader: FeatureReader, groups: Sequence[Sequence[Dialogue]]) -> bool:
    """Tried out on the first group whose prompt was not cut differently for its completions."""
    shared = next((group for group in groups if all(d.prompt == group[0].prompt for d in group)), None)
    return shared is not None and reader.can_share_prompts(shared[0], shared[1])
