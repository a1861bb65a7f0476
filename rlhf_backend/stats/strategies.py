"""In which order pairs (or sets) of completions are worth a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

import numpy as np

from rlhf_backend.stats.acquisition import Array, expected_agreement, information
from rlhf_backend.stats.candidates import Ints, Unit, guesses, has_rewards, pair_beliefs
from rlhf_backend.stats.coverage import Coverage, PromptFacts
from rlhf_backend.stats.label_cost import LabelCost

Strategy = Literal["disagreement", "composite", "double_thompson", "uniform"]

_STEPS = 256  # a batch is chosen in at most so many steps; coverage is counted anew after each
_PASSES = 30  # over the prompts; double Thompson sampling then no longer finds new pairs


@dataclass(frozen=True)
class Plan:
    """How pairs are chosen, and what is known beside the rewards. `agreement`: how often two labelers agree."""

    strategy: Strategy = "disagreement"
    coverage: Coverage | None = None
    cost: LabelCost = field(default_factory=LabelCost)
    agreement: float | None = None


@dataclass(frozen=True, slots=True)
class Reasons:
    """What spoke for a unit when the batch was begun.

    information: expected of its verdict about the ensemble, nats; 0 where no rewards are known. deficit: prompts of the
    pool that each verdict nearby stands for. agreement: chance that two labelers say the same. seconds: of work.
    """

    information: float
    deficit: float
    agreement: float
    seconds: float


@dataclass(frozen=True)
class Worth:
    """`Reasons` of all units, in arrays (n,); NaN where rewards are unknown. places: each unit's prompt in coverage."""

    information: Array
    agreement: Array
    seconds: Array
    places: Ints
    coverage: Coverage

    def reasons(self, unit: int) -> Reasons:
        known = bool(np.isfinite(self.information[unit]))
        return Reasons(
            information=float(self.information[unit]) if known else 0.0,
            deficit=float(self.coverage.deficits()[self.places[unit]]),
            agreement=float(self.agreement[unit]) if known else 0.5,
            seconds=float(self.seconds[unit]),
        )


def worth_of(units: Sequence[Unit], plan: Plan) -> Worth:
    """What speaks for each unit; information and agreement of a set are the means over its pairs."""
    beliefs, owners = pair_beliefs(units)
    pairs = np.maximum(np.bincount(owners, minlength=len(units)), 1)
    prompt_ids = [unit[0].prompt_id for unit in units]
    coverage = plan.coverage or Coverage([PromptFacts(prompt_id) for prompt_id in dict.fromkeys(prompt_ids)])
    places = coverage.places(prompt_ids)
    characters = np.array([sum(c.characters for c in unit) for unit in units], dtype=np.float64)
    return Worth(
        information=np.bincount(owners, information(beliefs), len(units)) / pairs,
        agreement=np.bincount(owners, expected_agreement(beliefs, measured=plan.agreement), len(units)) / pairs,
        seconds=plan.cost.seconds(characters + coverage.characters[places]),
        places=places,
        coverage=coverage,
    )


def preferred_order(
    units: Sequence[Unit], worth: Worth, strategy: Strategy, *, wanted: int, rng: np.random.Generator
) -> Ints:
    """The first `wanted` units by the strategy, best first; fewer where fewer have rewards, none of "uniform"."""
    scored = np.array([i for i, unit in enumerate(units) if has_rewards(unit)], dtype=np.intp)
    if strategy == "uniform" or len(scored) == 0:
        return scored[:0]
    if strategy == "composite":
        return _by_composite(worth, scored, wanted, rng)
    if strategy == "double_thompson":
        return _by_thompson(units, scored, wanted, rng)
    return _by_disagreement(worth, scored, wanted, rng)


def _by_disagreement(worth: Worth, scored: Ints, wanted: int, rng: np.random.Generator) -> Ints:
    """The most informative unit of each prompt before any second one, ties in random order."""
    best_first = scored[np.lexsort((rng.random(len(scored)), -worth.information[scored]))]
    seen: dict[int, int] = {}
    turns = []
    for place in worth.places[best_first].tolist():
        turns.append(seen.get(place, 0))
        seen[place] = turns[-1] + 1
    return best_first[np.argsort(turns, kind="stable")][:wanted]


