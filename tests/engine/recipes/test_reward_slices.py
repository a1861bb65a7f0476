"""Figures on parts of the held-out preferences, in the top tenth, and the ceiling that people set."""

from itertools import combinations

import numpy as np
import pytest

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.recipes.agreement_ceiling import agreement_ceiling
from rlhf_backend.recipes.reward_slices import slice_figures, top_decile
from rlhf_backend.stats.preference_regression import Array, probability_a
from tests.engine.recipes.judged_cast import comparison, judged_of, preferences_of

N = 120


def planted() -> tuple[Preferences, Array]:
    """Half of the pairs are tagged code, where the reward is right, half poem, where it is wrong."""
    rng = np.random.default_rng(0)
    d = rng.normal(size=N)
    is_code = np.arange(N) % 2 == 0
    verdicts = ["a" if (lead > 0) == code else "b" for lead, code in zip(d, is_code, strict=True)]
    rows = [
        comparison(i, "x" * (i + 1), "y", verdict, annotator=7 if i < 100 else 8, strength=1 + i % 2)
        for i, verdict in enumerate(verdicts)
    ]
    details = {i: {"tags": ["code" if is_code[i] else "poem"], "source": "normal"} for i in range(N)}
    return preferences_of(rows, details), d


def test_a_slice_on_which_the_reward_is_wrong_shows() -> None:
    preferences, d = planted()
    slices = {part.name: part for part in slice_figures(preferences, d, probability_a(d, threshold=0.0))}
    assert (slices["tag: code"].accuracy.value, slices["tag: poem"].accuracy.value) == (1.0, 0.0)
    assert slices["tag: code"].accuracy.n == 60
    code, poem = slices["tag: code"].calibration_error, slices["tag: poem"].calibration_error
    assert code is not None
    assert poem is not None
    assert code < poem
    assert list(slices) == [
        "tag: code",
        "tag: poem",
        "labeler: 7",
        "labeler: 8",
        "strength: slight",
        "strength: clear",
        "length: shortest quarter",
        "length: second quarter",
        "length: third quarter",
        "length: longest quarter",
    ]  # not "source: normal": that is all of them
    assert slices["labeler: 8"].calibration_error is None  # of twenty verdicts


def test_parts_with_few_verdicts_and_beyond_the_dozen_largest_are_left_out() -> None:
    rows = [comparison(i, "x", "y", "a") for i in range(16 * 25)]
    details = {i: {"tags": [f"tag {i % 16}", *(["rare"] if i < 19 else [])]} for i in range(len(rows))}
    names = [part.name for part in slice_figures(preferences_of(rows, details), np.ones(400), np.full(400, 0.7))]
    assert sum(name.startswith("tag: ") for name in names) == 12
    assert "tag: rare" not in names


def test_rows_of_one_ranking_count_as_the_comparisons_it_needs() -> None:
    rows, details = [], {}
    for i in range(20):
        rows += [comparison(i, a, b, "a", weight=0.5) for a, b in combinations("ABCD", 2)]
        details[i] = {"tags": ["ranked" if i < 10 else "other"]}
    slices = slice_figures(preferences_of(rows, details), np.ones(120), np.full(120, 0.7))
    assert [part.accuracy.n for part in slices if part.name == "tag: ranked"] == [30]


def test_the_top_tenth_is_calibrated_by_itself() -> None:
    """Probabilities are right but for rewards above 1, where people do not care any more."""
    rng = np.random.default_rng(1)
    rewards = rng.normal(size=(4000, 2))
    d = rewards[:, 0] - rewards[:, 1]
    p = np.where(rewards.max(1) > 1.2, 0.5, probability_a(d, threshold=0.0))
    verdicts = np.where(rng.random(4000) < p, "a", "b")
    rows = [comparison(i, f"x{i}", f"y{i}", str(verdict)) for i, verdict in enumerate(verdicts)]
    judged = judged_of(preferences_of(rows), rewards)
    found = top_decile(judged, probability_a(d, threshold=0.0))
    assert found is not None
    assert 600 < found.n < 900
    assert found.calibration_error > 0.15
    assert min(part.predicted for part in found.calibration) >= 0.5
    honest = judged_of(judged.everything, rewards)
    assert top_decile(honest, p).calibration_error < 0.05  # type: ignore[union-attr]


def test_imported_pairs_do_not_say_where_the_top_tenth_of_samples_is() -> None:
    rng = np.random.default_rng(2)
    rewards = rng.normal(size=(600, 2))
    rewards[300:] += 5.0
    rows = [comparison(i, f"x{i}", f"y{i}", "a") for i in range(600)]
    details = {i: {"source": "normal" if i < 300 else "imported"} for i in range(600)}
    p = np.full(600, 0.7)
    sampled = top_decile(judged_of(preferences_of(rows, details), rewards), p)
    everything = top_decile(judged_of(preferences_of(rows), rewards), p)
    assert sampled is not None
    assert everything is not None
    assert sampled.n < everything.n < 120
    assert top_decile(judged_of(preferences_of(rows[:100]), rewards[:100]), p[:100]) is None


def repeated(agreeing: int, differing: int, **fields: object) -> Preferences:
    """Pairs judged by two people each, the second one having seen them the other way round."""
    rows = []
    for i in range(agreeing + differing):
        second = "b" if i < agreeing else "a"
        rows.append(comparison(2 * i, "x", "y", "a", prompt=f"{i}", annotator=1))
        rows.append(comparison(2 * i + 1, "y", "x", second, prompt=f"{i}", **{"annotator": 2, **fields}))
    return preferences_of(rows)


def test_the_ceiling_is_how_often_two_people_agree_whichever_was_called_a() -> None:
    ceiling = agreement_ceiling(repeated(30, 10))
    assert ceiling is not None
    assert (ceiling.value, ceiling.n) == (0.75, 40)
    assert 0.58 < ceiling.low < 0.68
    both = agreement_ceiling(repeated(30, 10), None, repeated(0, 40))
    assert both is not None
    assert both.value == pytest.approx(30 / 80)


def test_without_repeats_by_known_people_there_is_no_ceiling() -> None:
    assert agreement_ceiling(repeated(10, 9)) is None
    assert agreement_ceiling(repeated(30, 10, annotator=1)) is None
    assert agreement_ceiling(repeated(30, 10, annotator=None)) is None


def test_three_verdicts_are_three_pairs_and_a_soft_label_is_none() -> None:
    rows = []
    for i in range(20):
        for annotator, verdict in ((1, "a"), (2, "a"), (3, "b")):
            rows.append(comparison(4 * i + annotator, "x", "y", verdict, prompt=f"{i}", annotator=annotator))
        rows += [comparison(4 * i, "x", "y", side, prompt=f"{i}", annotator=4, weight=0.5) for side in "ab"]
    ceiling = agreement_ceiling(preferences_of(rows))
    assert ceiling is not None
    assert ceiling.value == pytest.approx(1 / 3)
    assert ceiling.n == 60
