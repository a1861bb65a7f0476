"""Learning curves and what they forecast. Whether forecasts come true: tests/effects/test_reward_evaluation.py."""

import numpy as np
import pytest

from rlhf_backend.stats.learning_curve import Curves, HeldOutHits, learning_curve

SIZES = np.array([100.0, 200.0, 400.0, 800.0])


def found(accuracies: list[float], *, n: int = 4000, sizes: list[float] | None = None) -> HeldOutHits:
    """Verdicts on prompts of two each that are met as often as said, the same ones more and more."""
    draw = np.random.default_rng(0).random(n)
    hits = (draw[:, None] < np.array(accuracies)[None]).astype(float)
    return HeldOutHits(np.array(sizes or SIZES), hits, np.repeat(np.arange(n // 2), 2), np.ones(n))


def test_a_curve_without_noise_is_found() -> None:
    exact = 0.8 - 0.1 * (SIZES / 800) ** -0.5
    fitted = Curves(SIZES, 1e-6 * np.eye(4)).fit(exact[None], np.array([800.0, 3200.0]))
    np.testing.assert_allclose(fitted, [[0.7, 0.75]], atol=1e-9)


def test_forecasts_never_leave_what_accuracies_can_be_and_never_fall() -> None:
    rising, falling = np.array([[0.5, 0.65, 0.8, 0.95]]), np.array([[0.9, 0.85, 0.8, 0.75]])
    at = np.array([800.0, 1600.0, 1e6])
    curves = Curves(SIZES, 1e-4 * np.eye(4))
    assert curves.fit(rising, at).max() <= 1
    down = curves.fit(falling, at)[0]
    assert np.ptp(down) == pytest.approx(0, abs=1e-9)


def test_more_preferences_help_while_the_curve_rises() -> None:
    curve = learning_curve(found([0.6, 0.65, 0.69, 0.72]), preferences=1000, seed=0)
    assert [point.preferences for point in curve.points] == [100, 200, 400, 800]
    assert [forecast.more for forecast in curve.forecasts] == [500, 1000, 3000]
    values = [forecast.accuracy.value for forecast in curve.forecasts]
    assert 0.72 < values[0] < values[1] < values[2] < 0.85
    assert curve.says.startswith("1,000 more preferences for about +")


def test_a_flat_curve_promises_nothing() -> None:
    curve = learning_curve(found([0.7, 0.7, 0.7, 0.7]), preferences=1000, seed=0)
    assert curve.forecasts[-1].accuracy.value == pytest.approx(0.7, abs=0.02)
    assert "about +0.0 points" in curve.says


def test_without_enough_or_without_skill_there_is_no_forecast() -> None:
    few = learning_curve(found([0.6, 0.65, 0.69, 0.72], n=40), preferences=40, seed=0)
    assert (few.points, few.forecasts) == ([], [])
    assert "too few" in few.says
    coins = learning_curve(found([0.5, 0.49, 0.5, 0.5]), preferences=1000, seed=0)
    assert coins.forecasts == []
    assert "chance" in coins.says
