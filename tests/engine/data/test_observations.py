"""From what people said to observations of completions."""

from collections import Counter
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.feedback import Feedback
from rlhf_backend.data.observations import feedback_of, standardised_by_rater
from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.types import ComparisonRow, PreferenceDetailsRow

EVERYTHING = RewardModelConfig(
    levels=True, rankings="plackett_luce", rating_weight=0.5, aspect_weight=2.0, passage_weight=3.0, edit_weight=4.0
)


def row(id_: int, a: str, b: str, verdict: str, **fields: Any) -> ComparisonRow:
    shared = {"prompt": [{"role": "user", "content": f"prompt {fields.pop('prompt', id_)}"}]}
    return ComparisonRow.model_validate(
        {"id": id_, "completion_a": a, "completion_b": b, "verdict": verdict, **shared, **fields}
    )


def ranking(id_: int, texts: str, ranks: list[int], **fields: Any) -> tuple[list[ComparisonRow], dict[str, Any]]:
    """A ranking as the site writes it: a row for each pair, and its details."""
    rows = []
    for i, j in combinations(range(len(texts)), 2):
        verdict = "tie" if ranks[i] == ranks[j] else "a" if ranks[i] < ranks[j] else "b"
        rows.append(row(id_, texts[i], texts[j], verdict, weight=2 / len(texts)))
    return rows, {"id": id_, "completions": list(texts), "ranks": ranks, **fields}


