"""Every kind of verdict with everything that can be said beside it: taken, shown again, undone."""

import uuid
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.errors import AnnotateError
from annotate.models import Assignment, Comparison, Completion, Preference, PreferenceKind, Project, User
from annotate.models.question_form import Aspect, Choice, QuestionForm, Reason
from annotate.selectors.history import HistoryOut, history_listed, history_read
from annotate.selectors.preferences import preferences_listed, preferences_read
from annotate.selectors.progress import progress_of
from annotate.selectors.queue import AssignmentOut
from annotate.services.claims import queue_claim
from annotate.services.preferences import VerdictOut, preference_submit
from annotate.services.projects import form_publish
from annotate.services.undo import judgement_undo
from annotate.services.verdicts import Verdict
from annotate.sides import Layout, Side
from annotate.verdict_details import Details
from tests.annotate.said import LAYOUTS, details_of
from tests.factories import comparison_make, project_make, prompt_make, ranking_make, user_make

FORM = QuestionForm(
    strengths=4,
    aspects=(Aspect(key="helpful", label="Helpful"), Aspect(key="harmless", label="Harmless")),
    flags=(Choice(key="rude", label="Rude"), Choice(key="unsafe", label="Unsafe")),
    reasons=(Reason(key="clear", label="Clear"), Reason(key="wrong", label="Wrong", sign="bad")),
    rating=10,
    highlights=True,
    edit=True,
)
TEXTS = ["Ja 👩‍👩‍👧 e\u0301 one", "𝔘𝔫𝔦 two two", "three is here", "four is here", "five is here", "six is here"]
PAIR_KINDS = ["prefer", "tie", "both_bad", "both_good", "cannot_judge"]
RANKING_KINDS = ["rank", "both_bad", "both_good", "cannot_judge"]


@pytest.fixture
def asked(project: Project, ada: User) -> Project:
    """The project with a form that asks for everything."""
    form_publish(project=project, actor=ada, form=FORM)
    return project


def queue(project: Project, layout: Layout) -> Comparison:
    """One comparison in the queue that is shown as `layout`."""
    prompt = prompt_make(project=project, text=f"Question {uuid.uuid4()}?")
    texts = TEXTS[: len(layout.slots)]
    if layout.is_ranking:
        comparison = ranking_make(prompt=prompt, texts=texts)
    else:
        comparison = comparison_make(prompt=prompt, a=texts[0], b=texts[1])
    return comparison


def claim(project: Project, annotator: User, layout: Layout) -> AssignmentOut:
    """The only comparison in the queue, claimed and shown as `layout`."""
    queue_claim(project=project, annotator=annotator, count=1)
    Assignment.objects.filter(project=project, annotator=annotator, status="leased").update(
        left_is_a=layout.left_is_a, shown_order=list(layout.shown_order)
    )
    return queue_claim(project=project, annotator=annotator, count=1).assignments[0]


def submit(project: Project, annotator: User, slot: AssignmentOut, kind: str = "prefer", **said: Any) -> VerdictOut:
    verdict = Verdict(
        client_id=said.pop("client_id", uuid.uuid4()),
        assignment_id=slot.id,
        kind=PreferenceKind(kind),
        side=said.pop("side", "left" if kind == "prefer" else None),
        strength=said.pop("strength", 2 if kind == "prefer" else None),
        rationale=said.pop("rationale", ""),
        edits=said.pop("edits", {}),
        details=said.pop("details", None) or Details(**said),
    )
    return preference_submit(project=project, annotator=annotator, verdict=verdict)


def history(project: Project, annotator: User) -> HistoryOut:
    return history_read(list(history_listed(project=project, annotator=annotator)))[0]


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


