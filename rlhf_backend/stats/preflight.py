"""What tuning will bring, from samples of the reference alone: tilt these by exp(reward/β), which is where it ends up.

The policy that a KL-regularised method converges to is π_ref·exp(R/β)/Z (Korbak et al. 2022, arXiv:2205.11275). With N
samples of π_ref on a prompt its expectations are weighted means, w_i ∝ exp(R_i/β): of the reward itself, which is what
tuning will claim, and of a score that rests on people's verdicts, which is what it will be worth. Its KL is
Σ w_i log(N w_i), and 1/Σ w_i² says how many samples the mean still rests on.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rlhf_backend.tuning_sections import PreflightPoint
from rlhf_backend.types import Interval

Array = npt.NDArray[np.float64]

BETAS: tuple[float, ...] = tuple(4.0 * 2 ** (-k / 2) for k in range(16))
"""From hardly any optimisation to a β of .02, in standard deviations of the reward; half an octave a step."""
KL_COEF_BOUNDS = (0.02, 0.5)
"""A suggestion is kept between these: below, normalised rewards break the language; above, tuning hardly moves."""
_RESAMPLES = 1000
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Samples:
    """N samples of the reference on each of P prompts.

    rewards: what tuning would be driven by (P, N). claimed: the reward as it is reported, without penalties (P, N).
    scores: by H fits to people's verdicts, of which the mean is the best guess (H, P, N); None without enough verdicts.
    Only differences between samples of a prompt are learned from verdicts, so each prompt's mean counts as zero.
    """

    rewards: Array
    claimed: Array
    scores: Array | None = None


@dataclass(frozen=True)
class Forecast:
    """The points of `BETAS`, in order, and the one to stop at.

    best: place of the point from which on the predicted score falls; None where it does not, or nobody can tell. note:
    why there is none, or how far to trust it.
    """

    points: list[PreflightPoint]
    best: int | None
    note: str


def tilted_weights(rewards: Array, beta: float) -> Array:
    """w ∝ exp(reward/β) over the samples of each prompt. (P, N) → (P, N)"""
    logits = rewards / beta
    unnormalised = np.exp(logits - logits.max(-1, keepdims=True))
    weights: Array = unnormalised / unnormalised.sum(-1, keepdims=True)
    return weights


def tilted_means(rewards: Array, values: Array, beta: float) -> Array:
    """Mean of the values under the tilted distribution of each prompt. (P, N), (…, P, N) → (…, P)

    Weighted means of N samples are pulled towards the plain mean, by a fifth at the edge of what 16 samples support,
    which would hide the fall behind a peak: the jackknife takes most of that away.
    Source: Quenouille 1956, Biometrika 43:353.
    """
    factors = np.exp((rewards - rewards.max(-1, keepdims=True)) / beta)
    weighted, count = factors * values, rewards.shape[-1]
    whole = weighted.sum(-1) / factors.sum(-1)
    others = _sums_without_each(factors)
    # Where one sample has all the weight nothing is left without it: the mean stays as it is.
    left_out = np.where(others > 0, _sums_without_each(weighted) / np.where(others > 0, others, 1), whole[..., None])
    means: Array = count * whole - (count - 1) * left_out.mean(-1)
    return means


def _sums_without_each(values: Array) -> Array:
    """The sum of all but the i-th along the last axis, added up rather than subtracted: nothing cancels."""
    before, after = np.zeros_like(values), np.zeros_like(values)
    before[..., 1:] = values[..., :-1].cumsum(-1)
    after[..., :-1] = values[..., :0:-1].cumsum(-1)[..., ::-1]
    return before + after


def tilted_kl(weights: Array) -> Array:
    """KL of the tilted distribution from the samples' own, nats: Σ w log(N w), at most log N. (P, N) → (P,)"""
    logs = np.log(np.where(weights > 0, weights * weights.shape[-1], 1.0))
    kl: Array = (weights * logs).sum(-1)
    return kl


