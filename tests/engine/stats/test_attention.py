"""Haste, runs of one side, and decline within a session."""

from itertools import groupby, product

import numpy as np
import pytest

from rlhf_backend.stats.attention import (
    hasty,
    longest_run,
    pace,
    run_probability,
    session_numbers,
    session_trend,
)
from rlhf_backend.stats.estimate import Undefined
from rlhf_backend.types import Interval


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_the_probability_of_a_run_is_its_share_of_all_sequences(n: int) -> None:
    longest = [max(len(list(run)) for _, run in groupby(tosses)) for tosses in product((0, 1), repeat=n)]
    for length in range(n + 2):
        share = sum(found >= length for found in longest) / len(longest)
        assert run_probability(n, length) == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("n", [20, 100, 200, 1000])
def test_the_mean_longest_run_is_schillings(n: int) -> None:
    """Schilling 1990, The College Mathematics Journal 21:196: log₂ n + 1/3 for runs of heads or tails: 7 for a hundred
    tosses, 8 for two hundred."""
    mean = sum(run_probability(n, length) for length in range(1, n + 1))
    assert mean == pytest.approx(np.log2(n) + 1 / 3, abs=0.12)


def test_two_hundred_tosses_hold_a_run_of_six() -> None:
    """Hill 1998, American Scientist 86:358: two hundred tosses almost surely hold six heads or six tails in a row."""
    assert run_probability(200, 6) == pytest.approx(0.9653, abs=1e-4)


def test_the_longest_run_is_found_where_it_is() -> None:
    run = longest_run(np.array([True, False, False, False, True, True]))
    assert (run.start, run.length, run.n) == (1, 3, 6)
    assert longest_run(np.zeros(0, dtype=bool)).probability == 1
    assert longest_run(np.ones(40, dtype=bool)).probability == pytest.approx(2**-39)


def test_who_answers_in_a_blink_is_hasty_and_who_reads_is_not() -> None:
    seconds = np.array([0.4, 0.4, 3.0, 12.0, 2.0])
    characters = np.array([40.0, 2000.0, 600.0, 2000.0, 2000.0])
    assert hasty(pace(seconds, characters), others=None).tolist() == [False, True, False, False, True]


def test_where_everybody_is_quick_others_set_the_measure() -> None:
    paces = pace(np.array([2.0, 0.2]), np.array([2000.0, 2000.0]))
    assert hasty(paces, others=0.1).tolist() == [False, True]
    assert hasty(paces, others=4.0).tolist() == [True, True]


def test_a_pause_begins_a_new_session() -> None:
    assert session_numbers(np.array([0.0, 0.2, 0.4, 1.0, 1.1, 25.0])).tolist() == [0, 0, 0, 1, 1, 2]


def _shifts(drop: float, *, seed: int, sessions: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Sessions of two hours whose share of right verdicts falls by `drop` an hour, better on some days."""
    rng = np.random.default_rng(seed)
    hours = np.concatenate([24 * day + np.sort(rng.uniform(0, 2, 150)) for day in range(sessions)])
    level = 0.75 + rng.uniform(-0.1, 0.1, sessions)[session_numbers(hours)]
    return hours, (rng.random(len(hours)) < level - drop * (hours % 24)).astype(np.float64)


def test_a_planted_decline_is_measured() -> None:
    trend = session_trend(*_shifts(0.2, seed=1))
    assert isinstance(trend, Interval)
    assert trend.low <= -0.2 <= trend.high
    assert trend.high < 0


def test_the_trend_of_the_tireless_covers_zero_as_often_as_it_claims() -> None:
    hits = 0
    for seed in range(200):
        trend = session_trend(*_shifts(0.0, seed=seed), confidence=0.9)
        assert isinstance(trend, Interval)
        hits += trend.low <= 0 <= trend.high
    assert 167 <= hits <= 193  # 180 ± 3 standard deviations


def test_a_few_verdicts_show_no_trend() -> None:
    few = session_trend(np.arange(5) / 60, np.ones(5))
    assert isinstance(few, Undefined)
    assert isinstance(session_trend(np.zeros(0), np.zeros(0)), Undefined)
    burst = session_trend(np.arange(40) / 36000, np.ones(40))
    assert isinstance(burst, Undefined)
    assert "too short" in burst.reason
