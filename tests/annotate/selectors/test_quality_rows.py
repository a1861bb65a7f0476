"""Verdicts are read from the database as they were given."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotate.models import Assignment, Comparison, ComparisonKind, Completion, Preference, Project, User
from annotate.selectors.quality_rows import verdict_columns
from tests.annotate.quality_cast import CLEAN, Person, rows_simulated, verdicts_stored
from tests.factories import comparison_make, prompt_make


def given(comparison: Comparison, annotator: User, *, left_is_a: bool = True, **fields: object) -> Preference:
    """A verdict through a slot of the comparison."""
    slot = comparison.assignments.filter(annotator=None).first()
    if slot is None:
        slot = Assignment(project=comparison.project, comparison=comparison, rnd=0.5)
    slot.annotator, slot.status, slot.left_is_a = annotator, "done", left_is_a
    slot.save()
    verdict = {"kind": "prefer", "winner": "a", "strength": 2, "active_ms": 1500, **fields}
    return Preference.objects.create(
        project=comparison.project,
        comparison=comparison,
        assignment=slot,
        annotator=annotator,
        client_id=uuid4(),
        **verdict,
    )


@pytest.fixture
def pair(project: Project) -> Comparison:
    """Its completion a has the lower id."""
    return comparison_make(prompt=prompt_make(project=project, text="Which?"), a="# One\n- two", b="word", wanted=3)


@pytest.mark.parametrize("left_is_a", [True, False])
@pytest.mark.parametrize("winner", ["a", "b"])
@pytest.mark.parametrize("a_is_low", [True, False])
def test_sides_and_directions_are_told_apart(
    project: Project, ann: User, pair: Comparison, left_is_a: bool, winner: str, a_is_low: bool
) -> None:
    if not a_is_low:
        pair.completion_a, pair.completion_b = pair.completion_b, pair.completion_a
        pair.save()
    given(pair, ann, left_is_a=left_is_a, winner=winner)
    columns = verdict_columns(project=project)
    low_won = (winner == "a") == a_is_low
    assert columns.direction.tolist() == [1 if low_won else -1]
    assert columns.grade.tolist() == [2 if low_won else -2]
    assert columns.side.tolist() == [1 if (winner == "a") == left_is_a else -1]
    assert columns.low_is_left.tolist() == [left_is_a == a_is_low]
    assert columns.length[0] == pytest.approx((3.585 - 2.322) * (1 if columns.low_is_left[0] else -1), abs=1e-3)
    assert columns.marks[0] == pytest.approx(1.585 * (1 if columns.low_is_left[0] else -1), abs=1e-3)
    assert (columns.characters[0], columns.seconds[0]) == (15, 1.5)


def test_a_ranking_is_a_verdict_on_each_of_its_pairs(project: Project, ann: User, pair: Comparison) -> None:
    third = Completion.objects.create(project=project, prompt=pair.prompt, source="policy", text="third")
    pair.more = [third.pk]
    pair.save()
    given(pair, ann, kind="rank", winner=None, strength=None, ranking=[2, 1, 2])
    columns = verdict_columns(project=project)
    assert len(columns) == 3
    a, b = pair.completion_a_id, pair.completion_b_id
    found = {(int(columns.low[row]), int(columns.high[row])): int(columns.direction[row]) for row in range(3)}
    assert found == {(a, b): -1, (a, third.pk): 0, (b, third.pk): 1}
    assert not columns.side.any()
    assert columns.is_ranking.all()


def test_gold_is_right_where_it_is_as_expected(project: Project, ann: User, ben: User, pair: Comparison) -> None:
    Comparison.objects.update(kind=ComparisonKind.GOLD, expected={"kind": "prefer", "winner": "b", "strength": 3})
    given(pair, ann, winner="b", strength=1)
    given(pair, ben, kind="tie", winner=None, strength=None)
    columns = verdict_columns(project=project)
    assert columns.is_gold.tolist() == [True, True]
    assert columns.is_right.tolist() == [True, False]


def test_what_says_nothing_of_a_labeler_is_left_out(
    project: Project, ann: User, ben: User, ada: User, pair: Comparison
) -> None:
    undone = given(pair, ann)
    Preference.objects.filter(pk=undone.pk).update(superseded_at=timezone.now())
    edit = comparison_make(prompt=pair.prompt, kind=ComparisonKind.EDIT)
    given(edit, ben)
    imported = comparison_make(prompt=pair.prompt, kind=ComparisonKind.IMPORTED)
    Preference.objects.create(project=project, comparison=imported, kind="tie", client_id=uuid4())
    learning = given(comparison_make(prompt=pair.prompt, kind=ComparisonKind.GOLD), ben)
    Assignment.objects.filter(preferences=learning).update(warm_up=True)
    kept = given(pair, ada)
    assert verdict_columns(project=project).preference.tolist() == [kept.pk]


def test_only_the_first_judgement_of_a_pair_is_the_labelers_own(
    project: Project, ann: User, ben: User, pair: Comparison
) -> None:
    given(pair, ann, kind="cannot_judge", winner=None, strength=None)
    again = comparison_make(prompt=pair.prompt, kind=ComparisonKind.REPEAT, original=pair)
    again.completion_a, again.completion_b = pair.completion_b, pair.completion_a
    again.save()
    given(again, ann)
    third = comparison_make(prompt=pair.prompt, kind=ComparisonKind.MIRRORED, original=pair)
    third.completion_a, third.completion_b = pair.completion_a, pair.completion_b
    third.save()
    given(third, ann)
    columns = verdict_columns(project=project)
    assert columns.is_first.tolist() == [False, True, False]
    assert len(set(columns.pair.tolist())) == 1
    assert columns.original.tolist() == [0, pair.pk, pair.pk]
    assert columns.is_mirrored.tolist() == [False, False, True]


def test_times_are_those_of_the_verdicts(project: Project, ann: User, pair: Comparison) -> None:
    given(pair, ann)
    hours = verdict_columns(project=project).hours[0]
    assert hours == pytest.approx(timezone.now().timestamp() / 3600, abs=timedelta(minutes=1) / timedelta(hours=1))


def test_simulated_verdicts_come_back_as_they_were_stored(project: Project, ann: User, ben: User, ada: User) -> None:
    rows, texts = rows_simulated([Person(CLEAN)] * 3, prompts=8, seed=4)
    verdicts_stored(project=project, labelers=[ann, ben, ada], rows=rows, texts=texts)
    columns = verdict_columns(project=project)
    for name in ("direction", "grade", "side", "low_is_left", "is_gold", "is_mirrored"):
        assert getattr(columns, name).tolist() == [getattr(row, name) for row in rows], name
    assert (columns.original != 0).tolist() == [row.original != 0 for row in rows]
