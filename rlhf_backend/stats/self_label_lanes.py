"""Fits to verdicts of people and to pairs that each fit labeled itself: one without each fold, one on everything."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit

from rlhf_backend.stats.drift import hits
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, fit

Index = npt.NDArray[np.int64]
Status = Literal["tell good from bad", "amplify differences", "seed"]

GOOD_ABOVE, BAD_BELOW = 0.55, 0.45
LEAD_ABOVE = 0.3
_PRIOR_OF_SCALE = 0.01


@dataclass(frozen=True)
class Pool:
    """What loops work on.

    human: n verdicts of people, differences of features a − b (n, F). said: 1 where the verdict is for a, 0 for b,
    whatever `human` trains on (n,). counts: what each verdict counts in the gate (n,). folds: the part that each is
    held out with (n,). clusters: the same number for verdicts that belong together (n,). reference: mean features of a
    fixed set of completions, where a reward counts as neither good nor bad (F,). a, b: features of the m pairs that
    nobody judged (m, F). precision: of the Gaussian prior of every fit.
    """

    human: LinearVerdicts
    said: Array
    counts: Array
    folds: Index
    clusters: Index
    reference: Array
    a: Array
    b: Array
    precision: float


@dataclass(frozen=True)
class Admitted:
    """k pairs of the pool with their self-labels.

    rows: in the pool (k,). loops: that admitted them (k,). shares: P(a better) by the model that did (k,). unseen: the
    same by models that had not seen a fold of the verdicts (folds, k).
    """

    rows: Index
    loops: Index
    shares: Array
    unseen: Array

    @classmethod
    def none(cls, folds: int) -> "Admitted":
        nothing = np.zeros(0, dtype=np.int64)
        return cls(nothing, nothing, np.zeros(0), np.zeros((folds, 0)))

    def __len__(self) -> int:
        return len(self.rows)

    def with_more(self, rows: Index, loop: int, shares: Array, unseen: Array) -> "Admitted":
        return Admitted(
            rows=np.r_[self.rows, rows],
            loops=np.r_[self.loops, np.full(len(rows), loop)],
            shares=np.r_[self.shares, shares],
            unseen=np.concatenate([self.unseen, unseen], axis=1),
        )


@dataclass(frozen=True)
class Limits:
    """share: of all training pairs that may be self-labels, below 1. loops: at most. gated: False keeps every loop, to
    see what the gate is good for.
    """

    share: float
    loops: int
    gated: bool = True


@dataclass(frozen=True)
class Rule:
    """What a loop admits by: the status it is in, its number, and the scale that makes rewards logits."""

    status: Status
    number: int
    scale: float


@dataclass(frozen=True)
class Lane:
    """One fit with the pairs it labeled: without one fold of the verdicts, or on all of them."""

    seen: npt.NDArray[np.bool_]
    admitted: Admitted
    weights: Array | None = None

    def rewards(self, x: Array) -> Array:
        """Of features (N, F). (N,)"""
        rewards: Array = x @ self.weights if self.weights is not None else np.zeros(len(x))
        return rewards


def trained_on(shares: Array) -> Array:
    """What self-labels are trained on: 1 or 0. A model's own probability would teach it nothing."""
    targets: Array = (shares > 0.5).astype(np.float64)
    return targets


def first_lanes(pool: Pool) -> list[Lane]:
    """A lane without each fold, and one on everything, fitted to verdicts of people alone."""
    folds = int(pool.folds.max()) + 1
    seen = [*(pool.folds != fold for fold in range(folds)), np.ones(len(pool.folds), dtype=np.bool_)]
    return [refitted(pool, Lane(mask, Admitted.none(folds))) for mask in seen]


def admitting(pool: Pool, lanes: list[Lane], order: Index, limits: Limits, rule: Rule) -> list[Lane]:
    """The lanes with what each admits, first come first in `order` (m,): at most its part of what the share leaves."""
    found = []
    for lane in lanes:
        left = allowed(lane, limits) - len(lane.admitted)
        most = -(-left // (limits.loops - rule.number + 1))
        shares, admits = _judged(pool, lane, rule)
        admits[lane.admitted.rows] = False
        rows = order[admits[order]][: max(most, 0)]
        unseen = np.stack([expit(rule.scale * other.rewards(pool.a[rows] - pool.b[rows])) for other in lanes[:-1]])
        found.append(replace(lane, admitted=lane.admitted.with_more(rows, rule.number, shares[rows], unseen)))
    return found


def _judged(pool: Pool, lane: Lane, rule: Rule) -> tuple[Array, npt.NDArray[np.bool_]]:
    """P(a better) of every pair of the pool, and whether the rule admits it; none at a scale below 0. (m,), (m,)"""
    a, b = (max(rule.scale, 0.0) * lane.rewards(x - pool.reference) for x in (pool.a, pool.b))
    score_a, score_b = expit(a), expit(b)
    if rule.status == "tell good from bad":
        admits = (np.maximum(score_a, score_b) > GOOD_ABOVE) & (np.minimum(score_a, score_b) < BAD_BELOW)
    else:
        admits = np.abs(score_a - score_b) > LEAD_ABOVE
    return expit(a - b), admits


def allowed(lane: Lane, limits: Limits) -> int:
    """Self-labels that are `share` of all pairs together with the lane's verdicts."""
    return int(limits.share / (1 - limits.share) * lane.seen.sum())


def refitted(pool: Pool, lane: Lane) -> Lane:
    """The lane fitted to its verdicts and to all that it admitted."""
    human, admitted = pool.human.rows(lane.seen), lane.admitted
    x = pool.a[admitted.rows] - pool.b[admitted.rows]
    none = np.zeros(len(admitted))
    both = replace(
        human,
        differences=np.concatenate([human.differences, x]),
        targets=np.r_[human.targets, trained_on(admitted.shares)],
        ties=np.r_[human.ties, none.astype(np.bool_)],
        margins=np.r_[human.margins, none],
        weights=np.r_[human.weights, none + 1],
    )
    return replace(lane, weights=fit(both, precision=pool.precision, start=lane.weights))


def unseen_differences(pool: Pool, lanes: list[Lane]) -> Array:
    """Reward difference of each verdict by the lane that does not see it. (n,)"""
    differences = np.zeros(len(pool.folds))
    for lane in lanes[:-1]:
        differences[~lane.seen] = lane.rewards(pool.human.differences[~lane.seen])
    return differences


def best_scale(pool: Pool, lanes: list[Lane]) -> float:
    """1 over the temperature at which held-out reward differences foretell the verdicts best."""
    n = len(pool.folds)
    unseen = replace(
        pool.human,
        differences=unseen_differences(pool, lanes)[:, None],
        targets=pool.said,
        margins=np.zeros(n),
        weights=pool.counts,
    )
    return float(fit(unseen, precision=_PRIOR_OF_SCALE)[0])


def hits_of(pool: Pool, lanes: list[Lane]) -> Array:
    """1 where a held-out verdict is foretold, ½ where nothing is said, of the decided ones. (d,)"""
    decided = ~pool.human.ties
    return hits(unseen_differences(pool, lanes)[decided], pool.said[decided])


def log_likelihood(pool: Pool, lanes: list[Lane]) -> float:
    """Of the decided verdicts by the lanes that do not see them, at the temperature that suits these best."""
    decided = ~pool.human.ties
    d = best_scale(pool, lanes) * unseen_differences(pool, lanes)[decided]
    return float(pool.counts[decided] @ np.where(pool.said[decided] > 0.5, log_expit(d), log_expit(-d)))
