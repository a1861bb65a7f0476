"""What people think of the completion that a reward model would choose out of n."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, log

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from rlhf_backend.reward_sections import BestOfNPoint
from rlhf_backend.row import Interval
from rlhf_backend.stats.clustered import clustered_mean_interval

Array = npt.NDArray[np.float64]
_SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32)


@dataclass(frozen=True)
class JudgedPrompt:
    """m completions of one prompt: their rewards (m,), and what people said of pairs of them.

    wins[i, j] is the weight of verdicts for i over j, of ties half for each side. (m, m)
    """

    rewards: Array
    wins: Array


def best_of_n_curve(prompts: Sequence[JudgedPrompt], *, fewest_prompts: int = 20, seed: int = 0) -> list[BestOfNPoint]:
    """One point for n = 1 (chance: exactly a half) and for each n that enough prompts have completions for.

    Each point stands on the prompts with at least n completions. The mean over all subsets of n is computed exactly, as
    Chen et al. 2021 (arXiv:2107.03374, §2.1) do for pass@k.
    """
    points: list[BestOfNPoint] = []
    scored = [(prompt.rewards, human_scores(prompt.wins)) for prompt in prompts]
    for n in _SIZES:
        values = [best_of_n_score(rewards, scores, n) for rewards, scores in scored if len(rewards) >= n]
        if len(values) < fewest_prompts:
            break
        interval = clustered_mean_interval(np.array(values), np.arange(len(values)), seed=seed)
        if not points:
            chance = Interval(value=0.5, low=0.5, high=0.5, n=len(values))
            points.append(BestOfNPoint(n=1, kl=0.0, win_rate=chance, prompts=len(values)))
        points.append(BestOfNPoint(n=n, kl=best_of_n_kl(n), win_rate=interval, prompts=len(values)))
    return points


def best_of_n_kl(n: int) -> float:
    """KL of the best of n from the policy that was sampled, at most, nats: log n − (n − 1)/n.

    Source: Stiennon et al. 2020, arXiv:2009.01325, app. G.3. It is a bound: Beirami et al. 2024, arXiv:2401.01879.
    """
    return log(n) - (n - 1) / n


def best_of_n_score(rewards: Array, scores: Array, n: int) -> float:
    """Mean score of the completion with the highest reward, over all subsets of n; equal rewards share the choice.

    Raises: ValueError: fewer than n completions.
    """
    m = len(rewards)
    if n > m:
        raise ValueError(f"best of {n} needs {n} completions, found {m}")
    levels, place, sizes = np.unique(rewards, return_inverse=True, return_counts=True)
    mean = np.bincount(place, scores) / sizes
    below = np.concatenate([[0], np.cumsum(sizes)])
    total = comb(m, n)
    shares = [(comb(int(below[k + 1]), n) - comb(int(below[k]), n)) / total for k in range(len(levels))]
    return float(np.dot(shares, mean))


def human_scores(wins: Array) -> Array:
    """Probability of each completion to be preferred to a random other one of the prompt; their mean is a half. (m,)

    Of a pair that was judged, the share of its verdicts: it needs no model and is not shrunk. Of another pair, a
    Bradley-Terry fit to the prompt's verdicts with prior N(0, 1).
    """
    judged = wins + wins.T
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(judged > 0, wins / judged, np.nan)
    missing = np.isnan(share) & ~np.eye(len(wins), dtype=bool)
    if missing.any():
        strengths = _strengths(wins)
        share = np.where(missing, expit(strengths[:, None] - strengths[None]), share)
    np.fill_diagonal(share, 0.0)
    scores: Array = share.sum(1) / (len(wins) - 1)
    return scores


def _strengths(wins: Array) -> Array:
    first, second = np.array(list(combinations(range(len(wins)), 2)), dtype=np.intp).T
    for_first, for_second = wins[first, second], wins[second, first]

    def objective(s: Array) -> tuple[float, Array]:
        d = s[first] - s[second]
        slope = for_second * expit(d) - for_first * expit(-d)
        gradient = s + np.bincount(first, slope, len(s)) - np.bincount(second, slope, len(s))
        loss = -for_first @ log_expit(d) - for_second @ log_expit(-d) + s @ s / 2
        return float(loss), gradient

    solution: Array = minimize(objective, np.zeros(len(wins)), jac=True, method="L-BFGS-B").x
    return solution
