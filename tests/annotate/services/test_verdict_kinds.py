"""Every kind of verdict with everything that can be said beside it: taken, shown again, undone."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.models import Assignment, Comparison, Preference, Project, User
from annotate.selectors.history import history_listed, history_read
from annotate.selectors.preferences import preferences_listed, preferences_read
from annotate.selectors.queue import AssignmentOut
from annotate.services.claims import queue_claim
from annotate.services.projects import form_publish
from annotate.services.undo import judgement_undo
from annotate.sides import Layout
from annotate.verdict_details import Details
from tests.annotate.said import LAYOUTS, details_of
from tests.annotate.verdict_cast import FORM, TEXTS, claim, history, queue, submit
from tests.annotate.verdict_cast import asked as asked
from tests.factories import project_make, prompt_make, ranking_make, user_make

PAIR_KINDS = ["prefer", "tie", "both_bad", "both_good", "cannot_judge"]
RANKING_KINDS = ["rank", "both_bad", "both_good", "cannot_judge"]


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