@st.composite
def verdicts(draw: st.DrawFn) -> tuple[Layout, dict[str, Any]]:
    """How a comparison is shown, and anything that can be said of it in the terms of `FORM`."""
    layout = draw(LAYOUTS)
    kind = draw(st.sampled_from(RANKING_KINDS if layout.is_ranking else PAIR_KINDS))
    # Parts of the form have keys of their own, so one part is drawn at a time.
    said: dict[str, Any] = {}
    for part, keys in (("aspects", ["helpful", "harmless"]), ("flags", ["rude", "unsafe"]), ("reasons", ["clear"])):
        said[part] = getattr(draw(details_of(layout, st.sampled_from(keys), 9)), part)
    rest = draw(details_of(layout, length=9))
    said |= {"ratings": rest.ratings, "spans": rest.spans}
    said["ranking"] = rest.ranking if kind == "rank" else None
    edited = draw(st.lists(st.sampled_from(layout.slots), max_size=2, unique=True))
    return layout, {
        "kind": kind,
        "side": draw(st.sampled_from(["left", "right"])) if kind == "prefer" else None,
        "strength": draw(st.integers(1, 4)) if kind == "prefer" else None,
        "rationale": draw(st.sampled_from(["", "because <b>", "weil\n\nso"])),
        "edits": {slot: f"better than {slot}" for slot in edited},
        "details": Details(**said),
    }


@pytest.mark.django_db
def test_any_verdict_is_shown_again_as_it_was_given_and_means_the_same_completions() -> None:
    ann = user_make("ann")
    project = project_make(created_by=user_make("ada"), labelers=(ann,))
    form_publish(project=project, actor=project.created_by, form=FORM)

    @settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(verdicts())
    def check(case: tuple[Layout, dict[str, Any]]) -> None:
        layout, said = case
        with transaction.atomic():
            comparison = queue(project, layout)
            slot = claim(project, ann, layout)
            assert [c.text for c in slot.completions] == layout.in_shown_order(TEXTS[: len(layout.slots)])
            submit(project, ann, slot, **said)
            seen = history(project, ann)
            details: Details = said["details"]
            assert {name: getattr(seen, name) for name in Details.model_fields} == dict(details)
            for name in ("kind", "side", "strength", "edits", "rationale"):
                assert getattr(seen, name) == said[name]
            assert seen.completions == slot.completions
            _means_the_same(comparison, slot, said, details, layout)
            transaction.set_rollback(True)

    check()


def _means_the_same(
    comparison: Comparison, slot: AssignmentOut, said: dict[str, Any], details: Details, layout: Layout
) -> None:
    """Follow texts, not places: what was said of a text is stored for that text."""
    row = preferences_read(list(preferences_listed(project=comparison.project).filter(derived_from=None)))[0]
    stored = dict(
        zip("abcdef", [row.completion_a.text, row.completion_b.text, *(c.text for c in row.more)], strict=False)
    )
    place = dict(zip(layout.slots, [c.text for c in slot.completions], strict=True))
    if said["side"]:
        assert stored[row.winner or ""] == place[said["side"]]
    for part in ("flags", "reasons", "ratings", "spans"):
        by_text = {stored[letter]: thing for letter, thing in getattr(row, part).items()}
        assert by_text == {place[where]: thing for where, thing in getattr(details, part).items()}
    assert {stored[letter]: text for letter, text in row.edits.items()} == {
        place[where]: text for where, text in said["edits"].items()
    }
    if details.ranking is not None:
        assert row.ranking is not None
        assert dict(zip(stored.values(), row.ranking, strict=True)) == dict(
            zip(place.values(), details.ranking, strict=True)
        )


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_ranking_with_ties_survives_every_order(asked: Project, ann: User, order: tuple[int, ...]) -> None:
    layout = Layout(True, order)
    queue(asked, layout)
    slot = claim(asked, ann, layout)
    opinion = {TEXTS[0]: 2, TEXTS[1]: 1, TEXTS[2]: 2}
    submit(asked, ann, slot, "rank", ranking=[opinion[c.text] for c in slot.completions])
    assert Preference.objects.get().ranking == [2, 1, 2]
    assert history(asked, ann).ranking == [opinion[c.text] for c in slot.completions]


def test_ranks_with_gaps_are_closed(asked: Project, ann: User) -> None:
    layout = Layout(True, (2, 0, 1))
    queue(asked, layout)
    submit(asked, ann, claim(asked, ann, layout), "rank", ranking=[6, 2, 2])
    assert history(asked, ann).ranking == [2, 1, 1]


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


