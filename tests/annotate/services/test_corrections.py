"""Corrections of completions: preferences of their own that go with the verdict."""

import uuid

import pytest

from annotate.models import Assignment, Preference, Project, User
from annotate.selectors.history import history_listed
from annotate.selectors.progress import progress_of
from annotate.services.undo import judgement_undo
from annotate.sides import Layout
from tests.annotate.verdict_cast import asked as asked
from tests.annotate.verdict_cast import claim, history, queue, submit


class TestCorrections:
    @pytest.mark.parametrize("layout", [Layout(True), Layout(False), Layout(True, (2, 1, 0))])
    def test_become_preferences_over_what_they_correct(self, asked: Project, ann: User, layout: Layout) -> None:
        comparison = queue(asked, layout)
        slot = claim(asked, ann, layout)
        kind, place = ("rank", "2") if layout.is_ranking else ("prefer", "right")
        ranking = {"ranking": [1, 2, 3]} if layout.is_ranking else {}
        taken = submit(asked, ann, slot, kind, edits={place: "Mended."}, **ranking)
        edit = Preference.objects.select_related("comparison__completion_a", "comparison__completion_b").get(
            derived_from=taken.preference_id
        )
        pair = {"a": edit.comparison.completion_a, "b": edit.comparison.completion_b}
        mended = pair.pop(edit.winner or "")
        (original,) = pair.values()
        assert (mended.text, mended.source, mended.policy) == ("Mended.", "human", None)
        assert original.text == slot.completions[2 if layout.is_ranking else 1].text
        assert (edit.kind, edit.strength, edit.annotator) == ("prefer", 1, ann)
        assert (edit.comparison.kind, edit.comparison.original_id) == ("edit", comparison.pk)
        assert edit.comparison.prompt_id == comparison.prompt_id
        assert not edit.comparison.assignments.exists()

    def test_stand_on_either_side(self, asked: Project, ann: User) -> None:
        winners = set()
        for number in range(12):
            queue(asked, Layout(True))
            taken = submit(asked, ann, claim(asked, ann, Layout(True)), edits={"left": f"Mended {number}."})
            winners.add(Preference.objects.get(derived_from=taken.preference_id).winner)
        assert winners == {"a", "b"}

    def test_do_not_count_as_verdicts(self, asked: Project, ann: User) -> None:
        queue(asked, Layout(True))
        slot = claim(asked, ann, Layout(True))
        client_id = uuid.uuid4()
        submit(asked, ann, slot, edits={"left": "Mended.", "right": "Also."}, client_id=client_id)
        assert submit(asked, ann, slot, edits={"left": "Mended.", "right": "Also."}, client_id=client_id).replayed
        progress = progress_of(project=asked, annotator=ann)
        assert (progress.done_total, progress.project_done) == (1, 1)
        assert history_listed(project=asked, annotator=ann).count() == 1
        assert Preference.objects.count() == 3

    def test_go_with_the_verdict_when_it_is_undone(self, asked: Project, ann: User) -> None:
        queue(asked, Layout(False))
        slot = claim(asked, ann, Layout(False))
        submit(asked, ann, slot, edits={"left": "Mended."})
        judgement_undo(project=asked, annotator=ann, assignment_id=slot.id)
        assert not Preference.objects.filter(superseded_at=None).exists()
        submit(asked, ann, slot, edits={"left": "Mended again."})
        assert history(asked, ann).edits == {"left": "Mended again."}
        assert Preference.objects.filter(superseded_at=None).count() == 2

    def test_are_kept_all_or_none(self, asked: Project, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        queue(asked, Layout(True))
        slot = claim(asked, ann, Layout(True))

        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the database went away")

        monkeypatch.setattr("annotate.services.preferences.corrections_keep", broken)
        with pytest.raises(RuntimeError):
            submit(asked, ann, slot, edits={"left": "Mended."})
        assert not Preference.objects.exists()
        assert Assignment.objects.get().status == "leased"