def effective_samples(weights: Array) -> Array:
    """1/Σ w²: N where all samples count the same, 1 where one counts alone. (P, N) → (P,)

    Source: Kish 1965, Survey Sampling, §8.2.
    """
    count: Array = 1 / np.square(weights).sum(-1)
    return count


def bounded_kl_coef(beta: float) -> float:
    """The KL penalty that a suggested β becomes."""
    return min(max(beta, KL_COEF_BOUNDS[0]), KL_COEF_BOUNDS[1])


def fewest_effective(samples: int) -> float:
    """How many effective samples of a prompt a point must rest on: ten, or a quarter of fewer than forty."""
    return min(10.0, samples / 4)


def forecast(samples: Samples, *, seed: int = 0) -> Forecast:
    """The curve over `BETAS`, and where to stop.

    A stop point is named only where the predicted score falls beyond it, within what the samples support, by more than
    the 95 % interval of the difference: over prompts and over the fits to people's verdicts.
    """
    weights = [tilted_weights(samples.rewards, beta) for beta in BETAS]
    predicted = None if samples.scores is None else _predictions(samples.rewards, samples.scores, seed=seed)
    points = [
        PreflightPoint(
            beta=beta,
            sqrt_kl=float(np.sqrt(max(tilted_kl(w).mean(), 0.0))),
            claimed=float(tilted_means(samples.rewards, samples.claimed, beta).mean()),
            predicted=None if predicted is None else predicted.interval(k),
            effective_samples=float(effective_samples(w).mean()),
        )
        for k, (beta, w) in enumerate(zip(BETAS, weights, strict=True))
    ]
    if predicted is None:
        return Forecast(points, None, "too few verdicts on panel prompts to predict what people will say")
    fewest = fewest_effective(samples.rewards.shape[-1])
    supported = sum(point.effective_samples >= fewest for point in points)
    return _stop_at(points, predicted, supported)


@dataclass(frozen=True)
class _Predictions:
    """Best guesses at each β (K,), draws of them (B, K), and the number of prompts."""

    means: Array
    draws: Array
    prompts: int

    def interval(self, k: int) -> Interval:
        mean, tail = float(self.means[k]), (1 - _CONFIDENCE) / 2
        low, high = np.quantile(self.draws[:, k], [tail, 1 - tail])
        return Interval(value=mean, low=min(mean, float(low)), high=max(mean, float(high)), n=self.prompts)


def _predictions(rewards: Array, scores: Array, *, seed: int) -> _Predictions:
    """Tilted means of scores (H, P, N); each draw takes other prompts and another fit to the verdicts."""
    leads = scores - scores.mean(-1, keepdims=True)
    by_fit = np.stack([tilted_means(rewards, leads, beta) for beta in BETAS], axis=-1)  # (H, P, K)
    fits, prompts, _ = by_fit.shape
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(prompts, np.full(prompts, 1 / prompts), size=_RESAMPLES) / prompts
    chosen = rng.integers(fits, size=_RESAMPLES)
    draws = np.einsum("bp,bpk->bk", counts, by_fit[chosen])
    return _Predictions(by_fit.mean((0, 1)), draws, prompts)


def _stop_at(points: list[PreflightPoint], predicted: _Predictions, supported: int) -> Forecast:
    if supported < 2:
        return Forecast(points, None, "the samples support hardly any optimisation: take more for each prompt")
    best = int(predicted.means[:supported].argmax())
    if best == supported - 1:
        reach = points[best].sqrt_kl
        return Forecast(
            points, None, f"the predicted score still rises at √KL {reach:.2f}, which is as far as the samples reach"
        )
    lowest = best + 1 + int(predicted.means[best + 1 : supported].argmin())
    falls = predicted.draws[:, best] - predicted.draws[:, lowest]
    if np.quantile(falls, 1 - _CONFIDENCE) <= 0:
        return Forecast(points, None, "whether the predicted score falls anywhere is within its error")
    note = f"the predicted score falls from √KL {points[best].sqrt_kl:.2f} on"
    if best == 0:
        note += ": the reward model ranks the reference's completions against people's verdicts"
    return Forecast(points, best, note)
