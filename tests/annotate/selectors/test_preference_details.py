"""What reward models are told of a preference beside its direction."""

import json
from typing import Any
from uuid import uuid4

from annotate.models import Assignment, Comparison, FormVersion, Preference, Project, User
from annotate.models.question_form import QuestionForm
from annotate.selectors.preference_details import details_lines
from annotate.selectors.snapshots import snapshot_lines
from rlhf_backend.types import MarkedPassage, PreferenceDetailsRow
from tests.factories import comparison_make, prompt_make, ranking_make


def said(comparison: Comparison, annotator: User, **fields: Any) -> Preference:
    """A verdict in the first slot of the comparison."""
    slot = Assignment.objects.filter(comparison=comparison).first()
    columns = {"kind": "prefer", "winner": "a", "strength": 1} | fields
    return Preference.objects.create(
        project=comparison.project, comparison=comparison, assignment=slot, annotator=annotator, client_id=uuid4(),
        **columns,
    )  # fmt: skip


def details(*preferences: Preference) -> list[PreferenceDetailsRow]:
    lines = details_lines(preference_ids=[preference.pk for preference in preferences])
    return [PreferenceDetailsRow.model_validate_json(line) for line in lines]


def form(project: Project, by: User, **fields: Any) -> FormVersion:
    shape = QuestionForm(**fields).model_dump(mode="json")
    return FormVersion.objects.create(project=project, number=2, form=shape, created_by=by)


def test_a_pair_tells_its_comparison_prompt_and_side(project: Project, ann: User, ben: User) -> None:
    prompt = prompt_make(project=project, text="Why?")
    prompt.tags = ["code", "short"]
    prompt.save()
    comparison = comparison_make(prompt=prompt, wanted=2, kind="chat")
    Assignment.objects.filter(comparison=comparison).update(left_is_a=False)
    one, two = details(said(comparison, ann), said(comparison, ben, winner="b"))
    assert one.pair == two.pair == comparison.pk
    assert (one.tags, one.source, one.left_is_a, one.is_edit) == (["code", "short"], "chat", False, False)
    assert not one.completions
    assert not one.ranks


def test_a_correction_is_told_and_an_import_has_no_side(project: Project, ann: User) -> None:
    edit = comparison_make(prompt=prompt_make(project=project, text="1"), kind="edit")
    imported = comparison_make(prompt=prompt_make(project=project, text="2"), kind="imported", wanted=0)
    corrected, found = details(said(edit, ann), said(imported, ann))
    assert corrected.is_edit
    assert (found.is_edit, found.left_is_a, found.source) == (False, None, "imported")


def test_a_ranking_is_told_in_stored_order(project: Project, ann: User) -> None:
    texts = ["first", "second", "third"]
    ranking = ranking_make(prompt=prompt_make(project=project, text="Rank."), texts=texts)
    preference = said(ranking, ann, kind="rank", winner=None, strength=None, ranking=[2, 1, 2], ratings={"c": 1})
    (row,) = details(preference)
    assert (row.completions, row.ranks, row.left_is_a) == (texts, [2, 1, 2], None)
    lines = [json.loads(line) for line in snapshot_lines(preference_ids=[preference.pk], soft_labels={})]
    assert {line["completion_a"] for line in lines} | {line["completion_b"] for line in lines} == set(row.completions)


def test_ratings_are_told_on_the_scale_of_their_form(project: Project, ada: User, ann: User) -> None:
    version = form(project, ada, rating=5)
    one, two = (comparison_make(prompt=prompt_make(project=project, text=text)) for text in "12")
    rated, unknown = details(
        said(one, ann, ratings={"a": 1, "b": 4}, form=version), said(two, ann, ratings={"a": 1, "b": 4})
    )
    assert rated.ratings == {0: 0.0, 1: 0.75}
    assert unknown.ratings == {}


def test_aspects_and_passages_are_told_but_not_what_could_not_be_judged(project: Project, ann: User) -> None:
    aspects = {
        "kind": {"kind": "prefer", "winner": "b", "strength": 3},
        "true": {"kind": "tie", "winner": None, "strength": None},
        "safe": {"kind": "cannot_judge", "winner": None, "strength": None},
    }
    spans = {"b": [{"start": 0, "end": 2, "sign": "bad", "reason": "curt"}]}
    comparison = comparison_make(prompt=prompt_make(project=project, text="Why?"))
    (row,) = details(said(comparison, ann, aspects=aspects, spans=spans))
    assert {key: (verdict.verdict, verdict.strength) for key, verdict in row.aspects.items()} == {
        "kind": ("b", 3),
        "true": ("tie", 1),
    }
    assert row.passages == [MarkedPassage(place=1, start=0, end=2, good=False)]


def test_a_thousand_preferences_take_three_statements(
    project: Project, ann: User, django_assert_num_queries: Any
) -> None:
    rankings = [ranking_make(prompt=prompt_make(project=project, text=f"{i}"), texts=["x", "y", "z"]) for i in range(4)]
    ranked = [said(r, ann, kind="rank", winner=None, strength=None, ranking=[1, 2, 3]) for r in rankings]
    with django_assert_num_queries(2):
        assert len(list(details_lines(preference_ids=[preference.pk for preference in ranked]))) == 4
