"""Which two completions of a prompt to show next: ensemble disagreement, beside a protected uniform share."""

from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from rlhf_backend.stats.acquisition import preference_information, preference_information_of_heads


@dataclass(frozen=True, slots=True)
class Candidate:
    """A completion that may be shown; reward and its spread in the units of the reward model.

    `head_rewards` (one reward for each head of the ensemble, in the heads' order) sharpens the disagreement of a pair:
    heads err alike on both completions, which means and standard deviations cannot tell.
    """

    prompt_id: int
    completion_id: int
    reward: float | None
    reward_sd: float | None
    head_rewards: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class SelectedPair:
    """A pair to compare, `a` and `b` in random order.

    `propensity` is the probability with which its strategy took it: pairs of the uniform stratum all have the same, so
    averages over that stratum are unbiased; pairs taken for their disagreement are taken with certainty (1.0).
    `score` is the expected information of the verdict about the ensemble, nats; 0 where no rewards are known.
    """

    prompt_id: int
    a: int
    b: int
    strategy: Literal["uniform", "disagreement"]
    propensity: float
    score: float


def select_pairs(
    candidates: list[Candidate], *, pairs: int, uniform_share: float, rng: np.random.Generator
) -> list[SelectedPair]:
    """At most `pairs` distinct pairs of completions of one prompt each, in random order.

    At least `uniform_share` of them are a simple random sample of all possible pairs. The rest go to the pairs whose
    verdict tells most, the best pair of each prompt before any second best. Where fewer pairs than wanted have known
    rewards, every place is uniform.
    Raises: ValueError: pairs < 0 or uniform_share outside [0, 1].
    """
    if pairs < 0 or not 0 <= uniform_share <= 1:
        raise ValueError(f"pairs {pairs} and uniform_share {uniform_share}: expected pairs ≥ 0 and a share in [0, 1]")
    pool = _all_pairs(candidates)
    scores = np.array([pair_information(a, b) for a, b in pool], dtype=np.float64)
    wanted = min(pairs, len(pool))
    # The number of uniform pairs is settled before any is drawn, or their propensities would differ.
    enough_scored = int(np.isfinite(scores).sum()) >= wanted
    uniform = min(ceil(uniform_share * wanted - 1e-9), wanted) if enough_scored else wanted
    drawn = rng.permutation(len(pool))[:uniform]
    ranked = _by_disagreement(pool, scores, taken=set(drawn.tolist()), rng=rng)[: wanted - uniform]
    picks: list[tuple[int, Literal["uniform", "disagreement"], float]] = [
        (int(i), "uniform", uniform / len(pool)) for i in drawn
    ]
    picks += [(i, "disagreement", 1.0) for i in ranked]
    return [
        _selected(pool[i], s, p, float(scores[i]), rng) for i, s, p in (picks[k] for k in rng.permutation(len(picks)))
    ]


def _all_pairs(candidates: list[Candidate]) -> list[tuple[Candidate, Candidate]]:
    by_prompt: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        by_prompt.setdefault(candidate.prompt_id, []).append(candidate)
    return [pair for group in by_prompt.values() for pair in combinations(group, 2)]


def pair_information(a: Candidate, b: Candidate) -> float:
    """Expected information of the verdict about the ensemble, nats; NaN where a reward is unknown."""
    if a.head_rewards and b.head_rewards and len(a.head_rewards) == len(b.head_rewards):
        return preference_information_of_heads(np.subtract(a.head_rewards, b.head_rewards))
    if a.reward is None or b.reward is None:
        return float("nan")
    return preference_information(a.reward - b.reward, float(np.hypot(a.reward_sd or 0.0, b.reward_sd or 0.0)))


def _by_disagreement(
    pool: list[tuple[Candidate, Candidate]],
    scores: npt.NDArray[np.float64],
    *,
    taken: set[int],
    rng: np.random.Generator,
) -> list[int]:
    """Pairs not yet taken, best of each prompt first, ties in random order."""
    tie_breaker = rng.random(len(pool))
    free = [i for i in range(len(pool)) if i not in taken and np.isfinite(scores[i])]
    free.sort(key=lambda i: (-scores[i], tie_breaker[i]))
    seen: dict[int, int] = {}
    rank = {}
    for i in free:
        prompt_id = pool[i][0].prompt_id
        rank[i] = seen.get(prompt_id, 0)
        seen[prompt_id] = rank[i] + 1
    return sorted(free, key=lambda i: rank[i])


def _selected(
    pair: tuple[Candidate, Candidate],
    strategy: Literal["uniform", "disagreement"],
    propensity: float,
    score: float,
    rng: np.random.Generator,
) -> SelectedPair:
    a, b = pair if rng.random() < 0.5 else pair[::-1]
    return SelectedPair(
        prompt_id=a.prompt_id,
        a=a.completion_id,
        b=b.completion_id,
        strategy=strategy,
        propensity=propensity,
        score=score if np.isfinite(score) else 0.0,
    )
