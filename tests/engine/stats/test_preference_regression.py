"""Linear rewards fitted to verdicts."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit

from rlhf_backend.stats.preference_regression import (
    Array,
    LinearVerdicts,
    fit,
    fit_ensemble,
    probability_a,
    verdict_losses,
)

TRUTH = np.array([1.5, -1.0, 0.0, 0.5])


def labels(n: int, *, threshold: float, seed: int = 0, scale: float = 1.0) -> LinearVerdicts:
    """Verdicts that a Rao-Kupper annotator gives on normal features."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)) * scale
    d = x @ TRUTH
    u = rng.random(n)
    p_a, p_b = expit(d - threshold), expit(-d - threshold)
    targets = np.where(u < p_a, 1.0, np.where(u > 1 - p_b, 0.0, 0.5))
    return LinearVerdicts(x, targets, targets == 0.5, np.zeros(n), np.ones(n), threshold)


def posterior(verdicts: LinearVerdicts, weights: Array, precision: float) -> float:
    losses = verdict_losses(verdicts.differences @ weights, verdicts)
    return float(verdicts.weights @ losses + precision / 2 * weights @ weights)


@pytest.mark.parametrize("threshold", [0.0, 0.7])
def test_the_truth_is_found_with_many_verdicts(threshold: float) -> None:
    found = fit(labels(20_000, threshold=threshold), precision=1e-3)
    np.testing.assert_allclose(found, TRUTH, atol=0.08)


def test_the_fit_is_a_minimum_of_the_posterior() -> None:
    verdicts = labels(60, threshold=0.5)
    found = fit(verdicts, precision=0.3)
    slope = approx_fprime(found, lambda w: posterior(verdicts, w, 0.3), 1e-6)
    np.testing.assert_allclose(slope, 0, atol=1e-3)
    elsewhere = minimize(lambda w: posterior(verdicts, w, 0.3), np.ones(4), method="Nelder-Mead").fun
    assert posterior(verdicts, found, 0.3) <= elsewhere + 1e-6


def test_a_verdict_of_weight_two_is_two_verdicts() -> None:
    verdicts = labels(30, threshold=0.5)
    doubled = verdicts.rows(np.concatenate([np.arange(30), [3]]))
    weights = np.ones(30)
    weights[3] = 2
    weighted = replace(verdicts, weights=weights)
    np.testing.assert_allclose(fit(weighted, precision=0.1), fit(doubled, precision=0.1), atol=1e-5)


def test_margins_push_the_reward_apart() -> None:
    verdicts = labels(200, threshold=0.0)
    strong = replace(verdicts, margins=np.ones(200))
    assert np.linalg.norm(fit(strong, precision=1.0)) > np.linalg.norm(fit(verdicts, precision=1.0))


def test_probabilities_of_decided_verdicts() -> None:
    assert probability_a(np.array([0.0]), threshold=0.8).tolist() == [0.5]
    d, t = np.array([-2.0, 0.3, 1.0]), 0.6
    expected = expit(d - t) / (expit(d - t) + expit(-d - t))
    np.testing.assert_allclose(probability_a(d, threshold=t), expected)
    np.testing.assert_allclose(probability_a(d, threshold=0.0), expit(d))


def test_the_ensemble_centres_on_the_mode_and_narrows_with_evidence() -> None:
    few, many = labels(20, threshold=0.5), labels(2000, threshold=0.5)
    ensembles = [fit_ensemble(v, precision=0.5, heads=12, seed=1) for v in (few, many)]
    for ensemble, verdicts in zip(ensembles, (few, many), strict=True):
        np.testing.assert_allclose(ensemble.mean(0), fit(verdicts, precision=0.5), atol=1e-6)
    assert ensembles[1].std(0).mean() < 0.3 * ensembles[0].std(0).mean()


def test_the_ensembles_spread_is_that_of_the_posterior() -> None:
    verdicts, precision = labels(300, threshold=0.0), 0.5
    ensemble = fit_ensemble(verdicts, precision=precision, heads=200, seed=0)
    p = expit(verdicts.differences @ fit(verdicts, precision=precision))
    hessian = (verdicts.differences.T * (p * (1 - p))) @ verdicts.differences + precision * np.eye(4)
    laplace = np.sqrt(np.diag(np.linalg.inv(hessian)))
    np.testing.assert_allclose(ensemble.std(0), laplace, rtol=0.25)


def test_directions_without_evidence_keep_the_priors_spread() -> None:
    verdicts = labels(500, threshold=0.0)
    blind = np.concatenate([verdicts.differences[:, :3], np.zeros((500, 1))], 1)
    unseen = replace(verdicts, differences=blind)
    spread = fit_ensemble(unseen, precision=0.25, heads=64, seed=0).std(0)
    assert spread[3] == pytest.approx(2.0, rel=0.3)
    assert spread[:3].max() < 0.5


def test_one_head_is_the_mode_and_the_seed_decides() -> None:
    verdicts = labels(50, threshold=0.5)
    np.testing.assert_array_equal(
        fit_ensemble(verdicts, precision=1.0, heads=1, seed=0)[0], fit(verdicts, precision=1.0)
    )
    one, two, other = (fit_ensemble(verdicts, precision=1.0, heads=3, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_rows_of_one_observation_are_drawn_together() -> None:
    verdicts = labels(150, threshold=0.0)
    twice = verdicts.rows(np.repeat(np.arange(150), 6))
    twice = replace(twice, weights=twice.weights / 6)
    once, together, apart = (
        fit_ensemble(rows, precision=0.5, heads=100, seed=0, units=units).std(0).mean()
        for rows, units in ((verdicts, None), (twice, np.repeat(np.arange(150), 6)), (twice, None))
    )
    assert together == pytest.approx(once, rel=1e-4)  # six rows of a sixth are the one row again
    assert apart < 0.75 * once  # taken for six observations, they would feign certainty
