"""What a reward model's report counts as evidence."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.recipes.reward_report import held_out_report
from rlhf_backend.types import ComparisonRow, RewardModelReport


def row(a: str, b: str, verdict: str, weight: float = 1.0) -> ComparisonRow:
    prompt = [{"role": "user", "content": "hi"}]
    return ComparisonRow.model_validate(
        {"id": 1, "prompt": prompt, "completion_a": a, "completion_b": b, "verdict": verdict, "weight": weight}
    )


def report(rows: list[ComparisonRow], differences: list[float]) -> RewardModelReport:
    preferences: Preferences = usable_preferences(rows, margin_per_strength=0.5)[0]
    return held_out_report(
        preferences,
        np.array(differences),
        method="by hand",
        threshold=1e-9,
        training=preferences,
        excluded=Counter(),
        prior_precision=None,
    )


def test_single_comparisons_count_one_each() -> None:
    measured = report([row("x", "y", "a"), row("x", "z", "b"), row("x", "w", "tie")], [1.0, 1.0, 0.0])
    assert (measured.accuracy.value, measured.accuracy.n) == (0.5, 2)


def test_the_pairs_of_a_ranking_are_no_more_evidence_than_the_comparisons_it_needs() -> None:
    pairs = list(combinations("ABCD", 2))
    measured = report([row(a, b, "a", weight=0.5) for a, b in pairs], [1.0] * 5 + [-1.0])
    assert measured.accuracy.n == 3
    assert measured.accuracy.value == pytest.approx(5 / 6)
    assert measured.accuracy.low < report([row(a, b, "a") for a, b in pairs], [1.0] * 5 + [-1.0]).accuracy.low


def test_a_soft_label_is_one_preference_and_is_met_by_its_share() -> None:
    measured = report([row("x", "y", "a", 0.8), row("x", "y", "b", 0.2)], [2.0, 2.0])
    assert measured.accuracy.value == pytest.approx(0.8)
    assert measured.accuracy.n == 1
    p = 1 / (1 + np.exp(-2.0))
    assert measured.log_loss == pytest.approx(-(0.8 * np.log(p) + 0.2 * np.log(1 - p)), rel=1e-6)


def test_nothing_decided_says_nothing() -> None:
    measured = report([row("x", "y", "tie")], [0.3])
    assert (measured.accuracy.n, measured.accuracy.low, measured.accuracy.high) == (0, 0.0, 1.0)
    assert measured.log_loss == pytest.approx(np.log(2))
