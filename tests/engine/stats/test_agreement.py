"""Agreement, against worked examples published elsewhere."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlhf_backend.stats.agreement import (
    Level,
    Ratings,
    agreement_with_others,
    cohen_kappa,
    cohen_kappas,
    fleiss_kappa,
    krippendorff_alpha,
    mean_kappa,
    pairwise_agreement,
)
from rlhf_backend.stats.estimate import Undefined
from rlhf_backend.types import Interval

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: four observers, twelve units. Also the
# example of R's irr::kripp.alpha and DescTools::KrippAlpha, which print .743, .815 and .849.
EXAMPLE_C = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# The same text's example A: two observers, two values, α = .095.
EXAMPLE_A = ("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
# Wikipedia, "Krippendorff's alpha", a computational example: three coders, fifteen units.
WIKIPEDIA = (
    ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "1 . 2 1 3 3 4 3 . . . . . . .",
    ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
)

# Fleiss 1971, Psychological Bulletin 76:378, table 1: thirty patients, six psychiatrists, five diagnoses.
FLEISS_1971 = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
# Wikipedia, "Fleiss' kappa", worked example: ten subjects, fourteen raters, five categories.
FLEISS_WIKIPEDIA = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def _matrix(rows: tuple[str, ...]) -> Ratings:
    """Ratings from one line for each rater; a dot is a missing one."""
    cells = [
        (unit, rater, float(cell))
        for rater, row in enumerate(rows)
        for unit, cell in enumerate(row.split())
        if cell != "."
    ]
    units, raters, values = zip(*cells, strict=True)
    return Ratings(np.array(units), np.array(raters), np.array(values))


def _from_counts(counts: npt.ArrayLike) -> Ratings:
    """Ratings whose counts of values by unit are given; who said which does not matter to Fleiss' κ."""
    units, raters, values = [], [], []
    for unit, row in enumerate(np.asarray(counts)):
        given = np.repeat(np.arange(len(row)), row)
        units += [unit] * len(given)
        raters += list(range(len(given)))
        values += given.tolist()
    return Ratings(np.array(units), np.array(raters), np.array(values, dtype=np.float64))


def _value(estimate: Interval | Undefined) -> float:
    assert isinstance(estimate, Interval)
    return estimate.value


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_krippendorffs_four_observers(level: Level, alpha: float) -> None:
    assert _value(krippendorff_alpha(_matrix(EXAMPLE_C), level=level)) == pytest.approx(alpha, abs=5e-4)


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.691), ("ordinal", 0.807), ("interval", 0.811)])
def test_alpha_of_wikipedias_three_coders(level: Level, alpha: float) -> None:
    assert _value(krippendorff_alpha(_matrix(WIKIPEDIA), level=level)) == pytest.approx(alpha, abs=5e-4)


def test_alpha_of_krippendorffs_binary_data() -> None:
    assert _value(krippendorff_alpha(_matrix(EXAMPLE_A), level="nominal")) == pytest.approx(0.095, abs=5e-4)


def test_missing_verdicts_are_left_out_of_n() -> None:
    estimate = krippendorff_alpha(_matrix(EXAMPLE_C), level="nominal")
    assert isinstance(estimate, Interval)
    assert estimate.n == 11  # the twelfth unit has one value


def test_fleiss_kappa_of_the_psychiatrists() -> None:
    counts = [[int(digit) for digit in row] for row in FLEISS_1971.split()]
    assert _value(fleiss_kappa(_from_counts(counts))) == pytest.approx(0.4302445, abs=1e-6)  # .430 in the paper


def test_fleiss_kappa_of_wikipedias_example() -> None:
    assert _value(fleiss_kappa(_from_counts(FLEISS_WIKIPEDIA))) == pytest.approx(0.210, abs=5e-4)


def test_cohen_kappa_of_wikipedias_grants() -> None:
    """Wikipedia, "Cohen's kappa", simple example: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no."""
    assert _value(cohen_kappa([[20, 5], [10, 15]])) == pytest.approx(0.4)


