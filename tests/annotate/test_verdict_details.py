"""What is said of places is said of the completions that stood there, whichever way they were shown."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from annotate.models import Preference
from annotate.sides import LETTERS, Layout
from annotate.verdict_details import Details, details_shown, details_stored, ranks_dense
from tests.annotate.said import LAYOUTS, details_of


@given(LAYOUTS.flatmap(lambda layout: st.tuples(st.just(layout), details_of(layout))))
def test_what_was_shown_comes_back_as_it_was_said(case: tuple[Layout, Details]) -> None:
    layout, said = case
    row = Preference(**details_stored(said, layout=layout))
    assert details_shown(row, layout=layout) == said


@given(LAYOUTS.flatmap(lambda layout: st.tuples(st.just(layout), details_of(layout))), st.data())
def test_what_is_stored_does_not_depend_on_which_way_it_was_shown(
    case: tuple[Layout, Details], data: st.DataObject
) -> None:
    """The same opinion of the same completions, given in another order, is stored the same."""
    layout, said = case
    row = Preference(**details_stored(said, layout=layout))
    orders = st.permutations(layout.order).map(lambda order: Layout(True, tuple(order)))
    other = data.draw(orders) if layout.is_ranking else Layout(not layout.left_is_a)
    again = details_shown(row, layout=other)
    assert details_stored(again, layout=other) == details_stored(said, layout=layout)


@pytest.mark.parametrize("k", [3, 4, 5, 6])
def test_a_rank_belongs_to_its_completion_for_every_order(k: int) -> None:
    texts = [f"text {letter}" for letter in LETTERS[:k]]
    opinion = {text: 1 + i // 2 for i, text in enumerate(texts)}  # ties in twos
    for order in permutations(range(k)):
        layout = Layout(False, order)
        seen = layout.in_shown_order(texts)
        stored = layout.in_stored_order([opinion[text] for text in seen])
        assert stored == [opinion[text] for text in texts]
        assert layout.in_shown_order(stored) == [opinion[text] for text in seen]


@given(st.lists(st.integers(1, 6), min_size=2, max_size=6))
def test_dense_ranks_keep_order_and_ties_and_leave_no_gap(ranks: list[int]) -> None:
    dense = ranks_dense(ranks)
    assert set(dense) == set(range(1, len(set(ranks)) + 1))
    for i, first in enumerate(ranks):
        for j, second in enumerate(ranks):
            assert (first < second) == (dense[i] < dense[j])


def test_a_place_that_was_not_shown_has_no_letter() -> None:
    with pytest.raises(KeyError):
        Layout(True).by_letter({"0": 1})
    with pytest.raises(KeyError):
        Layout(True, (2, 0, 1)).by_letter({"left": 1})


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"spans": {"left": [{"start": 3, "end": 3, "sign": "good"}]}}, "not before end"),
        (
            {"spans": {"left": [{"start": 4, "end": 9, "sign": "bad"}, {"start": 0, "end": 5, "sign": "good"}]}},
            "from 0 and from 4 overlap",
        ),
        ({"spans": {"left": [{"start": -1, "end": 3, "sign": "good"}]}}, "greater than or equal to 0"),
        ({"aspects": {"helpful": {"kind": "prefer"}}}, "names the side"),
        ({"aspects": {"helpful": {"kind": "tie", "side": "left"}}}, "neither side nor strength"),
        ({"aspects": {"Helpful!": {"kind": "tie"}}}, "match pattern"),
        ({"ratings": {"left": 11}}, "less than or equal to 10"),
        ({"ratings": {"up": 3}}, "'left', 'right'"),
        ({"ranking": [1] * 7}, "at most 6"),
        ({"ranking": [0, 1, 2]}, "greater than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Details.model_validate(said)


def test_passages_may_touch() -> None:
    spans = [{"start": 4, "end": 9, "sign": "bad"}, {"start": 0, "end": 4, "sign": "good"}]
    assert len(Details.model_validate({"spans": {"left": spans}}).spans["left"]) == 2


def test_the_same_key_twice_and_empty_lists_say_nothing_more() -> None:
    said = Details.model_validate({"flags": {"left": ["rude", "rude"], "right": []}, "spans": {"left": []}})
    assert (said.flags, said.spans) == ({"left": ["rude"]}, {})
