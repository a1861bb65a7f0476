"""Whether labelers want two different things: one reward for all against two groups with a reward each.

    p(a | labeler k) = Σ_g P(k in g) σ(wᵍ · (φ(a) − φ(b))),    wᵍ ~ N(w of all, 1/precision),  P(k in g) = ½ before data

Groups are found by expectation-maximisation on verdicts of some prompts and asked to foretell those on the others: only
what helps there counts, so noise makes no groups.

Source: Dempster, Laird & Rubin 1977, JRSS B 39:1 (EM); a mixture of rewards over annotators: Chakraborty et al. 2024,
arXiv:2402.08925. Differs: linear rewards on frozen features, and a held-out test of one group against two.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from rlhf_backend.stats.clustered import clustered_mean_interval
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, fit, verdict_losses
from rlhf_backend.types import Interval

Ints = npt.NDArray[np.int64]

FEWEST_VERDICTS = 15
FEWEST_LABELERS = 4
MOST_DIRECTIONS = 24
_FOLDS = 3
_ITERATIONS = 12


@dataclass(frozen=True)
class TwoGroups:
    """`gain`: held-out log-likelihood of two groups over one, nats for each verdict. `share_second` (L,): P(labeler in
    the second group), in the order of `labelers` (L,). `apart`: share of pairs on which the two rewards disagree."""

    gain: Interval
    labelers: Ints
    share_second: Array
    apart: float


def two_groups(verdicts: LinearVerdicts, labelers: Ints, prompts: Ints, *, precision: float) -> TwoGroups | None:
    """One group against two; None with fewer than four labelers of fifteen verdicts each.

    Args:
        labelers: who gave each verdict (n,); those with fewer verdicts are left out.
        prompts: the same number for verdicts on the same prompt: they are held out together. (n,)
        precision: of the prior of a reward's weights, as for the verdicts as they are given.
    """
    names, counts = np.unique(labelers, return_counts=True)
    names = names[counts >= FEWEST_VERDICTS]
    if len(names) < FEWEST_LABELERS:
        return None
    kept = np.isin(labelers, names)
    verdicts, prompts = _reduced(verdicts.rows(kept)), prompts[kept]
    who = np.searchsorted(names, labelers[kept]).astype(np.int64)
    folds = np.unique(prompts, return_inverse=True)[1] % _FOLDS
    gains = np.zeros(len(who))
    for fold in range(_FOLDS):
        train, test = folds != fold, folds == fold
        if not test.any() or not train.any():
            continue
        pooled = fit(verdicts.rows(train), precision=precision)
        weights, shares = _groups(verdicts.rows(train), who[train], len(names), pooled, precision)
        one = -verdict_losses(verdicts.differences[test] @ pooled, verdicts.rows(test))
        gains[test] = _mixed(verdicts.rows(test), weights, shares[who[test]]) - one
    pooled = fit(verdicts, precision=precision)
    weights, shares = _groups(verdicts, who, len(names), pooled, precision)
    signs = np.sign(verdicts.differences @ weights.T)
    return TwoGroups(
        gain=clustered_mean_interval(gains, prompts, verdicts.weights),
        labelers=names.astype(np.int64),
        share_second=shares,
        apart=float((signs[:, 0] != signs[:, 1]).mean()),
    )


def _reduced(verdicts: LinearVerdicts) -> LinearVerdicts:
    """The same verdicts on the directions in which their pairs differ most."""
    x = verdicts.differences
    if x.shape[1] <= MOST_DIRECTIONS:
        return verdicts
    _, _, directions = np.linalg.svd(x - x.mean(0), full_matrices=False)
    return replace(verdicts, differences=x @ directions[:MOST_DIRECTIONS].T)


def _groups(verdicts: LinearVerdicts, who: Ints, labelers: int, pooled: Array, precision: float) -> tuple[Array, Array]:
    """Weights of both groups (2, F) and P(labeler in the second) (L,)."""
    share = _begin(verdicts, who, labelers, pooled, precision)
    weights = np.stack([pooled, pooled])
    for _ in range(_ITERATIONS):
        weights = np.stack(
            [
                fit(
                    replace(verdicts, weights=verdicts.weights * belongs[who]),
                    precision=precision,
                    start=weights[group],
                    centre=pooled,
                )
                for group, belongs in enumerate((1 - share, share))
            ]
        )
        lead = _log_likelihoods(verdicts, weights[1]) - _log_likelihoods(verdicts, weights[0])
        after = expit(np.bincount(who, weights=lead, minlength=labelers))
        settled = np.abs(after - share).max() < 1e-3
        share = after
        if settled:
            break
    return weights, share


def _begin(verdicts: LinearVerdicts, who: Ints, labelers: int, pooled: Array, precision: float) -> Array:
    """Labelers split along the direction in which their own rewards differ most. (L,)"""
    own = np.stack(
        [fit(verdicts.rows(who == k), precision=precision, centre=pooled, start=pooled) for k in range(labelers)]
    )
    _, _, directions = np.linalg.svd(own - own.mean(0), full_matrices=False)
    along = (own - own.mean(0)) @ directions[0]
    split: Array = np.where(along > np.median(along), 0.9, 0.1)
    return split


def _log_likelihoods(verdicts: LinearVerdicts, weights: Array) -> Array:
    losses: Array = verdicts.weights * -verdict_losses(verdicts.differences @ weights, verdicts)
    return losses


def _mixed(verdicts: LinearVerdicts, weights: Array, share_second: Array) -> Array:
    """Log-likelihood of each verdict under both groups, mixed by its labeler's share. (n,)"""
    by_group = [-verdict_losses(verdicts.differences @ w, verdicts) for w in weights]
    mixed: Array = np.logaddexp(
        by_group[0] + np.log(np.maximum(1 - share_second, 1e-12)), by_group[1] + np.log(np.maximum(share_second, 1e-12))
    )
    return mixed