def test_cohen_kappa_and_its_interval_as_printed_by_sas() -> None:
    """PROC FREQ's printout for this table, as kept by the tests of statsmodels: κ .4842, 95 % .2137 to .7547."""
    kappa = cohen_kappa([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    assert isinstance(kappa, Interval)
    assert (kappa.value, kappa.low, kappa.high) == pytest.approx((0.4842, 0.2137, 0.7547), abs=6e-5)
    assert kappa.n == 19


def test_the_kappas_of_all_pairs_are_those_of_their_tables() -> None:
    ratings = _matrix(("1 1 0 0 1 .", "1 0 0 0 1 1", ". . . 1 1 0"))
    kappas = cohen_kappas(ratings)
    assert [(pair.first, pair.second) for pair in kappas] == [(0, 1), (0, 2), (1, 2)]
    assert kappas[0].kappa == cohen_kappa([[2, 0], [1, 2]])
    assert kappas[2].kappa == cohen_kappa([[0, 1], [1, 1]])
    known = [(pair.kappa.value, pair.kappa.n) for pair in kappas if isinstance(pair.kappa, Interval)]
    assert mean_kappa(kappas) == pytest.approx(sum(k * n for k, n in known) / sum(n for _, n in known))


def test_agreement_with_others_counts_each_labelers_pairs() -> None:
    assert agreement_with_others(_matrix(("1 1 .", "1 0 .", ". 1 1"))) == {0: (2.0, 3), 1: (1.0, 3), 2: (1.0, 2)}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_interval_alpha_is_one_minus_the_ratio_of_mean_squared_differences(seed: int) -> None:
    """Brute force from the definition: over all pairs within units, and over all pairs of the pairable values."""
    rng = np.random.default_rng(seed)
    units = np.repeat(np.arange(8), rng.integers(1, 5, 8))
    values = rng.integers(0, 4, len(units)).astype(np.float64)
    ratings = Ratings(units, np.arange(len(units)), values)
    keep = np.bincount(units)[units] >= 2
    units, values = units[keep], values[keep]
    size = np.bincount(units, minlength=8)
    squared = (values[:, None] - values[None]) ** 2
    observed = sum(squared[units == u][:, units == u].sum() / (size[u] - 1) for u in set(units)) / max(1, len(units))
    expected = squared.sum() / max(1, len(units) * (len(units) - 1))
    estimate = krippendorff_alpha(ratings, level="interval", resamples=20)
    if isinstance(estimate, Undefined):
        assert expected == 0 or len(set(units)) < 2
    else:
        assert estimate.value == pytest.approx(1 - observed / expected)


def test_the_interval_of_agreement_covers_the_truth_as_often_as_it_claims() -> None:
    """Three raters, each right with .8 about a coin: two agree with .8² + .2² = .68, chance is .5, so α = .36."""
    rng, pairwise, alpha = np.random.default_rng(5), 0, 0
    for seed in range(120):
        truth = rng.integers(0, 2, 80)
        right = rng.random((3, 80)) < 0.8
        values = np.where(right, truth, 1 - truth).ravel().astype(np.float64)
        ratings = Ratings(np.tile(np.arange(80), 3), np.repeat(np.arange(3), 80), values)
        share = pairwise_agreement(ratings, confidence=0.9, resamples=300, seed=seed)
        level = krippendorff_alpha(ratings, level="nominal", confidence=0.9, resamples=300, seed=seed)
        assert isinstance(share, Interval)
        assert isinstance(level, Interval)
        pairwise += share.low <= 0.68 <= share.high
        alpha += level.low <= 0.36 <= level.high
    assert 96 <= pairwise <= 118  # 108 ± 3 standard deviations
    assert 96 <= alpha <= 118


def test_full_agreement_is_one_and_chance_is_none() -> None:
    same = _matrix(("1 2 3 1", "1 2 3 1"))
    assert _value(krippendorff_alpha(same, level="ordinal")) == 1
    assert _value(fleiss_kappa(same)) == pytest.approx(1)
    rng = np.random.default_rng(3)
    coins = Ratings(np.tile(np.arange(4000), 2), np.repeat([0, 1], 4000), rng.integers(0, 2, 8000).astype(np.float64))
    assert _value(krippendorff_alpha(coins, level="nominal")) == pytest.approx(0, abs=0.05)


def test_where_there_is_no_answer_the_reason_is_told() -> None:
    nothing = Ratings(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    for ratings in (nothing, _matrix(("1 2 . .", ". . 1 2"))):
        alpha = krippendorff_alpha(ratings, level="nominal")
        assert isinstance(alpha, Undefined)
        assert alpha.reason == "No comparison has verdicts of two labelers."
        assert isinstance(mean_kappa(cohen_kappas(ratings)), Undefined)
    single = pairwise_agreement(_matrix(("1 2", "1 .")))
    assert isinstance(single, Undefined)
    assert single.reason.startswith("Only one comparison")
    equal = _matrix(("1 1 1", "1 1 1"))
    for estimate in (krippendorff_alpha(equal, level="ordinal"), fleiss_kappa(equal), cohen_kappa([[3, 0], [0, 0]])):
        assert isinstance(estimate, Undefined)
        assert estimate.reason.startswith("All verdicts are equal")
    assert isinstance(mean_kappa(cohen_kappas(equal)), Undefined)
    assert isinstance(cohen_kappa([[0, 0], [0, 0]]), Undefined)


def test_the_same_ratings_give_the_same_interval() -> None:
    ratings = _matrix(EXAMPLE_C)
    assert krippendorff_alpha(ratings, level="ordinal") == krippendorff_alpha(ratings, level="ordinal")
