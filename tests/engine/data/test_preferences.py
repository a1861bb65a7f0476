"""Comparisons that can be learned from."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.data.preferences import group_folds, independent_weights, usable_preferences
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


def test_the_verdicts_of_a_prompt_weigh_no_more_than_the_comparisons_that_order_its_completions() -> None:
    other, texts = [{"role": "user", "content": "elsewhere"}], ["one", "two", "three", "four"]
    tournament = [row(completion_a=a, completion_b=b) for a, b in combinations(texts, 2)]
    ranking = [
        row(prompt=[{"role": "user", "content": "ranked"}], completion_a=a, completion_b=b, weight=2 / 3)
        for a, b in combinations(texts[:3], 2)
    ]
    thrice, single = [row(prompt=other)] * 3, [row(prompt=[{"role": "user", "content": "once"}], weight=0.7)]
    preferences, _ = usable_preferences([*tournament, *ranking, *thrice, *single], margin_per_strength=0.5)
    weights = preferences.independent_weights
    np.testing.assert_allclose(weights, [1 / 2] * 6 + [2 / 3] * 3 + [1 / 3] * 3 + [0.7])
    np.testing.assert_array_equal(preferences.subset([9, 12]).independent_weights, [1, 0.7])
    assert len(preferences.subset([]).independent_weights) == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=40))
def test_a_prompts_weights_keep_their_proportions(drawn: list[tuple[int, int, int]]) -> None:
    prompts, a, gap = np.array(drawn).T
    weights = np.linspace(0.2, 1.5, len(drawn))
    found = independent_weights(weights, prompts, np.stack([a, (a + gap) % 4], axis=1))
    for prompt in set(prompts.tolist()):
        at = prompts == prompt
        completions = {*a[at].tolist(), *((a + gap) % 4)[at].tolist()}
        assert found[at].sum() == pytest.approx(min(weights[at].sum(), len(completions) - 1))
        assert np.ptp(found[at] / weights[at]) < 1e-9


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(2, 6), st.integers(0, 99))
def test_no_prompt_is_in_two_folds_and_folds_are_even(groups: list[int], folds: int, seed: int) -> None:
    given_groups = np.array(groups)
    assigned = group_folds(given_groups, folds=folds, seed=seed)
    for group in set(groups):
        assert len(set(assigned[given_groups == group])) == 1
    sizes = np.bincount(assigned)
    assert len(sizes) == min(folds, len(set(groups)))
    assert sizes.max() - sizes.min() <= np.bincount(given_groups).max()
