"""Labelers known by how they answer to predicted rewards, and what their verdicts are worth after that."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import expit

from rlhf_backend.stats.crowd_rewards import Crowd, PredictedVerdicts, _Problem, believed, estimate_crowd
from rlhf_backend.types import Interval


def verdicts(
    eta: list[float], bias: list[float], *, n: int, seed: int, spread: float = 2.0, scale: float = 1.0
) -> PredictedVerdicts:
    rng = np.random.default_rng(seed)
    labelers, leads = rng.integers(len(eta), size=n), rng.normal(scale=spread, size=n)
    sides = rng.choice([-1.0, 1.0], size=n)
    agree = rng.random(n) < expit(leads + sides * np.array(bias)[labelers])
    a_wins = np.where(rng.random(n) < np.array(eta)[labelers], agree, ~agree)
    return PredictedVerdicts(labelers, np.arange(n), leads / scale, sides, a_wins, np.ones(n))


def certain(eta: list[float], bias: list[float], spread: float = 2.0) -> Crowd:
    def exactly(value: float) -> Interval:
        return Interval(value=value, low=value, high=value, n=1)

    return Crowd([exactly(value) for value in eta], [exactly(value) for value in bias], spread)


def one(*, side: float, a_wins: bool) -> PredictedVerdicts:
    return PredictedVerdicts(
        np.zeros(1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(1),
        np.array([side]),
        np.array([a_wins]),
        np.ones(1),
    )


def test_the_gradient_is_that_of_the_posterior() -> None:
    problem = _Problem(verdicts([0.9, 0.6, 0.2], [0.0, 1.0, -1.0], n=60, seed=1))
    theta = np.random.default_rng(2).normal(size=8)
    _, gradient = problem.loss(theta)
    assert gradient == pytest.approx(approx_fprime(theta, lambda t: problem.loss(t)[0], 1e-6), abs=1e-3)


def test_planted_labelers_are_recovered_within_their_intervals() -> None:
    eta, bias = [0.97, 0.75, 0.1, 0.95], [0.0, 0.0, 0.0, 1.5]
    crowd = estimate_crowd(verdicts(eta, bias, n=6000, seed=3, scale=0.5))
    for planted, found in zip(eta, crowd.eta, strict=True):
        assert found.low - 0.02 <= planted <= found.high + 0.02
    assert crowd.side_bias[3].low <= 1.5 <= crowd.side_bias[3].high
    assert crowd.spread == pytest.approx(2.0, rel=0.15)


def test_predictions_that_tell_nothing_leave_every_labeler_at_the_prior() -> None:
    said = verdicts([0.95, 0.95], [0.0, 0.0], n=400, seed=4)
    blind = PredictedVerdicts(said.labelers, said.pairs, np.zeros(400), said.sides, said.a_wins, said.weights)
    assert [labeler.value for labeler in estimate_crowd(blind).eta] == pytest.approx([0.9, 0.9], abs=0.02)


def test_people_who_judge_the_same_pairs_tell_of_each_other_where_predictions_do_not() -> None:
    rng = np.random.default_rng(5)
    pairs, labelers = np.repeat(np.arange(400), 4), np.tile(np.arange(4), 400)
    better = (rng.random(400) < 0.5)[pairs]
    a_wins = np.where(labelers == 3, ~better, better) ^ (rng.random(1600) < 0.05)
    crowd = estimate_crowd(PredictedVerdicts(labelers, pairs, np.zeros(1600), np.ones(1600), a_wins, np.ones(1600)))
    assert min(labeler.value for labeler in crowd.eta[:3]) > 0.85
    assert crowd.eta[3].high < 0.5


def test_a_labeler_with_three_verdicts_is_not_thrown_out() -> None:
    """All three against the prediction: still most likely a person who answers what they see."""
    said = verdicts([0.95, 0.95], [0.0, 0.0], n=500, seed=6)
    extra = PredictedVerdicts(
        np.r_[said.labelers, [2, 2, 2]],
        np.r_[said.pairs, [500, 501, 502]],
        np.r_[said.leads, [1.0, 1.0, 1.0]],
        np.r_[said.sides, [1.0, -1.0, 1.0]],
        np.r_[said.a_wins, [False, False, False]],
        np.ones(503),
    )
    crowd = estimate_crowd(extra)
    assert crowd.eta[2].value > 0.7
    assert crowd.eta[2].low < 0.6  # little is known
    assert believed(extra, crowd).weights[-1] > 0.2


def test_a_reliable_verdict_counts_in_full_and_as_it_was_given() -> None:
    for a_wins in (True, False):
        worth = believed(one(side=1.0, a_wins=a_wins), certain([1 - 1e-9], [0.0]))
        assert worth.weights == pytest.approx([1.0], abs=1e-4)
        assert worth.targets == pytest.approx([float(a_wins)], abs=1e-4)


def test_a_coin_counts_nothing_and_an_adversary_for_the_opposite() -> None:
    assert believed(one(side=0.0, a_wins=True), certain([0.5], [0.0])).weights == pytest.approx([0.0], abs=1e-9)
    worth = believed(one(side=0.0, a_wins=True), certain([1e-9], [0.0]))
    assert worth.weights == pytest.approx([1.0], abs=1e-4)
    assert worth.targets == pytest.approx([0.0], abs=1e-4)


def test_who_always_takes_the_left_is_believed_when_they_take_the_right() -> None:
    crowd = certain([0.97], [4.0])
    with_the_side = believed(one(side=1.0, a_wins=True), crowd)
    against_it = believed(one(side=1.0, a_wins=False), crowd)
    assert with_the_side.weights[0] < 0.25
    assert against_it.weights[0] > 0.5
    assert against_it.targets[0] < 0.05


def test_sides_and_completions_are_mirrored_alike() -> None:
    crowd = certain([0.8], [1.3])
    left_a, left_b = believed(one(side=1.0, a_wins=True), crowd), believed(one(side=-1.0, a_wins=False), crowd)
    assert left_a.weights == pytest.approx(left_b.weights)
    assert left_a.targets == pytest.approx(1 - left_b.targets)
