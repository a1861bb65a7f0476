"""What people think of the completion that a reward model would choose out of n."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log

import numpy as np
import numpy.typing as npt

from rlhf_backend.reward_sections import BestOfNPoint
from rlhf_backend.row import Interval
from rlhf_backend.stats.clustered import clustered_mean_interval

Array = npt.NDArray[np.float64]
_SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32)


@dataclass(frozen=True)
class JudgedPrompt:
    """m completions of one prompt: their rewards (m,), and what people said of pairs of them.

    wins[i, j] is the weight of verdicts for i over j, of ties half for each side (m, m). Each completion was compared
    with another one at least once.
    """

    rewards: Array
    wins: Array


def best_of_n_curve(prompts: Sequence[JudgedPrompt], *, fewest_prompts: int = 20, seed: int = 0) -> list[BestOfNPoint]:
    """One point for n = 1, which is chance, and for each n that enough prompts have completions for.

    Each point stands on the prompts with at least n completions; intervals resample prompts.
    """
    points: list[BestOfNPoint] = []
    for n in _SIZES:
        values = [best_of_n_win_rate(prompt, n) for prompt in prompts if len(prompt.rewards) >= n]
        if len(values) < fewest_prompts:
            break
        if not points:
            chance = Interval(value=0.5, low=0.5, high=0.5, n=len(values))
            points.append(BestOfNPoint(n=1, kl=0.0, win_rate=chance, prompts=len(values)))
        interval = clustered_mean_interval(np.array(values), np.arange(len(values)), seed=seed)
        points.append(BestOfNPoint(n=n, kl=best_of_n_kl(n), win_rate=interval, prompts=len(values)))
    return points


def best_of_n_kl(n: int) -> float:
    """KL of the best of n from the policy that was sampled, at most, nats: log n − (n − 1)/n.

    Source: Stiennon et al. 2020, arXiv:2009.01325, app. G.3. It is a bound: Beirami et al. 2024, arXiv:2401.01879.
    """
    return log(n) - (n - 1) / n


def best_of_n_win_rate(prompt: JudgedPrompt, n: int) -> float:
    """Share of verdicts for the completion with the highest reward of n, against others that it was compared with.

    The mean over all subsets of n is computed exactly, as Chen et al. 2021 (arXiv:2107.03374, §2.1) do for pass@k. Each
    pair that people compared counts once for each of its sides, by the probability that this side is chosen: without
    any choice (n = 1) that gives exactly a half, whichever pairs were compared.
    Raises: ValueError: fewer than n completions.
    """
    chosen = choice_probabilities(prompt.rewards, n)
    judged = prompt.wins + prompt.wins.T
    first, second = np.nonzero(judged)
    share = prompt.wins[first, second] / judged[first, second]
    return float(np.average(share, weights=chosen[first]))


def choice_probabilities(rewards: Array, n: int) -> Array:
    """Probability of each completion to have the highest reward of a random subset of n; equal rewards share it. (m,)

    Raises: ValueError: fewer than n completions.
    """
    m = len(rewards)
    if n > m:
        raise ValueError(f"best of {n} needs {n} completions, found {m}")
    levels, place, sizes = np.unique(rewards, return_inverse=True, return_counts=True)
    below = [0, *np.cumsum(sizes).tolist()]
    shares = [(comb(below[k + 1], n) - comb(below[k], n)) / comb(m, n) for k in range(len(levels))]
    probabilities: Array = (np.array(shares) / sizes)[place]
    return probabilities