def by_words(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A token for each word."""
    words = text.split(" ")
    begins = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    inside = [i for i, begin in enumerate(begins) if begin < end and begin + len(words[i]) > start]
    return (inside[0], inside[-1] + 1) if inside else None


def observed(
    rows: list[ComparisonRow], details: list[dict[str, Any]], config: RewardModelConfig = EVERYTHING
) -> tuple[Feedback, Counter[str], Preferences]:
    known = {one["id"]: PreferenceDetailsRow.model_validate(one) for one in details}
    preferences, _ = usable_preferences(
        rows, margin_per_strength=config.margin_per_strength, details=known, edit_weight=config.edit_weight
    )
    feedback, excluded = feedback_of(preferences, config, locate=by_words)
    return feedback, excluded, preferences


def test_by_default_comparisons_are_all() -> None:
    rows, details = ranking(2, "xyz", [1, 2, 2], ratings={0: 1.0}, aspects={"kind": {"verdict": "a"}})
    plain = RewardModelConfig(rating_weight=0, levels=False, rankings="pairs")
    feedback, _, _ = observed([row(1, "one", "two", "both_bad"), *rows], [details], plain)
    assert feedback.only_pairs
    assert feedback.counts() == {"comparisons": 2}
    assert feedback.items == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_a_ranking_takes_the_place_of_its_pairs_and_weighs_one() -> None:
    rows, details = ranking(2, "wxyz", [2, 1, 4, 2])
    feedback, _, preferences = observed([row(1, "one", "two", "a"), *rows], [details])
    assert len(preferences) == 7
    assert feedback.counts() == {"comparisons": 1, "rankings": 1}
    texts = [text for r in preferences.rows for text in (r.completion_a, r.completion_b)]
    assert [texts[i] for i in feedback.rankings.completions[0].tolist()] == list("wxyz")
    assert feedback.rankings.ranks.tolist() == [[2, 1, 3, 2]]
    assert feedback.rankings.weights.tolist() == [1.0]
    assert feedback.items == [[0, 1], feedback.rankings.completions[0].tolist()]


def test_rankings_of_other_lengths_are_filled_up_and_one_without_a_completion_is_shortened() -> None:
    long, of_long = ranking(1, "vwxyz", [1, 2, 3, 4, 5])
    cut, of_cut = ranking(2, "abcd", [1, 2, 3, 4])
    cut = [one for one in cut if "b" not in (one.completion_a, one.completion_b)]  # it was too long to be read
    feedback, excluded, _ = observed([*long, *cut], [of_long, of_cut])
    assert feedback.rankings.ranks.tolist() == [[1, 2, 3, 4, 5], [1, 2, 3, 0, 0]]
    assert not excluded


def test_ranks_of_the_wrong_length_are_counted_and_the_pairs_stay() -> None:
    rows, details = ranking(1, "xyz", [1, 2, 3])
    feedback, excluded, _ = observed(rows, [details | {"ranks": [1, 2]}])
    assert dict(excluded) == {"ranking that does not fit its completions": 1}
    assert feedback.counts() == {"comparisons": 1}
    assert len(feedback.pairs.rows) == 3


def test_ratings_are_standardised_by_rater_and_find_their_completion() -> None:
    rows = [row(i, f"a{i}", f"b{i}", "a", annotator=i % 2) for i in range(4)]
    details = [{"id": i, "ratings": {0: 0.8 - 0.5 * (i % 2), 1: 0.6 - 0.5 * (i % 2)}} for i in range(4)]
    feedback, excluded, _ = observed(rows, details)
    assert feedback.ratings.completions.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    values = feedback.ratings.values
    assert torch.sign(values).tolist() == [1, -1] * 4  # the stern rater's best counts like the mild one's
    assert feedback.ratings.weights.tolist() == [0.5] * 8
    assert not excluded


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"ratings": {0: 1.2}}, "rating outside of its scale"),
        ({"ratings": {0: float("nan")}}, "rating outside of its scale"),
        ({"ratings": {2: 0.5}}, "rating of a completion that is left out"),
        ({"passages": [{"place": 3, "start": 0, "end": 1, "good": True}]},
         "marked passage of a completion that is left out"),
        ({"passages": [{"place": 0, "start": 2, "end": 99, "good": True}]},
         "marked passage outside of its completion"),
        ({"passages": [{"place": 0, "start": 3, "end": 4, "good": True}]}, "marked passage without a token"),
    ],
)  # fmt: skip
def test_what_fits_no_completion_is_counted(said: dict[str, Any], reason: str) -> None:
    feedback, excluded, _ = observed([row(1, "one two", "three", "a")], [{"id": 1, **said}])
    assert dict(excluded) == {reason: 1}
    assert feedback.only_pairs


def test_passages_aspects_levels_and_corrections() -> None:
    rows = [
        row(1, "one two three", "four", "both_good"),
        row(2, "edited", "original", "a", strength=2),
        row(3, "x", "y", "both_bad"),
    ]
    details = [
        {"id": 1, "passages": [{"place": 0, "start": 4, "end": 13, "good": False}]},
        {"id": 2, "is_edit": True, "aspects": {"kind": {"verdict": "b", "strength": 3}, "true": {"verdict": "tie"}}},
    ]
    feedback, _, preferences = observed(rows, details)
    assert feedback.pairs.levels.tolist() == [1, 0, -1]
    assert feedback.pairs.weights.tolist() == [1.0, 4.0, 1.0]
    assert preferences.given_weights.tolist() == [1.0, 1.0, 1.0]
    marked = feedback.passages
    assert (marked.completions.tolist(), marked.first.tolist(), marked.end.tolist()) == ([0], [1], [3])
    assert (marked.good.tolist(), marked.weights.tolist()) == ([False], [3.0])
    assert feedback.aspect_names == ("kind", "true")
    assert feedback.aspects.targets.tolist() == [0.0, 0.5]
    assert feedback.aspects.ties.tolist() == [False, True]
    assert feedback.aspects.margins.tolist() == [1.0, 0.0]


def test_a_batch_has_the_observations_of_its_items_in_numbers_of_its_own() -> None:
    rows, details = ranking(2, "wxyz", [1, 2, 3, 4], ratings={3: 0.5})
    others = [row(1, "one", "two", "a"), row(3, "five", "six", "b")]
    feedback, _, preferences = observed([*others, *rows], [details, {"id": 1, "ratings": {1: 1.0}}])
    texts = [text for r in preferences.rows for text in (r.completion_a, r.completion_b)]
    batch, completions = feedback.of_items([2, 1])
    assert [texts[i] for i in completions] == ["w", "x", "y", "z", "five", "six"]
    assert batch.rankings.completions.tolist() == [[0, 1, 2, 3]]
    assert (batch.pairs.a.tolist(), batch.pairs.b.tolist(), batch.pairs.rows.tolist()) == ([4], [5], [1])
    assert batch.ratings.completions.tolist() == [3]
    everything, _ = feedback.of_items(range(3))
    assert everything.counts() == feedback.counts()


def test_some_rows_have_their_observations_and_all_completions_their_numbers() -> None:
    rows, details = ranking(2, "wxyz", [1, 2, 3, 4])
    feedback, _, preferences = observed([row(1, "one", "two", "a"), *rows], [details, {"id": 1, "ratings": {1: 1.0}}])
    ranked = feedback.of_rows(torch.tensor([r.id == 2 for r in preferences.rows]))
    assert ranked.counts() == {"rankings": 1}
    assert torch.equal(ranked.rankings.completions, feedback.rankings.completions)
    assert ranked.items == [feedback.rankings.completions[0].tolist()]


def test_ratings_of_one_value_say_nothing_and_few_ratings_are_held_to_the_average_rater() -> None:
    assert standardised_by_rater([0.5, 0.5], [1, 1]).tolist() == [0.0, 0.0]
    assert standardised_by_rater([], []).tolist() == []
    lone = standardised_by_rater([0.9, *[0.1, 0.2, 0.3, 0.4] * 5], [7, *[1] * 20])
    assert lone[0] > 0.5  # a rater of one rating is no reason to take it for the average
