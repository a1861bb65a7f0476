"""Which completions of a prompt to rank next: a strategy's choice, beside a protected uniform share."""

from dataclasses import dataclass

import numpy as np

from rlhf_backend.stats.candidates import Candidate, dealt
from rlhf_backend.stats.selection import DISAGREEMENT, choose
from rlhf_backend.stats.strategies import Plan, Reasons, Strategy


@dataclass(frozen=True, slots=True)
class SelectedRanking:
    """Completions of one prompt to rank, in random order; two where the prompt has no third.

    `propensity` and `inclusion` are those of a selected pair, given how the completions were dealt into sets.
    `reasons` are means over the pairs of the set.
    """

    prompt_id: int
    completions: tuple[int, ...]
    strategy: Strategy
    propensity: float
    inclusion: float
    reasons: Reasons

    @property
    def score(self) -> float:
        return self.reasons.information


def select_rankings(
    candidates: list[Candidate],
    *,
    rankings: int,
    size: int,
    uniform_share: float,
    rng: np.random.Generator,
    plan: Plan = DISAGREEMENT,
) -> list[SelectedRanking]:
    """At most `rankings` disjoint sets of up to `size` completions of one prompt each, in random order.

    A prompt's completions are dealt into sets at random; a completion that is left alone is not used. At least
    `uniform_share` of the sets taken are a simple random sample of all; the rest are the plan's choice.
    Raises: ValueError: rankings < 0, size < 2 or uniform_share outside [0, 1].
    """
    if rankings < 0 or size < 2 or not 0 <= uniform_share <= 1:
        raise ValueError(
            f"rankings {rankings}, size {size}, uniform_share {uniform_share}: expected ≥ 0, ≥ 2 and a share in [0, 1]"
        )
    sets = dealt(candidates, size, rng)
    return [
        SelectedRanking(
            prompt_id=choice.unit[0].prompt_id,
            completions=tuple(candidate.completion_id for candidate in choice.unit),
            strategy=choice.strategy,
            propensity=choice.drawn.propensity,
            inclusion=choice.drawn.inclusion,
            reasons=choice.reasons,
        )
        for choice in choose(sets, wanted=rankings, uniform_share=uniform_share, rng=rng, plan=plan)
    ]
