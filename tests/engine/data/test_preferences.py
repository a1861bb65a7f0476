"""Comparisons that can be learned from."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.data.preferences import group_folds, usable_preferences
from rlhf_backend.types import ComparisonRow


def row(**changes: Any) -> ComparisonRow:
    fields = {
        "id": 1,
        "prompt": [{"role": "user", "content": "hi"}],
        "completion_a": "one",
        "completion_b": "two",
        "verdict": "a",
    }
    return ComparisonRow.model_validate(fields | changes)


def test_verdicts_become_targets_and_strengths_margins() -> None:
    said = [("a", 3), ("b", 1), ("tie", 2), ("both_bad", 1), ("both_good", 3), ("b", 4)]
    rows = [row(verdict=v, strength=s) for v, s in said]
    preferences, excluded = usable_preferences(rows, margin_per_strength=0.5)
    assert preferences.targets.tolist() == [1.0, 0.0, 0.5, 0.5, 0.5, 0.0]
    assert preferences.margins.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0, 1.5]
    assert preferences.decided.tolist() == [True, True, False, False, False, True]
    assert not excluded


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"completion_b": "one"}, "identical completions"),
        ({"completion_a": "  "}, "empty completion"),
        ({"prompt": [{"role": "user", "content": " "}]}, "empty prompt"),
        ({"weight": 0}, "weight 0"),
    ],
)
def test_what_says_nothing_is_left_out_and_counted(changes: dict[str, Any], reason: str) -> None:
    preferences, excluded = usable_preferences([row(), row(**changes)], margin_per_strength=0.5)
    assert len(preferences) == 1
    assert dict(excluded) == {reason: 1}


def test_prompts_are_grouped_by_what_they_say() -> None:
    spaced = [{"role": "user", "content": " hi "}]
    other = [{"role": "system", "content": "hi"}]
    rows = [row(), row(prompt=spaced), row(prompt=other)]
    preferences, _ = usable_preferences(rows, margin_per_strength=0.5)
    assert preferences.groups.tolist() == [0, 0, 1]
    assert preferences.subset([2, 0]).groups.tolist() == [1, 0]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(2, 6), st.integers(0, 99))
def test_no_prompt_is_in_two_folds_and_folds_are_even(groups: list[int], folds: int, seed: int) -> None:
    given_groups = np.array(groups)
    assigned = group_folds(given_groups, folds=folds, seed=seed)
    for group in set(groups):
        assert len(set(assigned[given_groups == group])) == 1
    sizes = np.bincount(assigned)
    assert len(sizes) == min(folds, len(set(groups)))
    assert sizes.max() - sizes.min() <= np.bincount(given_groups).max()
