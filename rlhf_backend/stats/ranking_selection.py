"""Which completions of a prompt to rank next: ensemble disagreement, beside a protected uniform share."""

from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import Literal

import numpy as np

from rlhf_backend.stats.selection import Candidate, pair_information


@dataclass(frozen=True, slots=True)
class SelectedRanking:
    """Completions of one prompt to rank, in random order; two where the prompt has no third.

    `propensity` is the probability with which its strategy took it, as of a selected pair. `score` is the mean expected
    information of its pairs about the ensemble, nats; 0 where no rewards are known.
    """

    prompt_id: int
    completions: tuple[int, ...]
    strategy: Literal["uniform", "disagreement"]
    propensity: float
    score: float


def select_rankings(
    candidates: list[Candidate], *, rankings: int, size: int, uniform_share: float, rng: np.random.Generator
) -> list[SelectedRanking]:
    """At most `rankings` disjoint sets of up to `size` completions of one prompt each, in random order.

    A prompt's completions are dealt into sets at random; a completion that is left alone is not used. At least
    `uniform_share` of the sets taken are a simple random sample of all; the rest are those whose pairs tell most.
    Raises: ValueError: rankings < 0, size < 2 or uniform_share outside [0, 1].
    """
    if rankings < 0 or size < 2 or not 0 <= uniform_share <= 1:
        raise ValueError(
            f"rankings {rankings}, size {size}, uniform_share {uniform_share}: expected ≥ 0, ≥ 2 and a share in [0, 1]"
        )
    pool = _dealt(candidates, size, rng)
    scores = [float(np.mean([pair_information(a, b) for a, b in combinations(group, 2)])) for group in pool]
    wanted = min(rankings, len(pool))
    # The number of uniform sets is settled before any is drawn, or their propensities would differ.
    enough_scored = int(np.isfinite(scores).sum()) >= wanted
    uniform = min(ceil(uniform_share * wanted - 1e-9), wanted) if enough_scored else wanted
    order = rng.permutation(len(pool))
    drawn = [int(i) for i in order[:uniform]]
    others = sorted((int(i) for i in order[uniform:] if np.isfinite(scores[i])), key=lambda i: -scores[i])
    picks: list[tuple[int, Literal["uniform", "disagreement"], float]] = [
        (i, "uniform", uniform / len(pool)) for i in drawn
    ]
    picks += [(i, "disagreement", 1.0) for i in others[: wanted - uniform]]
    return [
        SelectedRanking(
            prompt_id=pool[i][0].prompt_id,
            completions=tuple(candidate.completion_id for candidate in pool[i]),
            strategy=strategy,
            propensity=propensity,
            score=scores[i] if np.isfinite(scores[i]) else 0.0,
        )
        for i, strategy, propensity in (picks[k] for k in rng.permutation(len(picks)))
    ]


def _dealt(candidates: list[Candidate], size: int, rng: np.random.Generator) -> list[list[Candidate]]:
    by_prompt: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        by_prompt.setdefault(candidate.prompt_id, []).append(candidate)
    dealt = []
    for group in by_prompt.values():
        shuffled = [group[i] for i in rng.permutation(len(group))]
        sets = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
        dealt += [members for members in sets if len(members) > 1]
    return dealt
