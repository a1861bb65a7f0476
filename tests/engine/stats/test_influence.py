"""Leave-one-out by one Newton step, beside refits that really leave the preference out."""

import time

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import approx_fprime

from rlhf_backend.stats.influence import own_shifts
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, fit, verdict_losses, verdict_slopes


def verdicts_on(n: int, features: int, *, threshold: float, seed: int = 0) -> LinearVerdicts:
    """Noisy verdicts of a linear taste with ties, margins and weights."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features)) * features**-0.5
    d = x @ rng.normal(size=features) * 2 + rng.logistic(size=n)
    targets = np.where(np.abs(d) < threshold, 0.5, (d > 0).astype(float))
    margins = np.where(targets == 0.5, 0.0, rng.choice([0.0, 0.5, 1.0], size=n))
    return LinearVerdicts(x, targets, targets == 0.5, margins, rng.uniform(0.5, 1.5, size=n), threshold)


def refitted(verdicts: LinearVerdicts, owners: npt.NDArray[np.int64], *, precision: float) -> Array:
    """The same shifts by fitting again for every owner."""
    whole = fit(verdicts, precision=precision)
    shifts = np.zeros(len(owners))
    for owner in np.unique(owners):
        out = owners == owner
        without = fit(verdicts.rows(~out), precision=precision, start=whole)
        shifts[out] = verdicts.differences[out] @ (whole - without)
    return shifts


@pytest.mark.parametrize("threshold", [0.0, 0.5])
@pytest.mark.parametrize("precision", [0.1, 1.0])
def test_one_step_comes_close_to_a_refit_without_the_preference(threshold: float, precision: float) -> None:
    verdicts = verdicts_on(120, 8, threshold=threshold)
    owners = np.arange(120)
    found = own_shifts(verdicts, fit(verdicts, precision=precision), precision=precision, owners=owners)
    truth = refitted(verdicts, owners, precision=precision)
    assert np.corrcoef(found, truth)[0, 1] > 0.995
    assert np.abs(found - truth).max() < 0.12 * np.abs(truth).max()
    assert np.median(np.abs(found - truth)) < 0.02 * np.median(np.abs(truth))
    strongest = np.argsort(-np.abs(truth))[:8]
    assert set(strongest) <= set(np.argsort(-np.abs(found))[:10])


def test_verdicts_of_one_owner_are_left_out_together() -> None:
    verdicts = verdicts_on(90, 6, threshold=0.5, seed=3)
    owners = np.r_[np.repeat(np.arange(10), 6), np.arange(10, 40)]
    shuffled = np.random.default_rng(0).permutation(owners)
    found = own_shifts(verdicts, fit(verdicts, precision=0.3), precision=0.3, owners=shuffled)
    truth = refitted(verdicts, shuffled, precision=0.3)
    alone = own_shifts(verdicts, fit(verdicts, precision=0.3), precision=0.3, owners=np.arange(90))
    together = np.isin(shuffled, np.arange(10))
    assert np.corrcoef(found[together], truth[together])[0, 1] > 0.99
    assert np.abs(found - truth)[together].mean() < 0.3 * np.abs(alone - truth)[together].mean()


def test_a_decided_preference_pulls_towards_what_it_says() -> None:
    verdicts = verdicts_on(200, 5, threshold=0.0)
    shifts = own_shifts(verdicts, fit(verdicts, precision=0.1), precision=0.1, owners=np.arange(200))
    assert (np.sign(shifts) == np.where(verdicts.targets == 1, 1, -1)).all()


def test_a_stronger_prior_lets_a_preference_pull_less() -> None:
    verdicts = verdicts_on(60, 5, threshold=0.5)
    weak, strong = (
        np.abs(own_shifts(verdicts, fit(verdicts, precision=p), precision=p, owners=np.arange(60))).mean()
        for p in (0.1, 30.0)
    )
    assert strong < weak / 5


def test_slopes_and_curvatures_are_the_derivatives_of_the_losses() -> None:
    verdicts = verdicts_on(40, 4, threshold=0.5)
    at = verdicts.differences @ np.array([1.0, -2.0, 0.5, 0.0])
    slopes, curvatures = verdict_slopes(at, verdicts)

    def total(d: Array) -> float:
        return float(verdicts.weights @ verdict_losses(d, verdicts))

    np.testing.assert_allclose(slopes, approx_fprime(at, total, 1e-7), atol=1e-5)
    step = 1e-5
    rise = (verdict_slopes(at + step, verdicts)[0] - verdict_slopes(at - step, verdicts)[0]) / (2 * step)
    np.testing.assert_allclose(curvatures, rise, atol=1e-6)


def test_twenty_thousand_preferences_take_seconds() -> None:
    verdicts = verdicts_on(20_000, 64, threshold=0.5)
    weights = fit(verdicts, precision=0.1)
    owners = np.r_[np.repeat(np.arange(1_000), 6), np.arange(1_000, 15_000)]
    begun = time.process_time()
    shifts = own_shifts(verdicts, weights, precision=0.1, owners=owners)
    assert np.isfinite(shifts).all()
    assert time.process_time() - begun < 10