def _by_composite(worth: Worth, scored: Ints, wanted: int, rng: np.random.Generator) -> Ints:
    """information × coverage deficit × predicted agreement ÷ seconds, greedily: what is chosen counts as labeled.

    That keeps a batch apart: near-duplicates of a chosen prompt lose worth at once.
    Source: the terms as surveyed by Kaufmann et al. 2023, arXiv:2312.14925, §4. The product is ours.
    """
    base = np.full(len(worth.places), -1.0)
    base[scored] = worth.information[scored] * worth.agreement[scored] / worth.seconds[scored]
    base[scored] += 1e-12 * rng.random(len(scored))  # equals in random order
    labeled, order = worth.coverage.labeled.copy(), np.empty(0, dtype=np.intp)
    step = ceil(wanted / _STEPS)
    while len(order) < min(wanted, len(scored)):
        scores = np.where(base >= 0, base * worth.coverage.deficits(labeled)[worth.places], -1.0)
        best = _one_of_each_prompt(scores, worth.places, min(step, wanted - len(order)))
        base[best] = -1.0
        order = np.concatenate([order, best])
        labeled += worth.coverage.verdicts_near(worth.places[best])
    return order


def _one_of_each_prompt(scores: Array, places: Ints, count: int) -> Ints:
    """The `count` best units with scores of at least 0, of different prompts; fewer where there are no more prompts."""
    if count == 1:
        return np.array([scores.argmax()], dtype=np.intp)
    best_first = np.argsort(-scores, kind="stable")
    best_first = best_first[scores[best_first] >= 0]
    _, firsts = np.unique(places[best_first], return_index=True)
    return best_first[np.sort(firsts)][:count]


def _by_thompson(units: Sequence[Unit], scored: Ints, wanted: int, rng: np.random.Generator) -> Ints:
    """Prompts in random order; of each the completion that one drawn head finds best, and the best other by another.

    Of sets the one that holds the first draw. Pairs that were drawn already are drawn anew in the next pass; where no
    pass finds new ones the rest follow in random order.
    Source: Wu & Liu 2016, arXiv:1604.07101 (double Thompson sampling), on an ensemble's heads as Dwaracherla et al.
    2024, arXiv:2402.00396. Differs: heads stand for the posterior, and no arm is ruled out by confidence bounds.
    """
    groups: dict[int, list[int]] = {}
    for i in scored.tolist():
        groups.setdefault(units[i][0].prompt_id, []).append(i)
    arms = {prompt: _Arms(units, members, rng) for prompt, members in groups.items()}
    prompts, order = list(groups), dict[int, None]()
    for _ in range(_PASSES):
        for k in rng.permutation(len(prompts)):
            drawn = arms[prompts[k]].draw(rng)
            if drawn is not None:
                order.setdefault(drawn)
            if len(order) == wanted:
                return np.array(list(order), dtype=np.intp)
    rest = np.setdiff1d(scored, list(order))
    return np.concatenate([np.array(list(order), dtype=np.intp), rng.permutation(rest)])[:wanted].astype(np.intp)


class _Arms:
    """The completions of one prompt, and the unit that each two of them are in."""

    def __init__(self, units: Sequence[Unit], members: list[int], rng: np.random.Generator) -> None:
        unique = {c.completion_id: c for i in members for c in units[i]}
        self._ids = list(unique)
        self._rewards = guesses(list(unique.values()), rng)
        self._pairs = {frozenset(c.completion_id for c in units[i]): i for i in members}
        self._sets = {c.completion_id: i for i in members if len(units[i]) > 2 for c in units[i]}

    def draw(self, rng: np.random.Generator) -> int | None:
        first, second = rng.integers(self._rewards.shape[1], size=2)
        a = int(self._rewards[:, first].argmax())
        others = self._rewards[:, second].copy()
        others[a] = -np.inf
        two = frozenset((self._ids[a], self._ids[int(others.argmax())]))
        return self._sets.get(self._ids[a], self._pairs.get(two))
