"""True reward over √KL: the measured peak with its interval, and the fitted curve as a guide."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.row import Interval
from rlhf_backend.stats.frontier import Form, frontier, gain, peak

DISTANCES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def exactly(values: list[float], half: float = 1e-6) -> list[Interval]:
    return [Interval(value=v, low=v - half, high=v + half, n=100) for v in values]


def on_curve(form: Form, alpha: float, beta: float, *, start: float = 0.5, half: float = 1e-6) -> list[Interval]:
    return exactly((start + gain(np.array(DISTANCES), alpha, beta, form=form)).tolist(), half)


def test_the_forms_by_hand() -> None:
    d = np.array([0.0, 1.0, 2.0])
    assert gain(d, 2.0, 0.5, form="best_of_n") == pytest.approx([0.0, 1.5, 2.0])
    assert gain(d, 2.0, 0.5, form="reinforcement") == pytest.approx([0.0, 2.0, 2 * (2 - 0.5 * np.log(2))])
    assert peak(2.0, 0.5, form="best_of_n") == 2.0
    assert peak(2.0, 1.0, form="reinforcement") == pytest.approx(exp(1.0))
    assert peak(2.0, -0.5, form="best_of_n") is None
    assert peak(2.0, 0.0, form="reinforcement") is None
    assert peak(-1.0, 0.5, form="best_of_n") is None


@given(st.floats(0.2, 3), st.floats(0.2, 2), st.sampled_from(["best_of_n", "reinforcement"]))
def test_a_peak_is_higher_than_what_is_around_it(alpha: float, beta: float, form: Form) -> None:
    top = peak(alpha, beta, form=form)
    assert top is not None
    around = gain(np.array([0.9 * top, top, 1.1 * top]), alpha, beta, form=form)
    assert around[1] == around.max()


@pytest.mark.parametrize("form", ["best_of_n", "reinforcement"])
def test_the_curve_that_made_the_points_is_found(form: Form) -> None:
    found = frontier(DISTANCES, on_curve(form, 0.6, 0.2), start=0.5)
    assert found is not None
    assert found.curve is not None
    assert found.curve.form == form
    assert found.curve.alpha.value == pytest.approx(0.6, abs=1e-4)
    assert found.curve.beta.value == pytest.approx(0.2, abs=1e-4)
    assert found.curve.points[0] == (0.0, 0.5)
    assert found.curve.points[-1][0] == DISTANCES[-1]
    assert found.curve.peak_sqrt_kl == peak(found.curve.alpha.value, found.curve.beta.value, form=form)


def test_the_measured_peak_leads_and_its_interval_tells_how_sure_it_is() -> None:
    values = [0.55, 0.7, 0.69, 0.5, 0.4, 0.3]
    sure, unsure = (frontier(DISTANCES, exactly(values, half), start=0.5) for half in (1e-6, 0.05))
    assert sure is not None
    assert unsure is not None
    assert (sure.best, sure.best_sqrt_kl.value) == (1, 1.0)
    assert (sure.best_sqrt_kl.low, sure.best_sqrt_kl.high) == (1.0, 1.0)
    assert (unsure.best_sqrt_kl.low, unsure.best_sqrt_kl.high) == (1.0, 1.5)
    assert unsure.best_value.value == 0.7


def test_few_points_have_a_peak_and_no_curve() -> None:
    found = frontier([0.0, 0.0, 1.0, 2.0], exactly([0.5, 0.5, 0.7, 0.6]), start=0.5)
    assert found is not None
    assert (found.best, found.curve) == (2, None)
    assert frontier([], [], start=0.5) is None


def test_points_that_only_rise_have_a_curve_without_a_peak() -> None:
    found = frontier(DISTANCES, on_curve("best_of_n", 0.1, -0.02), start=0.5)
    assert found is not None
    assert found.curve is not None
    assert found.best == len(DISTANCES) - 1
    assert found.curve.peak_sqrt_kl is None