class TestALostLease:
    @pytest.mark.parametrize("mine", [Layout(True), Layout(False)])
    def test_reads_details_by_what_was_seen(self, asked: Project, ann: User, ben: User, mine: Layout) -> None:
        queue(asked, mine)
        slot = claim(asked, ann, mine)
        Assignment.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        claim(asked, ben, Layout(not mine.left_is_a))
        submit(asked, ann, slot, flags={"left": ["rude"]}, aspects={"helpful": {"kind": "prefer", "side": "right"}})
        row = Preference.objects.get()
        left, right = ("a", "b") if mine.left_is_a else ("b", "a")
        assert (row.flags, row.aspects["helpful"]["winner"]) == ({left: ["rude"]}, right)

    def test_reads_a_ranking_by_what_was_seen(self, asked: Project, ann: User, ben: User) -> None:
        mine, theirs = Layout(True, (2, 0, 1)), Layout(True, (1, 2, 0))
        queue(asked, mine)
        slot = claim(asked, ann, mine)
        Assignment.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        claim(asked, ben, theirs)
        submit(asked, ann, slot, "rank", ranking=[1, 2, 3])
        assert Preference.objects.get().ranking == [2, 3, 1]
        assert history(asked, ann).ranking == [1, 2, 3]


def test_undo_shows_a_ranking_in_the_same_order(asked: Project, ann: User) -> None:
    layout = Layout(True, (2, 0, 1))
    queue(asked, layout)
    slot = claim(asked, ann, layout)
    submit(asked, ann, slot, "rank", ranking=[1, 1, 2])
    again = judgement_undo(project=asked, annotator=ann, assignment_id=slot.id)
    assert again.completions == slot.completions


def test_two_labelers_of_one_ranking_may_see_it_in_different_orders(asked: Project, ann: User, ben: User) -> None:
    ranking_make(prompt=prompt_make(project=asked, text="?"), texts=TEXTS[:5], wanted=6)
    orders = Assignment.objects.filter(shown_order__len=5).values_list("shown_order", flat=True)
    assert len({tuple(order) for order in orders}) > 1  # six equal ones of 120 would be a wonder
    opinion = {text: 1 + place // 2 for place, text in enumerate(TEXTS[:5])}
    for labeler in (ann, ben):
        slot = queue_claim(project=asked, annotator=labeler, count=1).assignments[0]
        submit(asked, labeler, slot, "rank", ranking=[opinion[c.text] for c in slot.completions])
    assert [row.ranking for row in Preference.objects.all()] == [[1, 1, 2, 2, 3]] * 2


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in queries if not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]


def test_a_pair_with_all_details_but_a_correction_costs_one_statement(asked: Project, ann: User) -> None:
    queue(asked, Layout(True))
    slot = claim(asked, ann, Layout(True))
    said: dict[str, Any] = {
        "aspects": {"helpful": {"kind": "prefer", "side": "right", "strength": 2}, "harmless": {"kind": "tie"}},
        "flags": {"left": ["rude"]},
        "reasons": {"right": ["clear"]},
        "ratings": {"left": 2, "right": 9},
        "spans": {"left": [{"start": 0, "end": 4, "sign": "bad", "reason": "curt"}]},
    }
    with CaptureQueriesContext(connection) as queries:
        submit(asked, ann, slot, strength=4, rationale="clearer", **said)
    assert len(statements(queries)) == 1


def test_history_costs_no_statement_for_each_verdict(asked: Project, ann: User) -> None:
    for _ in range(3):
        queue(asked, Layout(True, (1, 0, 2)))
        slot = claim(asked, ann, Layout(True, (1, 0, 2)))
        submit(asked, ann, slot, "rank", ranking=[1, 2, 3], edits={"1": "Mended."})
    with CaptureQueriesContext(connection) as queries:
        rows = history_read(list(history_listed(project=asked, annotator=ann)))
    assert [row.edits for row in rows] == [{"1": "Mended."}] * 3
    assert len(statements(queries)) == 3
