"""Pairs that a reward model labels itself, loop by loop, and the gate on human verdicts that ends it.

Source: Huang et al. 2024, arXiv:2411.00418 (self-evolved reward learning). Differs: scores are centred on a fixed
reference and divided by a temperature fitted on held-out verdicts before they meet the thresholds, because
Bradley-Terry fixes differences only; the two rules are phases, one after the other; verdicts of people are replayed in
every loop; a share limits the self-labels; and a loop stays only if held-out verdicts of people agree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rlhf_backend.row import Interval
from rlhf_backend.stats.clustered import clustered_mean_interval
from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.stats.self_label_lanes import (
    Admitted,
    Index,
    Lane,
    Limits,
    Pool,
    Rule,
    Status,
    admitting,
    allowed,
    best_scale,
    first_lanes,
    hits_of,
    log_likelihood,
    refitted,
)

FEWEST_VERDICTS = 50
"""Fewer verdicts of people cannot gate a loop."""
_FEWEST = 5
"""A rule that admits fewer pairs than this has nothing more to give."""


@dataclass(frozen=True)
class Loop:
    """One loop: what it admitted, accuracy on held-out verdicts of people after it, the change from the loop before."""

    number: int
    status: Status
    admitted: int
    remaining: int
    accuracy: Interval
    change: Interval | None
    kept: bool


@dataclass(frozen=True)
class Outcome:
    """The loops, what stays admitted after the last kept one, why no other followed, and the weights then (F,)."""

    loops: list[Loop]
    admitted: Admitted
    stopped: str
    weights: Array


def self_label(
    pool: Pool, limits: Limits, *, seed: int, on_loop: Callable[[Loop], None] = lambda loop: None
) -> Outcome:
    """Loops of labeling, refitting and asking held-out verdicts, until one does not help or nothing is admitted.

    Every fold has a lane of its own, which labels the pool without having seen the fold: what is held out stays so
    through all loops. The lane on all verdicts makes the labels that are kept. A loop is kept if the held-out verdicts
    become likelier, each at its lane's best temperature, and their accuracy does not fall for certain.
    """
    order = np.random.default_rng(seed).permutation(len(pool.a))
    lanes, loops = first_lanes(pool), list[Loop]()

    def told(loop: Loop) -> None:
        loops.append(loop)
        on_loop(loop)

    told(Loop(0, "seed", 0, len(pool.a), _mean(hits_of(pool, lanes), pool), None, kept=True))
    status: Status = "tell good from bad"
    stopped = _too_few(pool) or f"{limits.loops} loops were asked for"
    for number in range(1, limits.loops + 1) if not _too_few(pool) else ():
        rule, found = _found(pool, lanes, order, limits, Rule(status, number, best_scale(pool, lanes)))
        status = rule.status
        if _more(found, lanes) < _FEWEST:
            stopped = _why_none(pool, lanes[-1], limits, rule)
            break
        after = [refitted(pool, lane) for lane in found]
        loop = _measured(pool, lanes, after, rule, gated=limits.gated)
        told(loop)
        if not loop.kept:
            stopped = "held-out verdicts of people speak against the last loop: it was rolled back"
            break
        lanes = after
    whole = lanes[-1]
    return Outcome(loops, whole.admitted, stopped, whole.rewards(np.eye(pool.a.shape[1])))


def _found(pool: Pool, lanes: list[Lane], order: Index, limits: Limits, rule: Rule) -> tuple[Rule, list[Lane]]:
    """The lanes with what they admit by the rule, or by the next status where this one has nothing more to give."""
    found = admitting(pool, lanes, order, limits, rule)
    if rule.status == "amplify differences" or _more(found, lanes) >= _FEWEST:
        return rule, found
    rule = replace(rule, status="amplify differences")
    return rule, admitting(pool, lanes, order, limits, rule)


def _measured(pool: Pool, before: list[Lane], after: list[Lane], rule: Rule, *, gated: bool) -> Loop:
    hits = hits_of(pool, after)
    change = _mean(hits - hits_of(pool, before), pool)
    likelier = log_likelihood(pool, after) > log_likelihood(pool, before)
    return Loop(
        number=rule.number,
        status=rule.status,
        admitted=_more(after, before),
        remaining=len(pool.a) - len(after[-1].admitted),
        accuracy=_mean(hits, pool),
        change=change,
        kept=not gated or (likelier and change.high >= 0),
    )


def _more(after: list[Lane], before: list[Lane]) -> int:
    """Pairs that the lane on everything admitted."""
    return len(after[-1].admitted) - len(before[-1].admitted)


def _too_few(pool: Pool) -> str | None:
    decided = int((~pool.human.ties).sum())
    if decided >= FEWEST_VERDICTS:
        return None
    return f"{decided} decided verdicts cannot tell whether self-labels help: {FEWEST_VERDICTS} are needed"


def _why_none(pool: Pool, lane: Lane, limits: Limits, rule: Rule) -> str:
    if rule.scale <= 0:
        return "held-out verdicts go against the reward model"
    if len(lane.admitted) + _FEWEST > allowed(lane, limits):
        return f"self-labels are {limits.share:.0%} of the training pairs"
    if len(lane.admitted) == len(pool.a):
        return "every pair is labeled"
    return "no rule admits further pairs"


def _mean(values: Array, pool: Pool) -> Interval:
    decided = ~pool.human.ties
    return clustered_mean_interval(values, pool.clusters[decided], pool.counts[decided])
