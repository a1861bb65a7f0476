"""Verdicts that do not fit what was shown or asked: refused by field, and nothing is kept."""

from typing import Any

import pytest

from annotate.errors import AnnotateError
from annotate.models import Assignment, Completion, Preference, Project, User
from annotate.models.question_form import QuestionForm
from annotate.selectors.queue import AssignmentOut
from annotate.services.projects import form_publish
from annotate.sides import Layout, Side
from tests.annotate.verdict_cast import TEXTS, claim, history, queue, submit
from tests.annotate.verdict_cast import asked as asked
from tests.factories import comparison_make, project_make, prompt_make


def refused(
    project: Project, annotator: User, slot: AssignmentOut, kind: str = "prefer", **said: Any
) -> dict[str, Any]:
    """The fields that a refused verdict names."""
    with pytest.raises(AnnotateError) as error:
        submit(project, annotator, slot, kind, **said)
    assert error.value.status == 400
    assert not Preference.objects.exists()
    assert Assignment.objects.get().status == "leased"
    return error.value.fields or {}


class TestWhatDoesNotFit:
    def test_a_pair_cannot_be_ranked_nor_a_ranking_preferred(self, asked: Project, ann: User) -> None:
        queue(asked, Layout(True))
        assert list(refused(asked, ann, claim(asked, ann, Layout(True)), "rank", ranking=[1, 2])) == ["kind"]

    @pytest.mark.parametrize("kind", ["prefer", "tie"])
    def test_a_ranking_has_no_sides(self, asked: Project, ann: User, kind: str) -> None:
        layout = Layout(True, (1, 0, 2))
        queue(asked, layout)
        assert list(refused(asked, ann, claim(asked, ann, layout), kind)) == ["kind"]

    @pytest.mark.parametrize("ranking", [[1, 2], [1, 2, 3, 4]])
    def test_a_ranking_ranks_each_completion(self, asked: Project, ann: User, ranking: list[int]) -> None:
        layout = Layout(True, (1, 0, 2))
        queue(asked, layout)
        fields = refused(asked, ann, claim(asked, ann, layout), "rank", ranking=ranking)
        assert fields["ranking"] == [
            f"has {len(ranking)} ranks; expected 3, one for each completion in the order shown"
        ]

    def test_aspects_are_asked_of_pairs(self, asked: Project, ann: User) -> None:
        layout = Layout(True, (1, 0, 2))
        queue(asked, layout)
        slot = claim(asked, ann, layout)
        assert list(refused(asked, ann, slot, "rank", ranking=[1, 2, 3], aspects={"helpful": {"kind": "tie"}})) == [
            "aspects"
        ]

    @pytest.mark.parametrize(
        ("layout", "place"), [(Layout(True), "0"), (Layout(True, (1, 0, 2)), "left"), (Layout(True, (1, 0, 2)), "3")]
    )
    def test_a_place_that_was_not_shown(self, asked: Project, ann: User, layout: Layout, place: str) -> None:
        queue(asked, layout)
        slot = claim(asked, ann, layout)
        fields = refused(asked, ann, slot, "both_bad", flags={place: ["rude"]}, edits={place: "x"}, ratings={place: 3})
        assert set(fields) == {f"flags.{place}", f"ratings.{place}", f"edits.{place}"}

    @pytest.mark.parametrize("left_is_a", [True, False])
    @pytest.mark.parametrize("side", ["left", "right"])
    def test_a_passage_ends_within_its_own_text(self, asked: Project, ann: User, left_is_a: bool, side: Side) -> None:
        """The two texts differ in length, so that a check of the wrong one shows."""
        comparison_make(prompt=prompt_make(project=asked, text="?"), a="👍🏿 four", b="longer than that")
        slot = claim(asked, ann, Layout(left_is_a))
        length = len((slot.left if side == "left" else slot.right).text)
        beyond = {side: [{"start": 0, "end": length + 1, "sign": "good"}]}
        assert list(refused(asked, ann, slot, spans=beyond)) == [f"spans.{side}"]
        whole = {side: [{"start": 0, "end": length, "sign": "good"}]}
        submit(asked, ann, slot, spans=whole)
        assert history(asked, ann).spans[side][0].end == length

    @pytest.mark.parametrize(
        ("part", "said"),
        [
            ("aspects", {"kindness": {"kind": "tie"}}),
            ("flags", {"left": ["rude", "clear"]}),
            ("reasons", {"right": ["helpful"]}),
        ],
    )
    def test_a_key_that_no_version_of_the_form_has(self, asked: Project, ann: User, part: str, said: Any) -> None:
        queue(asked, Layout(False))
        fields = refused(asked, ann, claim(asked, ann, Layout(False)), **{part: said})
        assert list(fields) == [part]
        assert "no version" in fields[part][0]

    def test_a_key_of_an_earlier_version_is_taken(self, asked: Project, ada: User, ann: User) -> None:
        queue(asked, Layout(False))
        slot = claim(asked, ann, Layout(False))
        newest = form_publish(project=asked, actor=ada, form=QuestionForm())
        submit(asked, ann, slot, flags={"left": ["rude"]}, strength=4)
        row = Preference.objects.get()
        assert (row.flags, row.strength, row.form) == ({"b": ["rude"]}, 4, newest)

    def test_a_key_of_another_project_s_form_is_not(self, asked: Project, ada: User, ann: User) -> None:
        other = project_make(created_by=ada, labelers=(ann,), name="Other")
        queue(other, Layout(True))
        assert list(refused(other, ann, claim(other, ann, Layout(True)), flags={"left": ["rude"]})) == ["flags"]

    @pytest.mark.parametrize("text", ["", " \n", TEXTS[0]])
    def test_a_correction_that_corrects_nothing(self, asked: Project, ann: User, text: str) -> None:
        queue(asked, Layout(True))
        assert list(refused(asked, ann, claim(asked, ann, Layout(True)), edits={"left": text})) == ["edits.left"]
        assert Completion.objects.count() == 2
