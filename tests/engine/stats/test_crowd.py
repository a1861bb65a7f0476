"""Crowd Bradley–Terry finds what was planted in a simulated crowd."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.optimize import check_grad

from rlhf_backend.simulation.annotators import PRESETS, Annotator
from rlhf_backend.stats import crowd
from rlhf_backend.stats.crowd import Reliability, SidedVerdicts, _Problem, crowd_fit


def crowd_verdicts(crowd: Sequence[Annotator], *, pairs: int, overlap: int, seed: int) -> SidedVerdicts:
    """Decided verdicts on pairs of unit-variance gold rewards, each pair judged by `overlap` of the crowd."""
    rng = np.random.default_rng(seed)
    rows = []
    for pair in range(pairs):
        gold_a, gold_b = rng.normal(size=2)
        for labeler in rng.choice(len(crowd), overlap, replace=False):
            a_is_left = bool(rng.random() < 0.5)
            verdict = crowd[labeler].judge(rng, gold_a=gold_a, gold_b=gold_b, a_is_left=a_is_left)
            if verdict.choice in ("a", "b"):
                rows.append((pair, labeler, a_is_left, (verdict.choice == "a") == a_is_left))
    units, labelers, left, wins = (np.array(column) for column in zip(*rows, strict=True))
    return SidedVerdicts(units, labelers, left, wins)


@pytest.fixture(scope="module")
def recovered() -> list[Reliability]:
    """The preset: clean, clean, low β, to the left, to the right, flip .25, lazy .6, flip .9."""
    return crowd_fit(crowd_verdicts(PRESETS["crowd"], pairs=2000, overlap=3, seed=1))


def test_planted_reliabilities_of_the_crowd_are_recovered() -> None:
    """Eight labelers whose noise β differs, which the model knows nothing of: mean over five crowds."""
    fits = [crowd_fit(crowd_verdicts(PRESETS["crowd"], pairs=2000, overlap=3, seed=seed)) for seed in range(5)]
    eta = np.mean([[labeler.eta.value for labeler in fitted] for fitted in fits], axis=0)
    assert eta[[0, 1, 3, 4]] == pytest.approx(0.98, abs=0.07)  # clean, or only drawn to a side
    assert eta[2] == pytest.approx(0.90, abs=0.1)  # low β
    assert eta[5] == pytest.approx(0.75, abs=0.05)  # a quarter flipped
    assert eta[6] > 0.85  # lazy: shows in b
    assert eta[7] == pytest.approx(0.1, abs=0.13)  # nine of ten flipped; the prior pulls it up
    for fitted in fits:
        assert fitted[7].eta.high < 0.4
        assert all(labeler.eta.high > 0.8 for labeler in fitted[:7])


def test_intervals_hold_what_was_drawn_from_the_prior_as_often_as_they_claim() -> None:
    draw, reliable, sided = np.random.default_rng(8), 0, 0
    for seed in range(40):
        crowd = [
            Annotator(tie_threshold=0, bad_below=-99, flip=1 - draw.beta(9, 1), position_bias=draw.normal())
            for _ in range(5)
        ]
        fitted = crowd_fit(crowd_verdicts(crowd, pairs=500, overlap=3, seed=seed), confidence=0.9)
        for one, found in zip(crowd, fitted, strict=True):
            reliable += found.eta.low <= 1 - one.flip <= found.eta.high
            sided += found.side_bias.low <= one.position_bias <= found.side_bias.high
    assert 167 <= reliable <= 196  # of 200, 90 % ± 3 standard deviations; the normal approximation is a little wide
    assert 167 <= sided <= 196


def test_planted_side_biases_are_recovered_on_the_scale_of_the_verdicts(recovered: list[Reliability]) -> None:
    """A bias of ±1 in gold units is ±1.2 in the logits of labelers with β = 1.2."""
    left, right = recovered[3].side_bias, recovered[4].side_bias
    assert left.low <= 1.2 <= left.high
    assert right.low <= -1.2 <= right.high
    for clean in (0, 1, 2, 5, 7):
        assert abs(recovered[clean].side_bias.value) < 0.5


def test_a_lazy_labeler_shows_in_the_side_bias_and_not_in_reliability(recovered: list[Reliability]) -> None:
    lazy = recovered[6]
    assert lazy.side_bias.low > 1.5
    assert lazy.side_bias.value == max(labeler.side_bias.value for labeler in recovered)
    assert lazy.eta.value > 0.8


def test_a_pair_shown_both_ways_is_one_pair() -> None:
    """Turning the stored order of every second pair round changes nothing but the names."""
    verdicts = crowd_verdicts(PRESETS["crowd"], pairs=300, overlap=3, seed=2)
    turned = np.where(verdicts.pairs % 2 == 0, ~verdicts.a_is_left, verdicts.a_is_left)
    again = crowd_fit(SidedVerdicts(verdicts.pairs, verdicts.labelers, turned, verdicts.left_wins))
    for one, two in zip(crowd_fit(verdicts), again, strict=True):
        assert one.eta.value == pytest.approx(two.eta.value, abs=1e-3)
        assert one.side_bias.value == pytest.approx(two.side_bias.value, abs=1e-2)


def test_without_overlap_only_the_side_is_known() -> None:
    verdicts = crowd_verdicts([PRESETS["crowd"][7], PRESETS["crowd"][3]], pairs=600, overlap=1, seed=3)
    adversary, left = crowd_fit(verdicts)
    assert adversary.overlap == left.overlap == 0
    assert adversary.eta.value == pytest.approx(0.9, abs=0.03)  # the prior's mean
    assert adversary.eta.high - adversary.eta.low > 0.3
    assert left.side_bias.low > 0.2


def test_intervals_of_an_honest_crowds_reliability_stay_above_the_line() -> None:
    """Nobody of eighty honest labelers, some of them vague, is told from a good one by an interval under .6."""
    crowd = [Annotator(beta=beta) for beta in (0.8, 1.0, 1.2, 1.5)]
    for seed in range(20):
        fitted = crowd_fit(crowd_verdicts(crowd, pairs=60, overlap=3, seed=seed))
        assert all(labeler.eta.high > 0.6 for labeler in fitted)


def test_the_gradient_is_that_of_the_posterior() -> None:
    problem = _Problem(crowd_verdicts(PRESETS["crowd"], pairs=40, overlap=2, seed=4))
    theta = np.random.default_rng(0).normal(size=2 * problem.k + 1)
    error = check_grad(lambda x: problem.loss(x)[0], lambda x: problem.loss(x)[1], theta)
    assert error < 1e-4


def test_nobody_has_no_reliability() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert crowd_fit(SidedVerdicts(nothing, nothing, nothing.astype(bool), nothing.astype(bool))) == []


def test_the_errors_of_a_large_crowd_are_about_those_worked_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = crowd_verdicts(PRESETS["crowd"] * 3, pairs=2000, overlap=3, seed=6)
    together = crowd_fit(verdicts)
    monkeypatch.setattr(crowd, "MOST_JOINT", 10)
    for one, two in zip(together, crowd_fit(verdicts), strict=True):
        assert (one.eta.value, one.side_bias.value) == (two.eta.value, two.side_bias.value)
        assert two.eta.high - two.eta.low == pytest.approx(one.eta.high - one.eta.low, rel=0.35)
        assert two.side_bias.high - two.side_bias.value == pytest.approx(
            one.side_bias.high - one.side_bias.value, rel=0.2
        )
