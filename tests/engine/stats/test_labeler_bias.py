"""Length and format bias, against planted ones."""

import numpy as np
import pytest
from scipy.special import expit

from rlhf_backend.stats.estimate import Undefined
from rlhf_backend.stats.labeler_bias import (
    Effect,
    StyledVerdicts,
    against_others,
    format_marks,
    style_effects,
)
from rlhf_backend.types import Interval


def _planted(length: float, marks: float, side: float, *, n: int, seed: int) -> tuple[np.ndarray, ...]:
    """Verdicts that follow these pulls and an unseen quality; formatted completions are longer too."""
    rng = np.random.default_rng(seed)
    marks_ratio = rng.choice([-2.0, 0.0, 2.0], n)
    length_ratio = rng.normal(0, 0.7, n) + 0.3 * marks_ratio
    lead = side + length * length_ratio + marks * marks_ratio + rng.normal(0, 0.5, n)
    return rng.random(n) < expit(lead), length_ratio, marks_ratio


def _crowd(pulls: list[tuple[float, float, float]], *, n: int, seed: int = 0) -> StyledVerdicts:
    columns = [_planted(*pull, n=n, seed=seed + labeler) for labeler, pull in enumerate(pulls)]
    wins, length, marks = (np.concatenate(column) for column in zip(*columns, strict=True))
    return StyledVerdicts(np.repeat(np.arange(len(pulls)), n), wins, length, marks)


def test_pulls_of_length_and_formatting_are_told_apart() -> None:
    effects = style_effects(_crowd([(0.0, 0.0, 0.0), (1.2, 0.0, 0.8), (0.0, 1.0, 0.0)], n=1500))
    wanted = [(0.0, 0.0), (1.2, 0.0), (0.0, 1.0)]
    for labeler, (length, marks) in enumerate(wanted):
        found = effects[labeler]
        assert isinstance(found.length, Effect)
        assert isinstance(found.marks, Effect)
        assert found.length.value == pytest.approx(length, abs=0.25)
        assert found.marks.value == pytest.approx(marks, abs=0.2)


def test_the_interval_holds_the_planted_pull_as_often_as_it_claims() -> None:
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        length = rng.normal(0, 1, 150)
        wins = rng.random(150) < expit(0.8 * length)
        effect = style_effects(StyledVerdicts(np.zeros(150, np.int64), wins, length, np.zeros(150)))[0].length
        assert isinstance(effect, Effect)
        share = effect.share(confidence=0.9)
        hits += share.low <= expit(0.8) <= share.high
    assert 167 <= hits <= 193  # 180 ± 3 standard deviations


def test_the_one_who_likes_length_departs_from_the_others_and_the_others_from_nobody() -> None:
    effects = style_effects(_crowd([(0.3, 0.0, 0.0)] * 4 + [(2.0, 0.0, 0.0)], n=400, seed=50))
    departures = against_others({labeler: found.length for labeler, found in effects.items()}, confidence=0.999)
    lover = departures[4]
    assert isinstance(lover, Interval)
    assert lover.low > 0.5
    for labeler in range(4):
        other = departures[labeler]
        assert isinstance(other, Interval)
        assert other.high > -0.5
        assert other.low < 0.5


def test_a_verdict_that_always_follows_length_has_a_finite_pull() -> None:
    length = np.linspace(-2, 2, 60)
    effect = style_effects(StyledVerdicts(np.zeros(60, np.int64), length > 0, length, np.zeros(60)))[0].length
    assert isinstance(effect, Effect)
    assert 2 < effect.value < 10
    assert effect.share().low > 0.8


def test_where_nothing_differs_there_is_no_pull() -> None:
    verdicts = StyledVerdicts(np.zeros(40, np.int64), np.arange(40) % 2 == 0, np.ones(40), np.zeros(40))
    effects = style_effects(verdicts)[0]
    assert isinstance(effects.marks, Undefined)
    assert "differ in formatting" in effects.marks.reason
    alone = against_others({0: effects.length, 1: effects.marks})
    assert isinstance(alone[0], Undefined)
    assert "No other labeler" in alone[0].reason
    assert alone[1] is effects.marks


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Plain words, 3 * 4 = 12.", 0),
        ("# Title\n\n- one\n- two\n1. three", 4),
        ("**Bold** and **bolder**", 2),
        ("```py\ncode\n```", 2),
        ("| a | b |\n|---|---|", 2),
        ("**" * 5000, 0),
    ],
)
def test_marks_are_counted(text: str, marks: int) -> None:
    assert format_marks(text) == marks
