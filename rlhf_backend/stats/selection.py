"""Which two completions of a prompt to show next: a strategy's choice, beside a protected uniform share."""

from dataclasses import dataclass

import numpy as np

from rlhf_backend.stats.candidates import Candidate as Candidate
from rlhf_backend.stats.candidates import Unit, all_pairs, anchored_pairs
from rlhf_backend.stats.strategies import Plan, Reasons, Strategy, preferred_order, worth_of
from rlhf_backend.stats.stratified_draw import Drawn, draw, uniform_places

DISAGREEMENT = Plan()


@dataclass(frozen=True, slots=True)
class SelectedPair:
    """A pair to compare, `a` and `b` in random order.

    `propensity` is the probability with which its strategy took it: pairs of the uniform stratum all have the same, so
    averages over that stratum are unbiased; pairs taken by another strategy are taken with certainty (1.0).
    `inclusion` is the probability with which the batch took it by either: averages over the whole batch weigh each
    pair by its reciprocal.
    """

    prompt_id: int
    a: int
    b: int
    strategy: Strategy
    propensity: float
    inclusion: float
    reasons: Reasons

    @property
    def score(self) -> float:
        return self.reasons.information


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that was taken, by which strategy and why."""

    unit: Unit
    strategy: Strategy
    drawn: Drawn
    reasons: Reasons


def select_pairs(
    candidates: list[Candidate],
    *,
    pairs: int,
    uniform_share: float,
    rng: np.random.Generator,
    plan: Plan = DISAGREEMENT,
    anchored: bool = False,
) -> list[SelectedPair]:
    """At most `pairs` distinct pairs of completions of one prompt each, in random order.

    `anchored` leaves pairs of one completion by the policy and one by the reference alone to choose from.

    At least `uniform_share` of them are a simple random sample of all possible pairs; the rest are the plan's choice.
    Where fewer pairs than wanted have known rewards, every place is uniform.
    Raises: ValueError: pairs < 0 or uniform_share outside [0, 1].
    """
    if pairs < 0 or not 0 <= uniform_share <= 1:
        raise ValueError(f"pairs {pairs} and uniform_share {uniform_share}: expected pairs ≥ 0 and a share in [0, 1]")
    selected = []
    units = anchored_pairs(candidates) if anchored else all_pairs(candidates)
    for choice in choose(units, wanted=pairs, uniform_share=uniform_share, rng=rng, plan=plan):
        a, b = choice.unit if rng.random() < 0.5 else choice.unit[::-1]
        drawn = choice.drawn
        selected.append(
            SelectedPair(
                a.prompt_id,
                a.completion_id,
                b.completion_id,
                choice.strategy,
                drawn.propensity,
                drawn.inclusion,
                choice.reasons,
            )
        )
    return selected


def choose(
    units: list[Unit], *, wanted: int, uniform_share: float, rng: np.random.Generator, plan: Plan
) -> list[Choice]:
    """`wanted` of the units, or all: a uniform stratum and the plan's choice, in random order."""
    wanted = min(wanted, len(units))
    if wanted == 0:
        return []
    worth = worth_of(units, plan)
    # The order is made, and the number of uniform places settled, before any is drawn: propensities rest on both.
    order = preferred_order(units, worth, plan.strategy, wanted=wanted, rng=rng)
    uniform = uniform_places(uniform_share, wanted) if len(order) == wanted else wanted
    drawn = draw(order, population=len(units), wanted=wanted, uniform=uniform, rng=rng)
    return [
        Choice(units[d.index], "uniform" if d.is_uniform else plan.strategy, d, worth.reasons(d.index)) for d in drawn
    ]
